//! How much is taken on: what cannot be answered in good time is turned away at once, so that the API server can ask
//! another replica while there is time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::Limits;

/// What is taken on now.
#[derive(Debug)]
pub struct Load {
    limits: Limits,
    in_flight: AtomicUsize,
    waiting: AtomicUsize,
    /// One permit for each KiB of large bodies.
    bodies: Arc<Semaphore>,
    /// One for each thread that judges large objects.
    judging: Arc<Semaphore>,
}

/// Bodies up to here are counted by their requests alone.
pub(super) const SMALL: usize = 64 << 10;

impl Load {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            in_flight: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            bodies: Arc::new(Semaphore::new(limits.body_bytes >> 10)),
            judging: Arc::new(Semaphore::new(limits.threads)),
        }
    }

    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// How many requests are being answered.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// A place among the requests that are being answered; `None` if there is none.
    pub(super) fn begin(&self) -> Option<InFlight<'_>> {
        let before = self.in_flight.fetch_add(1, Ordering::Relaxed);
        let place = InFlight(&self.in_flight);
        (before < self.limits.in_flight).then_some(place)
    }

    /// Room for a large body; `None` if there is none in time.
    pub(super) async fn room(&self, bytes: usize, wait: Duration) -> Option<OwnedSemaphorePermit> {
        let kib = u32::try_from(bytes.div_ceil(1024)).ok()?;
        let room = Arc::clone(&self.bodies).acquire_many_owned(kib);
        timeout(wait, room).await.ok()?.ok()
    }

    /// A turn at judging a large object; `None` if too many wait, or it does not come in time.
    pub(super) async fn turn(&self, wait: Duration) -> Option<OwnedSemaphorePermit> {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = InFlight(&self.waiting);
        if before >= 4 * self.limits.threads {
            return None;
        }
        let turn = Arc::clone(&self.judging).acquire_owned();
        timeout(wait, turn).await.ok()?.ok()
    }
}

/// A place that is given back when it goes out of scope.
pub(super) struct InFlight<'a>(&'a AtomicUsize);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
