//! What to write in the place of a value of the wrong type.

use plimsoll_yaml::{Node, Scalar, ScalarStyle};

use super::fault::Expected;

/// Fields that people look for where they are not: definition, field (all, if none is named), and what to write.
const MOVED: &[(&str, &str, &str)] = &[
    (
        "HorizontalPodAutoscalerSpec",
        "targetCPUUtilizationPercentage",
        "write a metric of type `Resource` under `metrics`",
    ),
    (
        "IngressBackend",
        "serviceName",
        "since networking.k8s.io/v1 it is `service: {name: …}`",
    ),
    (
        "IngressBackend",
        "servicePort",
        "since networking.k8s.io/v1 it is `service: {port: {number: …}}`, or `name` for a named one",
    ),
    ("LabelSelector", "", "a label stands under `matchLabels`"),
];

/// Where a field has gone.
pub(super) fn moved(definition: &str, field: &str) -> Option<&'static str> {
    let mut lines = MOVED.iter();
    let line = lines.find(|(of, own, _)| *of == definition && (own.is_empty() || *own == field));
    // A misspelt `matchLabels` is no label.
    line.filter(|(_, own, _)| !own.is_empty() || !field.starts_with("match"))
        .map(|(.., help)| *help)
}

/// What to write instead; `text` is the value, where it may be repeated.
pub(super) fn advice(node: Node<'_>, expected: Expected, text: Option<&str>) -> Option<String> {
    let text = text.filter(|text| text.len() <= 40 && !text.contains('\n'));
    match (expected, text) {
        (Expected::Text, Some(text)) => Some(match trap(node, text) {
            Some(read) => {
                format!("YAML reads `{text}` as {read}; write it in quotes: `\"{text}\"`")
            }
            None => format!("write it in quotes: `\"{text}\"`"),
        }),
        (Expected::Whole | Expected::Number | Expected::Boolean, Some(text))
            if quoted(node) && unquoted_fits(expected, text) =>
        {
            Some(format!("write it without quotes: `{text}`"))
        }
        (Expected::Texts, Some(text)) => Some(format!("write a list, even of one: `[\"{text}\"]`")),
        (Expected::Texts | Expected::List, None) if node.is_mapping() => {
            Some("begin each item with `- `".into())
        }
        (Expected::Map, None) if node.is_sequence() => {
            Some("write `key: value` lines without `- `".into())
        }
        _ => None,
    }
}

/// What YAML 1.1 makes of a text that looks like something else.
fn trap(node: Node<'_>, text: &str) -> Option<String> {
    match node.scalar()? {
        Scalar::Bool(value) if text != value.to_string() => Some(format!("the boolean `{value}`")),
        Scalar::Int(value) if text != value.to_string() => Some(format!("the number {value}")),
        Scalar::Float(value) if text != value.to_string() => Some(format!("the number {value}")),
        _ => None,
    }
}

fn quoted(node: Node<'_>) -> bool {
    matches!(
        node.style(),
        Some(ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted)
    )
}

fn unquoted_fits(expected: Expected, text: &str) -> bool {
    match expected {
        Expected::Whole => text.parse::<i64>().is_ok(),
        Expected::Number => text.parse::<f64>().is_ok(),
        _ => matches!(text, "true" | "false"),
    }
}
