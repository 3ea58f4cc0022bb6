//! A line on the terminal when reading takes long. Never in a pipe.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Time before the first line: most runs are over by then.
const PATIENCE: Duration = Duration::from_millis(700);
/// Time between two lines.
const PACE: Duration = Duration::from_millis(100);

/// Counts what is done and says so now and then.
pub(crate) struct Progress {
    total: usize,
    done: AtomicUsize,
    /// When to speak next; `None` where nobody watches.
    next: Option<Mutex<Instant>>,
}

impl Progress {
    /// Begins to count towards a total.
    pub(crate) fn new(total: usize) -> Self {
        let watched = std::io::stderr().is_terminal();
        Self {
            total,
            done: AtomicUsize::new(0),
            next: watched.then(|| Mutex::new(Instant::now() + PATIENCE)),
        }
    }

    /// One more is done.
    pub(crate) fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let Some(mut next) = self.next.as_ref().and_then(|next| next.try_lock().ok()) else {
            return;
        };
        if Instant::now() >= *next {
            *next = Instant::now() + PACE;
            let _ = write!(
                std::io::stderr(),
                "\r\x1b[Kreading {done} of {} files",
                self.total
            );
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.next.is_some() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
