use crate::naming::{has_placeholder, key_fault, label_entries, shortened};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "label-key-invalid",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a label's key that the API server refuses",
    help: "write a name of at most 63 letters, digits, `-`, `_` and `.`, with an optional domain and `/` before it",
    standards: &[],
    docs: include_str!("label_key_invalid.md"),
    check: Check::EveryResource(check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    for entry in label_entries(resource).filter(|entry| !has_placeholder(entry.name())) {
        if let Some(fault) = key_fault(entry.name()) {
            cx.report(
                resource,
                entry,
                format!("the label `{}` {fault}", shortened(entry.name())),
            )
            .file();
        }
    }
}
