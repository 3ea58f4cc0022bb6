//! The two entries of the metadata that change a score, compared as the original compares them.
//!
//! The original is JavaScript: `metadata.responseTimeHours && metadata.responseTimeHours < 24` and
//! `metadata.interactionCount > 3`. So numbers in text count, an empty or missing value and zero are
//! no response time, but the text "0" is one. Arrays and objects, which JavaScript would turn into
//! text first, count for nothing here.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// A response within this time is quick.
const QUICK_HOURS: f64 = 24.0;
/// More interactions than this are many.
const FEW_INTERACTIONS: f64 = 3.0;

/// What the metadata adds to a score.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Modifiers {
    pub(super) quick_answer: bool,
    pub(super) many_interactions: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Read {
    #[serde(default)]
    response_time_hours: Value,
    #[serde(default)]
    interaction_count: Value,
}

impl Modifiers {
    /// Metadata that is no object has no entries.
    pub(super) fn of(metadata: Option<&RawValue>) -> Self {
        let Some(Ok(read)) = metadata.map(|raw| serde_json::from_str::<Read>(raw.get())) else {
            return Self::default();
        };
        let hours = &read.response_time_hours;
        Self {
            quick_answer: truthy(hours) && number(hours) < QUICK_HOURS,
            many_interactions: number(&read.interaction_count) > FEW_INTERACTIONS,
        }
    }
}

fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// The value in a comparison; not a number is less and greater than nothing.
fn number(value: &Value) -> f64 {
    match value {
        Value::Null => 0.0,
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::Number(number) => number.as_f64().unwrap_or(f64::NAN),
        Value::String(text) => number_in(text.trim()),
        Value::Array(_) | Value::Object(_) => f64::NAN,
    }
}

fn number_in(text: &str) -> f64 {
    let unsigned = text.trim_start_matches(['+', '-']);
    match unsigned.as_bytes() {
        [] if text.is_empty() => 0.0,
        // Rust reads "inf" and "nan" as numbers; JavaScript reads only this word.
        [b'0'..=b'9' | b'.', ..] => text.parse().unwrap_or(f64::NAN),
        _ if unsigned == "Infinity" => text.parse().unwrap_or(f64::NAN),
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(metadata: &str) -> (bool, bool) {
        let raw: Box<RawValue> = serde_json::from_str(metadata).unwrap();
        let modifiers = Modifiers::of(Some(&raw));
        (modifiers.quick_answer, modifiers.many_interactions)
    }

    #[test]
    fn response_times_count_as_in_javascript() {
        for quick in ["1", "23.99", "-1", "\"5\"", "\" 5 \"", "\"0\"", "true"] {
            assert!(
                of(&format!("{{\"responseTimeHours\": {quick}}}")).0,
                "{quick}"
            );
        }
        for not in [
            "0", "24", "null", "\"\"", "false", "\"soon\"", "[1]", "{}", "\"inf\"",
        ] {
            assert!(!of(&format!("{{\"responseTimeHours\": {not}}}")).0, "{not}");
        }
    }

    #[test]
    fn interactions_count_as_in_javascript() {
        for many in ["4", "3.5", "\"4\"", "\"Infinity\"", "1e9"] {
            assert!(of(&format!("{{\"interactionCount\": {many}}}")).1, "{many}");
        }
        for few in [
            "3",
            "0",
            "null",
            "\"\"",
            "true",
            "\"many\"",
            "[9]",
            "\"-Infinity\"",
        ] {
            assert!(!of(&format!("{{\"interactionCount\": {few}}}")).1, "{few}");
        }
    }

    #[test]
    fn what_is_no_object_changes_nothing() {
        assert_eq!(Modifiers::of(None), Modifiers::default());
        assert_eq!(of("[]"), (false, false));
        assert_eq!(of("7"), (false, false));
    }
}
