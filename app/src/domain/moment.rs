//! Moments as clients write them: ISO 8601, of which RFC 3339 is the part with a zone.
//!
//! The original took whatever its platform read as a date. What is sound of that is read here: a time
//! without a zone is UTC, as it was in the original's containers, and a date alone is its midnight.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

/// What a moment has to look like, for whoever wrote another.
pub(super) const EXPECTED: &str = "must be a date and time of ISO 8601 as in 2025-12-22T09:00:00Z or \
     2025-12-22T10:00:00+01:00; without a zone it is UTC";

/// `None` for what is no moment, or in a year that has not four digits.
pub(super) fn read(text: &str) -> Option<DateTime<Utc>> {
    let time = match DateTime::parse_from_rfc3339(text) {
        Ok(time) => time.to_utc(),
        Err(_) => lenient(text)?,
    };
    // PostgreSQL's own years go further, but no other program's do.
    (0..10_000).contains(&time.year()).then_some(time)
}

fn lenient(text: &str) -> Option<DateTime<Utc>> {
    let (date, rest) = text.split_at_checked("2025-12-22".len())?;
    let shape = |(place, byte): (usize, u8)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    date.bytes().enumerate().all(shape).then_some(())?;
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
    if rest.is_empty() {
        return Some(date.and_time(NaiveTime::MIN).and_utc());
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let zone = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(zone);
    let local = NaiveDateTime::new(date, clock(time)?);
    local
        .checked_sub_signed(offset(zone)?)
        .map(|it| it.and_utc())
}

/// `09:00`, `09:00:00` or `09:00:00.5`, whose fraction may follow a comma as well.
fn clock(text: &str) -> Option<NaiveTime> {
    let (whole, fraction) = match text.split_once(['.', ',']) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let parts: Vec<u32> = whole.split(':').map(two).collect::<Option<_>>()?;
    let (hour, minute, second) = match (parts.as_slice(), fraction) {
        (&[hour, minute], None) => (hour, minute, 0),
        (&[hour, minute, second], _) => (hour, minute, second),
        _ => return None,
    };
    NaiveTime::from_hms_nano_opt(hour, minute, second, nanoseconds(fraction.unwrap_or("0"))?)
}

fn nanoseconds(fraction: &str) -> Option<u32> {
    let digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
    (digits && !fraction.is_empty()).then_some(())?;
    // Nobody keeps what is beyond nanoseconds.
    let nine: String = fraction
        .chars()
        .chain("000000000".chars())
        .take(9)
        .collect();
    nine.parse().ok()
}

/// Nothing or `Z` for UTC; otherwise `+01`, `+0100` or `+01:00`.
fn offset(zone: &str) -> Option<TimeDelta> {
    if matches!(zone, "" | "Z" | "z") {
        return Some(TimeDelta::zero());
    }
    let east = if zone.starts_with('-') { -1 } else { 1 };
    let digits = zone[1..].replacen(':', "", usize::from(zone.len() == "+01:00".len()));
    let (hours, minutes) = digits.split_at_checked(2)?;
    let hours = two(hours)?;
    let minutes = if minutes.is_empty() { 0 } else { two(minutes)? };
    (hours < 24 && minutes < 60).then(|| TimeDelta::minutes(east * i64::from(hours * 60 + minutes)))
}

/// A number of exactly two digits.
fn two(text: &str) -> Option<u32> {
    let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        read(text).map(|time| time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
    }

    #[test]
    fn a_moment_may_be_written_in_many_ways() {
        for same in [
            "2025-12-22T09:00:00Z",
            "2025-12-22T09:00:00",
            "2025-12-22T09:00",
            "2025-12-22 09:00:00",
            "2025-12-22t09:00:00z",
            "2025-12-22T09:00Z",
            "2025-12-22T10:00:00+01:00",
            "2025-12-22T10:00+0100",
            "2025-12-22T10:00:00.000+01",
            "2025-12-22T09:00:00,0Z",
            "2025-12-21T23:30:00-09:30",
        ] {
            assert_eq!(
                shown(same).as_deref(),
                Some("2025-12-22T09:00:00Z"),
                "{same}"
            );
        }
        assert_eq!(shown("2025-12-22").as_deref(), Some("2025-12-22T00:00:00Z"));
        let fraction = shown("2025-12-22T09:00:00.1234567899");
        assert_eq!(fraction.as_deref(), Some("2025-12-22T09:00:00.123456789Z"));
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for wrong in [
            "",
            "yesterday",
            "1766394000",
            "2025-12",
            "2025-13-01",
            "2025-02-29",
            "2025-12-22T",
            "2025-12-22T9:00",
            "2025-12-22T09",
            "2025-12-22T25:00:00",
            "2025-12-22T09:00.5",
            "2025-12-22T09:00:00.",
            "2025-12-22T09:00:00+",
            "2025-12-22T09:00:00+1",
            "2025-12-22T09:00:00+24:00",
            "2025-12-22T09:00:00+01:0",
            "2025-12-22T09:00:00 CET",
            "+2025-12-2T09:00:00Z",
            "2025-12-22T09:00:00Zz",
            "２０２５-12-22",
            "0000-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
        ] {
            assert_eq!(shown(wrong), None, "{wrong}");
        }
    }
}
