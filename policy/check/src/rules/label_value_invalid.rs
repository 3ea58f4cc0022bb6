use plimsoll_yaml::Scalar;

use crate::naming::{has_placeholder, label_entries, shortened, value_fault};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "label-value-invalid",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a label's value that the API server refuses",
    help: "write at most 63 letters, digits, `-`, `_` and `.`, in quotes where YAML takes it for a number or a boolean",
    standards: &[],
    docs: include_str!("label_value_invalid.md"),
    check: Check::EveryResource(check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    for entry in label_entries(resource) {
        let (key, value) = (shortened(entry.name()), entry.value);
        let message = match value.scalar() {
            Some(Scalar::Null) => continue,
            Some(Scalar::Str(text)) if has_placeholder(text) => continue,
            Some(Scalar::Str(text)) => match value_fault(text) {
                Some(fault) => format!("the value `{}` of label `{key}` {fault}", shortened(text)),
                None => continue,
            },
            _ => format!(
                "the value of label `{key}` is {}, not a string",
                value.kind().name()
            ),
        };
        cx.report(resource, value, message).file();
    }
}
