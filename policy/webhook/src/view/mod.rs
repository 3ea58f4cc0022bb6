//! What is known of the cluster without asking: the objects that rules look at when they judge another one.
//!
//! ```text
//! API server ──list, watch──▶ projected ──▶ shelves, one a kind ──▶ Surroundings of a request, or of the audit
//!             watching.rs    projection.rs  shelf.rs               around.rs, with the rules that can be asked
//!                            kinds.rs                              sees.rs
//! ```
//!
//! Nothing here is in the way of a request: what is not known makes rules that look at it go unasked.

mod around;
pub mod kinds;
mod projection;
pub mod sees;
mod shelf;
mod watching;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use plimsoll_check::{Kind, Needs};
use tokio::sync::Notify;

pub use around::{About, Others, Surroundings, Unasked};
pub(crate) use projection::is_controlled;
pub use projection::{Projected, project};
pub use shelf::Held;
pub use watching::keep;
pub(crate) use watching::served;

use crate::clock;
use crate::policy::Policy;
use around::Asked;
use kinds::WATCHED;
use sees::Sees;
use shelf::{Changed, Shelf};

/// How much of one kind is kept.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    /// Objects.
    pub objects: usize,
    /// Bytes of their texts.
    pub bytes: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            objects: 20_000,
            bytes: 32 << 20,
        }
    }
}

/// What is known of the cluster.
pub struct View {
    caps: Caps,
    /// One for each of [`WATCHED`].
    shelves: Vec<Shelf>,
    /// Grows whenever a kind becomes known, or unknown.
    version: AtomicU64,
    asked: Mutex<Asked>,
    last_event: AtomicI64,
    settled: AtomicBool,
    /// Namespaces in which something has changed, for whoever wants to know.
    changes: Option<Changes>,
}

/// Namespaces in which something has changed.
#[derive(Default)]
struct Changes {
    namespaces: Mutex<BTreeSet<String>>,
    come: Notify,
}

impl Changes {
    fn lock(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.namespaces
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl View {
    /// A view that knows nothing yet. `changes`: whether somebody will take them.
    pub fn new(caps: Caps, changes: bool) -> Self {
        Self {
            caps,
            shelves: WATCHED.iter().map(|_| Shelf::default()).collect(),
            version: AtomicU64::new(0),
            asked: Mutex::default(),
            last_event: AtomicI64::new(0),
            settled: AtomicBool::new(false),
            changes: changes.then(Changes::default),
        }
    }

    /// The kinds that the rules of a policy look at, as places in [`WATCHED`]; those that decide what a namespace says
    /// are always among them.
    pub fn needed(policy: &Policy) -> BTreeSet<usize> {
        let rules = policy.gate.rules(Needs::Repository);
        let kinds = rules.filter_map(Sees::of).flat_map(Sees::kinds);
        kinds
            .chain([Kind::Namespace, Kind::LimitRange])
            .filter_map(place)
            .collect()
    }

    /// Whether a kind is known.
    pub fn held(&self, kind: Kind) -> Held {
        place(kind).map_or(Held::Unknown, |at| self.shelves[at].held())
    }

    /// What is kept of each kind that is asked for, and whether it is known.
    pub fn sizes(&self) -> impl Iterator<Item = (&'static str, Held, usize, usize)> {
        let pairs = WATCHED.iter().zip(&self.shelves);
        pairs.map(|(watched, shelf)| {
            let (count, bytes) = shelf.size();
            (watched.kind.name(), shelf.held(), count, bytes)
        })
    }

    /// When something was last heard of the cluster, in seconds since 1970; 0 for never.
    pub fn last_event(&self) -> i64 {
        self.last_event.load(Ordering::Relaxed)
    }

    /// Whether the first lists are complete, or have had their time.
    pub fn is_settled(&self) -> bool {
        self.settled.load(Ordering::Relaxed)
    }

    fn settle(&self) {
        self.settled.store(true, Ordering::Relaxed);
    }

    /// Waits for a change, and takes the namespaces of all that have come; the name of the cluster's own is empty.
    pub async fn changes(&self) -> BTreeSet<String> {
        let Some(changes) = &self.changes else {
            return std::future::pending().await;
        };
        loop {
            let taken = std::mem::take(&mut *changes.lock());
            if !taken.is_empty() {
                return taken;
            }
            changes.come.notified().await;
        }
    }

    fn heard(&self, news: &Changed, namespace: &str) {
        self.last_event.store(clock::seconds(), Ordering::Relaxed);
        if *news == Changed::Held {
            self.version.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(changes) = self.changes.as_ref().filter(|_| *news == Changed::Object) {
            changes.lock().insert(namespace.to_owned());
            changes.come.notify_one();
        }
    }

    /// Takes a list of objects for all that there are of a kind: for whoever has them without a server.
    pub fn fill(&self, kind: Kind, objects: &[Projected]) {
        let Some(at) = place(kind) else { return };
        self.shelves[at].begin();
        for object in objects {
            let _ = self.shelves[at].put(object, true, self.caps);
        }
        self.heard(&self.shelves[at].complete(), "");
    }
}

/// Where a kind is in [`WATCHED`].
fn place(kind: Kind) -> Option<usize> {
    WATCHED.iter().position(|watched| watched.kind == kind)
}
