//! What a scalar means to Kubernetes.
//!
//! The words are those of `sigs.k8s.io/yaml` (its `goyaml.v2` fork, `resolve.go`): YAML 1.1 without base-60 numbers.

use crate::number::{float, integer};

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ScalarStyle {
    /// `text`.
    Plain,
    /// `'text'`.
    SingleQuoted,
    /// `"text"`.
    DoubleQuoted,
    /// `|`.
    Literal,
    /// `>`.
    Folded,
}

/// A scalar with its type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar<'t> {
    /// Empty, `~`, `null`.
    Null,
    /// `true`, `yes`, `on` and their opposites.
    Bool(bool),
    /// A whole number that fits.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Everything else.
    Str(&'t str),
}

/// Resolves a plain, untagged scalar.
pub(crate) fn resolve(text: &str) -> Scalar<'_> {
    let Some(&first) = text.as_bytes().first() else {
        return Scalar::Null;
    };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => word(text),
        b'0'..=b'9' | b'+' | b'-' | b'.' => number(text).unwrap_or(Scalar::Str(text)),
        _ => Scalar::Str(text),
    }
}

/// Whether a plain, untagged scalar is null.
pub(crate) fn is_null(text: &[u8]) -> bool {
    matches!(text, b"" | b"~" | b"null" | b"Null" | b"NULL")
}

fn word(text: &str) -> Scalar<'_> {
    match text {
        _ if is_null(text.as_bytes()) => Scalar::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Scalar::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Scalar::Bool(false)
        }
        _ => Scalar::Str(text),
    }
}

fn number<'t>(text: &str) -> Option<Scalar<'t>> {
    match text {
        ".nan" | ".NaN" | ".NAN" => return Some(Scalar::Float(f64::NAN)),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Some(Scalar::Float(f64::INFINITY));
        }
        "-.inf" | "-.Inf" | "-.INF" => return Some(Scalar::Float(f64::NEG_INFINITY)),
        _ => {}
    }
    // Underscores are rare, so the copy without them is too.
    if text.contains('_') {
        let digits = text.replace('_', "");
        return numeric(&digits);
    }
    numeric(text)
}

fn numeric<'t>(text: &str) -> Option<Scalar<'t>> {
    let fraction = || float(text).map(Scalar::Float);
    integer(text).map(whole).or_else(fraction)
}

fn whole<'t>(value: i128) -> Scalar<'t> {
    // Beyond 63 bits the value is still a number, only not one of ours.
    i64::try_from(value).map_or_else(|_| Scalar::Float(large(value)), Scalar::Int)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "Kubernetes itself holds numbers this large as floats"
)]
fn large(value: i128) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_yaml_1_1() {
        for text in ["y", "Yes", "on", "TRUE"] {
            assert_eq!(resolve(text), Scalar::Bool(true), "{text}");
        }
        for text in ["n", "No", "off", "False"] {
            assert_eq!(resolve(text), Scalar::Bool(false), "{text}");
        }
        // Too large for a float, which Go refuses.
        assert_eq!(resolve("1e999"), Scalar::Str("1e999"));
        for text in ["", "~", "null", "NULL"] {
            assert_eq!(resolve(text), Scalar::Null, "{text}");
        }
        assert_eq!(resolve("yEs"), Scalar::Str("yEs"));
    }

    #[test]
    fn numbers_are_read_as_go_reads_them() {
        let cases = [
            ("0755", 493),
            ("0o17", 15),
            ("0x1F", 31),
            ("0b101", 5),
            ("-12", -12),
            ("+3", 3),
            ("1_000", 1000),
            ("0", 0),
            ("-0", 0),
        ];
        for (text, value) in cases {
            assert_eq!(resolve(text), Scalar::Int(value), "{text}");
        }
        assert_eq!(resolve("1e3"), Scalar::Float(1000.0));
        assert_eq!(resolve(".5"), Scalar::Float(0.5));
        assert_eq!(resolve("1."), Scalar::Float(1.0));
        assert_eq!(resolve("089"), Scalar::Float(89.0));
        assert_eq!(resolve("-.inf"), Scalar::Float(f64::NEG_INFINITY));
        assert_eq!(resolve("-9223372036854775808"), Scalar::Int(i64::MIN));
        assert_eq!(
            resolve("9223372036854775808"),
            Scalar::Float(9_223_372_036_854_775_808.0)
        );
    }

    #[test]
    fn what_is_not_a_number_stays_text() {
        for text in [
            "1:20",
            "190:20:30",
            "1.2.3",
            "100m",
            "1.5Gi",
            "0x",
            "-",
            "+",
            ".",
            "e3",
            "1e",
            "2001-01-01",
            "0o8",
            "--1",
            "+-1",
        ] {
            assert_eq!(resolve(text), Scalar::Str(text), "{text}");
        }
    }
}
