//! What commands say to whoever runs them.

use std::io::{Write, stderr, stdout};

/// Writes to standard output; whoever closed it has read enough.
pub(crate) fn out(text: &str) {
    let _ = stdout().write_all(text.as_bytes());
}

/// Writes an error to standard error.
pub(crate) fn error(text: &str) {
    let _ = writeln!(stderr(), "error: {text}");
}
