//! What is asked of the machine, in one place: the date, the environment, the terminal.

use plimsoll_check::Date;

/// Today, in UTC.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock"
)]
pub(crate) fn today() -> Date {
    let seconds = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let epoch = Date::new(1970, 1, 1).unwrap_or_else(|| unreachable!("the day exists"));
    Date::from_days((seconds / 86_400) as u32).unwrap_or(epoch)
}

/// A variable of the environment, if it is set and not empty.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// How many columns to write: those of the terminal, within reason.
pub(crate) fn width() -> usize {
    let terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let said = variable("COLUMNS").and_then(|columns| columns.parse().ok());
    said.or(terminal).unwrap_or(100).clamp(60, 140)
}

/// This program itself, where it lies.
pub(crate) fn program() -> Option<std::path::PathBuf> {
    std::env::current_exe().ok()
}
