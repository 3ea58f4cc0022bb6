//! What to write in the place of a value of the wrong type.

use plimsoll_yaml::{Node, Scalar, ScalarStyle};

use super::{Misfit, Shape};

/// What to write instead; `text` is the value, where it may be repeated.
pub(crate) fn advice(misfit: Misfit<'_>, text: Option<&str>) -> Option<String> {
    let text = text.filter(|text| text.len() <= 40 && !text.contains('\n'));
    match (misfit.shape, text) {
        (Shape::String, Some(text)) => Some(match trap(misfit.node, text) {
            Some(read) => {
                format!("YAML reads `{text}` as {read}; write it in quotes: `\"{text}\"`")
            }
            None => format!("write it in quotes: `\"{text}\"`"),
        }),
        (Shape::Number | Shape::Boolean, Some(text))
            if quoted(misfit.node) && unquoted_fits(misfit.shape, text) =>
        {
            Some(format!("write it without quotes: `{text}`"))
        }
        (Shape::List, Some(text)) => Some(format!("write a list, even of one: `[\"{text}\"]`")),
        (Shape::Objects(_), None) if misfit.node.is_mapping() => {
            Some("begin each item with `- `".into())
        }
        (Shape::Strings | Shape::Map | Shape::Object(_), None) if misfit.node.is_sequence() => {
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

fn unquoted_fits(shape: Shape, text: &str) -> bool {
    match shape {
        Shape::Number => text.parse::<i64>().is_ok(),
        _ => matches!(text, "true" | "false"),
    }
}
