//! The clock, in one place: verdicts are given the day.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use plimsoll_check::Date;

/// Seconds since 1970, as the system says.
pub(crate) fn seconds() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO)
        .as_secs()
        .cast_signed()
}

/// Today, in UTC, as exemptions have it.
pub(crate) fn today() -> Date {
    let days = u32::try_from(seconds() / 86_400).unwrap_or_default();
    // The calendar ends in 65,535.
    Date::from_days(days).unwrap_or_else(|| unreachable!("the clock is beyond the calendar"))
}
