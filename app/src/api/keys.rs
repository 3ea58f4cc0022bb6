//! Idempotency keys whose requests this process is still working on.
//!
//! A store knows a key once its request is done with. Until then a second request with it could be told
//! neither what became of the first nor that its own event was taken: it is told to wait (409). Between
//! processes the stores decide, in one step, which of two requests was the first.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// The keys in progress.
#[derive(Default)]
pub(crate) struct Keys(Mutex<HashSet<String>>);

/// A key that is in progress for as long as this lives, however its request ends.
pub(super) struct Held<'a> {
    keys: &'a Keys,
    key: String,
}

impl Keys {
    /// `None` when another request holds the key.
    pub(super) fn hold(&self, key: &str) -> Option<Held<'_>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = key.to_owned();
        held.insert(key.clone()).then(|| Held { keys: self, key })
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut held = self.keys.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_held_by_one_at_a_time() {
        let keys = Keys::default();
        let first = keys.hold("k").unwrap();
        assert!(keys.hold("k").is_none());
        assert!(keys.hold("other").is_some());
        drop(first);
        assert!(keys.hold("k").is_some());
        assert!(keys.0.lock().unwrap().is_empty());
    }
}
