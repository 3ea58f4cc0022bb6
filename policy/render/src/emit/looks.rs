//! Which texts would be read as something else than a string if they had no quotes.
//!
//! These are the words of the printer, `resolve.go` and `encode.go` of `sigs.k8s.io/yaml`, which knows YAML 1.1:
//! more of them than kustomize's reader has.

use plimsoll_yaml::number::{float, integer};

use crate::scalar::{timestamp, without_underscores};

/// Whether a text is read as null, a boolean, a number or a point in time.
pub(super) fn like_no_string(text: &str) -> bool {
    let Some(&first) = text.as_bytes().first() else {
        return true;
    };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' => is_word(text),
        b'~' => text == "~",
        b'.' => is_special_float(text) || float(text).is_some(),
        b'+' | b'-' => is_special_float(&text[1..]) && text != "+.nan" || is_number(text),
        b'0'..=b'9' => is_number(text) || timestamp(text).is_some(),
        _ => false,
    }
}

fn is_word(text: &str) -> bool {
    // The words of YAML 1.1 are written in small letters, in capitals, or with one capital.
    const WORDS: [&str; 9] = ["y", "yes", "n", "no", "on", "off", "true", "false", "null"];
    if text.len() > 5 {
        return false;
    }
    let capitals = text.bytes().filter(u8::is_ascii_uppercase).count();
    let capital_first = text.as_bytes()[0].is_ascii_uppercase();
    let cased = capitals == 0 || capitals == text.len() || (capitals == 1 && capital_first);
    cased && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn is_special_float(text: &str) -> bool {
    matches!(text, ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF")
}

fn is_number(text: &str) -> bool {
    let digits = without_underscores(text);
    integer(&digits).is_some() || float(&digits).is_some() || is_base_60(text)
}

/// `^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$`: what YAML 1.1 takes for a time, `1:20`. The printer does not read
/// it as one, but puts it in quotes for readers that do.
fn is_base_60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (clock, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digit_or_underscore = |byte: u8| byte.is_ascii_digit() || byte == b'_';
    let mut parts = clock.split(':');
    let first = parts.next().unwrap_or_default();
    let mut minutes = 0;
    let minutes_ok = parts.all(|part| {
        minutes += 1;
        match part.as_bytes() {
            [digit] => digit.is_ascii_digit(),
            [b'0'..=b'5', digit] => digit.is_ascii_digit(),
            _ => false,
        }
    });
    minutes_ok
        && minutes > 0
        && first.starts_with(|c: char| c.is_ascii_digit())
        && first.bytes().all(digit_or_underscore)
        && fraction.bytes().all(digit_or_underscore)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_need_quotes() {
        for text in [
            "",
            "~",
            "y",
            "N",
            "Yes",
            "NO",
            "off",
            "true",
            "False",
            "NULL",
            ".nan",
            "-.inf",
            "+.Inf",
            "1",
            "-1",
            "+1",
            "0x1F",
            "0o17",
            "0b1",
            "0755",
            "089",
            "1_000",
            "1.",
            ".5",
            "1e3",
            "1.5E-3",
            "1:20",
            "190:20:30.15",
            "-1:2",
            "2001-01-01",
            "2001-1-1T1:2:3Z",
            "2001-01-01 10:00:00",
            "18446744073709551616",
        ] {
            assert!(like_no_string(text), "{text}");
        }
    }

    #[test]
    fn other_texts_do_not() {
        for text in [
            "yEs",
            "nULL",
            "tRUE",
            "yess",
            "o",
            "t",
            "1.2.3",
            "100m",
            "1e",
            "0x",
            "0xg",
            "1:60",
            "1:2:",
            ":1",
            "+.nan",
            "2001-13-01",
            "1e999",
            "-",
            "+",
            "=",
            "<<",
            "0xFFFFFFFFFFFFFFFFFFFF",
            "1:2.x",
        ] {
            assert!(!like_no_string(text), "{text}");
        }
    }
}
