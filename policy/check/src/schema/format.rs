//! The forms of text that the API server reads: base64 and points in time.

/// Whether Go's `base64.StdEncoding` reads it: padded, and with nothing between but line breaks.
pub(super) fn is_base64(text: &str) -> bool {
    let (mut symbols, mut padding) = (0_usize, 0_usize);
    for byte in text.bytes() {
        match byte {
            b'\r' | b'\n' => {}
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => symbols += 1,
            _ => return false,
        }
    }
    padding <= 2 && (symbols + padding).is_multiple_of(4)
}

/// Whether Go reads it as `time.RFC3339`: `2026-01-31T08:00:00Z`, with fractions or not.
pub(super) fn is_time(text: &str) -> bool {
    let Some((clock, zone)) = text.split_at_checked(19) else {
        return false;
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let part = |range: std::ops::Range<usize>, most: u8| {
        clock
            .get(range)
            .and_then(|part| part.parse::<u8>().ok())
            .is_some_and(|value| value <= most)
    };
    let separated = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')]
        .iter()
        .all(|(at, byte)| clock.as_bytes()[*at] == *byte);
    let day = crate::Date::parse(&clock[..10]).is_some();
    let clock = separated && day && part(11..13, 23) && part(14..16, 59) && part(17..19, 59);
    let zone = match zone.strip_prefix('.') {
        Some(fraction) => {
            let rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            if rest.len() == fraction.len() {
                return false;
            }
            rest
        }
        None => zone,
    };
    clock && (zone == "Z" || is_offset(zone, digits))
}

/// `+02:00`.
fn is_offset(zone: &str, digits: impl Fn(&str) -> bool) -> bool {
    let Some(rest) = zone.strip_prefix(['+', '-']) else {
        return false;
    };
    rest.split_once(':').is_some_and(|(hours, minutes)| {
        hours.len() == 2 && minutes.len() == 2 && digits(hours) && digits(minutes)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_padded() {
        for text in ["", "Zg==", "Zm8=", "Zm9v", "Zm9v\nYmFy\n", "ZB=="] {
            assert!(is_base64(text), "{text}");
        }
        for text in [
            "Zg",
            "Zg=",
            "Z===",
            "====",
            "Zm9v YmFy",
            "Zm-v",
            "Zg==Zg==",
            "hunter2",
            "é",
        ] {
            assert!(!is_base64(text), "{text}");
        }
    }

    #[test]
    fn times_have_a_zone() {
        for text in [
            "2026-01-31T08:00:00Z",
            "2026-01-31T08:00:00.123456+02:00",
            "2024-02-29T23:59:59-11:30",
        ] {
            assert!(is_time(text), "{text}");
        }
        for text in [
            "2026-01-31",
            "2026-01-31T08:00:00",
            "2026-01-31 08:00:00Z",
            "2026-02-30T08:00:00Z",
            "2026-01-31T24:00:00Z",
            "2026-01-31T08:00:00.Z",
            "2026-01-31T08:00:00+0200",
            "2026-01-31T08:00:0éZ",
            "now",
        ] {
            assert!(!is_time(text), "{text}");
        }
    }
}
