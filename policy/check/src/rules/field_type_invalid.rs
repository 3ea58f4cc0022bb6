use plimsoll_yaml::{Node, Scalar, ScalarStyle};

use crate::naming::shortened;
use crate::shape::{Misfit, Shape, misfits};
use crate::{Check, Context, Item, Kind, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "field-type-invalid",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    since: "0.1.0",
    summary: "a value that the API server cannot decode, as its field has another type",
    help: "write a value of the type that the field has",
    standards: &[],
    docs: include_str!("field_type_invalid.md"),
    check: Check::EveryResource(check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    for misfit in misfits(resource) {
        let field = shortened(misfit.field);
        let field = if misfit.item { format!("an item of `{field}`") } else { format!("`{field}`") };
        let kind = misfit.node.kind().name();
        // What a Secret holds is not repeated.
        let text = misfit.node.text().filter(|_| resource.kind != Kind::Secret);
        let found = match text.and_then(|text| text.lines().next()) {
            Some(line) => format!("{kind} (`{}`)", shortened(line)),
            None => kind.to_owned(),
        };
        let message = format!("{field} is {found}, not {}", misfit.shape.name());
        let draft = cx.report(resource, misfit.node, message);
        match help(misfit, text) {
            Some(help) => draft.help(help).file(),
            None => draft.file(),
        }
    }
}

fn help(misfit: Misfit<'_>, text: Option<&str>) -> Option<String> {
    let text = text.filter(|text| text.len() <= 40 && !text.contains('\n'));
    match (misfit.shape, text) {
        (Shape::String, Some(text)) => Some(match trap(misfit.node, text) {
            Some(read) => format!("YAML reads `{text}` as {read}; write it in quotes: `\"{text}\"`"),
            None => format!("write it in quotes: `\"{text}\"`"),
        }),
        (Shape::Number | Shape::Boolean, Some(text)) if quoted(misfit.node) && unquoted_fits(misfit.shape, text) => {
            Some(format!("write it without quotes: `{text}`"))
        }
        (Shape::List, Some(text)) => Some(format!("write a list, even of one: `[\"{text}\"]`")),
        (Shape::Objects(_), None) if misfit.node.is_mapping() => Some("begin each item with `- `".into()),
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
    matches!(node.style(), Some(ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted))
}

fn unquoted_fits(shape: Shape, text: &str) -> bool {
    match shape {
        Shape::Number => text.parse::<i64>().is_ok(),
        _ => matches!(text, "true" | "false"),
    }
}
