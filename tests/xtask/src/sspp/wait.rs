//! Waiting for other processes, which do not tell when they are there.

use std::time::{Duration, Instant};

/// What has not come to be by then will not. The time is for slow machines, not for the programs.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);

/// Waits until something is so, and says whether it ever was.
pub(crate) fn until(mut is_so: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    loop {
        if is_so() {
            return true;
        }
        if start.elapsed() > PATIENCE {
            return false;
        }
        pause(PAUSE);
    }
}

/// Lets some time go by.
#[expect(
    clippy::disallowed_methods,
    reason = "nothing in this process is waited for"
)]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_asks_until_it_is_so() {
        let mut asked = 0;
        assert!(until(|| {
            asked += 1;
            asked == 3
        }));
        assert_eq!(asked, 3);
    }
}
