//! Waiting for what another program does.

use std::time::{Duration, Instant};

/// Asks until there is an answer, or until the time is up.
#[expect(
    clippy::disallowed_methods,
    reason = "other programs' events cannot be waited for; nothing is taken for done because time has passed"
)]
pub(crate) fn until<T>(limit: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        if start.elapsed() > limit {
            return None;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Waits for what will be so before long, and panics when it is not. The time is for slow machines, not for the cluster.
#[track_caller]
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let so = until(Duration::from_mins(2), || is_so().then_some(()));
    assert!(so.is_some(), "never: {what}");
}
