//! The connections that are open, and who goes when there are too many: whoever has been here longest without having asked
//! anything. So a crowd that only connects pushes itself out, and an API server that asks as soon as it is connected stays.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::State;
use super::watch::Progress;

/// Those that are open, in the order in which they came.
pub(super) struct Connections {
    open: Mutex<Open>,
    state: Arc<State>,
}

#[derive(Default)]
struct Open {
    next: u64,
    all: BTreeMap<u64, Guest>,
}

struct Guest {
    progress: Arc<Progress>,
    leave: Arc<Notify>,
}

/// One of the connections that may be open, until it is dropped.
pub(super) struct Place {
    connections: Arc<Connections>,
    number: u64,
    progress: Arc<Progress>,
    leave: Arc<Notify>,
}

impl Connections {
    pub(super) fn new(state: &Arc<State>) -> Arc<Self> {
        Arc::new(Self {
            open: Mutex::default(),
            state: Arc::clone(state),
        })
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.with(|open| open.all.len())
    }

    /// A place for one more; `None` if there is none, and everybody has asked something.
    pub(super) fn admit(self: &Arc<Self>, progress: &Arc<Progress>) -> Option<Place> {
        let most = self.state.load.limits().connections;
        self.with(|open| {
            if open.all.len() >= most {
                let mut guests = open.all.iter();
                let (idler, _) = guests.find(|(_, guest)| !guest.progress.has_asked())?;
                let idler = *idler;
                if let Some(guest) = open.all.remove(&idler) {
                    guest.leave.notify_one();
                }
            }
            let leave = Arc::new(Notify::new());
            open.next += 1;
            let guest = Guest {
                progress: Arc::clone(progress),
                leave: Arc::clone(&leave),
            };
            open.all.insert(open.next, guest);
            Some(Place {
                connections: Arc::clone(self),
                number: open.next,
                progress: Arc::clone(progress),
                leave,
            })
        })
    }

    /// Looks at those that are open, and tells the metrics how many there are then.
    fn with<T>(&self, look: impl FnOnce(&mut Open) -> T) -> T {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let result = look(&mut open);
        self.state.metrics.connections(open.all.len());
        result
    }
}

impl Place {
    /// Ends when somebody else needs the place; not for who has asked in the meantime, and so is answered.
    pub(super) async fn is_needed(&self) {
        self.leave.notified().await;
        if self.progress.has_asked() {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.with(|open| open.all.remove(&self.number));
    }
}
