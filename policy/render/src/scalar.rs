//! What a scalar's text means to kustomize, which reads it with `go-yaml` version 3 and writes JSON.
//!
//! Unlike Kubernetes' own reader it has no YAML 1.1 booleans, so a bare `yes` that passes through kustomize is deployed as
//! the string `yes`; and a bare date becomes a point in time. Source: `resolve.go` of `go.yaml.in/yaml/v3`.

use std::borrow::Cow;

use plimsoll_yaml::number::{float, integer};

use crate::value::Scalar;

/// A scalar as JSON has it.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<'a> {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A whole number, in decimal digits.
    Int(i128),
    /// Any other number.
    Float(f64),
    /// Everything else.
    Str(Cow<'a, str>),
}

/// The type and value of a scalar.
pub fn json<'a>(scalar: &'a Scalar<'_>) -> Json<'a> {
    if scalar.plain {
        resolve(&scalar.text)
    } else {
        Json::Str(Cow::Borrowed(&scalar.text))
    }
}

/// Resolves a plain scalar.
pub fn resolve(text: &str) -> Json<'_> {
    let word = match text {
        "" | "~" | "null" | "Null" | "NULL" => Some(Json::Null),
        "true" | "True" | "TRUE" => Some(Json::Bool(true)),
        "false" | "False" | "FALSE" => Some(Json::Bool(false)),
        ".nan" | ".NaN" | ".NAN" => Some(Json::Float(f64::NAN)),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Some(Json::Float(f64::INFINITY)),
        "-.inf" | "-.Inf" | "-.INF" => Some(Json::Float(f64::NEG_INFINITY)),
        _ => None,
    };
    if let Some(word) = word {
        return word;
    }
    match text.as_bytes()[0] {
        b'0'..=b'9' | b'+' | b'-' => number(text),
        b'.' => float(text).map(Json::Float),
        _ => None,
    }
    .unwrap_or(Json::Str(Cow::Borrowed(text)))
}

fn number(text: &str) -> Option<Json<'static>> {
    if let Some(time) = timestamp(text) {
        return Some(Json::Str(Cow::Owned(time)));
    }
    let digits = without_underscores(text);
    integer(&digits)
        .map(Json::Int)
        .or_else(|| float(&digits).map(Json::Float))
}

/// A number may have underscores between its digits. They are rare, so the copy without them is too.
pub(crate) fn without_underscores(text: &str) -> Cow<'_, str> {
    if text.contains('_') {
        Cow::Owned(text.replace('_', ""))
    } else {
        Cow::Borrowed(text)
    }
}

/// A date or a point in time, as JSON has it; `None` for everything else. The forms are those of `go-yaml`:
/// `2006-1-2`, and with `T`, `t` or a blank `15:4:5`, a fraction, and `Z` or an offset.
pub(crate) fn timestamp(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    if bytes.len() < 8 || bytes.get(4) != Some(&b'-') {
        return None;
    }
    let (date, clock) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some((text.as_bytes()[at], &text[at + 1..]))),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let (year, month, day) = (digits(year, 4)?, digits(month, 2)?, digits(day, 2)?);
    if !(1..=12).contains(&month) || day < 1 || day > days_of(year, month) {
        return None;
    }
    let clock = match clock {
        None => "00:00:00Z".to_owned(),
        Some((mark, clock)) => time_of_day(clock, mark == b' ')?,
    };
    Some(format!("{year:04}-{month:02}-{day:02}T{clock}"))
}

fn digits(text: &str, most: usize) -> Option<u32> {
    let good = !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_digit());
    good.then(|| text.parse().ok()).flatten()
}

fn days_of(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// `15:4:5.999Z07:00`; behind a blank there is no zone, or one behind another blank.
fn time_of_day(text: &str, blank: bool) -> Option<String> {
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ',')))
        .unwrap_or(text.len());
    let (clock, zone) = text.split_at(end);
    let (clock, fraction) = match clock.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, fraction),
        None => (clock, "0"),
    };
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut parts = clock.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    let (hour, minute, second) = (digits(hour, 2)?, digits(minute, 2)?, digits(second, 2)?);
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let zone = match zone {
        "" if blank => "Z",
        "Z" | "+00:00" | "-00:00" if !blank => "Z",
        offset if !blank && is_offset(offset) => offset,
        _ => return None,
    };
    let fraction = fraction[..fraction.len().min(9)].trim_end_matches('0');
    let dot = if fraction.is_empty() { "" } else { "." };
    Some(format!(
        "{hour:02}:{minute:02}:{second:02}{dot}{fraction}{zone}"
    ))
}

fn is_offset(text: &str) -> bool {
    matches!(text.as_bytes(), [b'+' | b'-', hour @ .., b':', minute_1, minute_2]
        if matches!(hour, [b'0' | b'1', b'0'..=b'9'] | [b'2', b'0'..=b'3'])
            && matches!((minute_1, minute_2), (b'0'..=b'5', b'0'..=b'9')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Json<'_> {
        Json::Str(Cow::Borrowed(text))
    }

    #[test]
    fn words_are_those_of_yaml_1_2() {
        assert_eq!(resolve("true"), Json::Bool(true));
        assert_eq!(resolve("~"), Json::Null);
        for word in ["yes", "on", "y", "No", "off"] {
            assert_eq!(resolve(word), text(word));
        }
    }

    #[test]
    fn numbers_keep_the_octal_of_yaml_1_1() {
        for (written, value) in [
            ("0755", 493),
            ("0o17", 15),
            ("0x1F", 31),
            ("-12", -12),
            ("1_000", 1000),
        ] {
            assert_eq!(resolve(written), Json::Int(value), "{written}");
        }
        assert_eq!(
            resolve("18446744073709551615"),
            Json::Int(i128::from(u64::MAX))
        );
        assert_eq!(resolve("1e3"), Json::Float(1000.0));
        assert_eq!(resolve("089"), Json::Float(89.0));
        for written in [
            "1.2.3",
            "100m",
            "1:20",
            "-",
            "0x",
            "2020-13-01",
            "2020-02-30",
            "1e999",
            "-.5e400",
        ] {
            assert_eq!(resolve(written), text(written));
        }
    }

    #[test]
    fn dates_are_points_in_time() {
        assert_eq!(resolve("2001-01-01"), text("2001-01-01T00:00:00Z"));
        assert_eq!(resolve("2001-1-2 3:4:5.60"), text("2001-01-02T03:04:05.6Z"));
        assert_eq!(
            resolve("2001-01-01T01:02:03+02:00"),
            text("2001-01-01T01:02:03+02:00")
        );
        assert_eq!(
            resolve("2001-01-01T01:02:03,1000000001+00:00"),
            text("2001-01-01T01:02:03.1Z")
        );
        for written in [
            "2001-01-01T01:02:03.Z",
            "2001-01-01T01:02:03.4.5Z",
            "2001-01-01T01:02:03+25:00",
        ] {
            assert_eq!(resolve(written), text(written));
        }
    }
}
