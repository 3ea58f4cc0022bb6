//! Why there is no cluster, and what a test does about it.

use std::borrow::Borrow;
use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;

/// Why something could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The machine lacks something; the text says what, and how to get it.
    #[error("{0}")]
    Unavailable(String),
    /// Everything is there and does not work; the text has the end of the log.
    #[error("{0}")]
    Failed(String),
}

impl Error {
    pub(crate) fn of(path: &Path, error: &std::io::Error) -> Self {
        Error::Failed(format!("{}: {error}", path.display()))
    }

    /// A program that did not do `what`, with the end of its log.
    pub(crate) fn logged(what: &str, log: &Path) -> Self {
        let tail = tail(log);
        Error::Failed(format!("{what}; the end of {}:\n{tail}", log.display()))
    }
}

/// Where a log ends is where it says what went wrong.
pub(crate) fn tail(log: &Path) -> String {
    const LINES: usize = 30;
    let bytes = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

/// What `start` has started for the first who asked; a failure is told to everyone.
#[track_caller]
pub(crate) fn shared<T>(
    cell: &'static OnceLock<Result<T, Error>>,
    start: impl FnOnce() -> Result<T, Error>,
) -> Option<&'static T> {
    or_skip(cell.get_or_init(start).as_ref())
}

/// What was started; `None` after a line that says SKIPPED and why, which is also shown for tests that pass.
#[track_caller]
pub fn or_skip<T, E: Borrow<Error>>(started: Result<T, E>) -> Option<T> {
    match started {
        Ok(started) => Some(started),
        Err(error) => match error.borrow() {
            Error::Unavailable(reason) => {
                skip(reason);
                None
            }
            Error::Failed(reason) => panic!("{reason}"),
        },
    }
}

fn skip(reason: &str) {
    let test = std::thread::current();
    let name = test.name().unwrap_or("a test");
    print(&format!("SKIPPED {name}: {reason}"));
}

/// Not with `eprintln!`, which the test harness hides when a test passes.
pub(crate) fn print(text: &str) {
    // Whoever closed standard error does not want to know.
    let _ = writeln!(std::io::stderr(), "{text}");
}
