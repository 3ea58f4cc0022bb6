//! The time, read here and nowhere else, and passed on.

use chrono::{DateTime, Utc};

/// The time now. Everything that depends on it takes it as a parameter.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock"
)]
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from(std::time::SystemTime::now())
}

/// A moment as clients and logs see it: UTC, to the millisecond.
pub(crate) fn shown(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
