use crate::naming::{annotation_maps, has_placeholder, key_fault, shortened};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "annotation-key-invalid",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an annotation's key that the API server refuses",
    help: "write a name of at most 63 letters, digits, `-`, `_` and `.`, with an optional domain and `/` before it",
    standards: &[],
    docs: include_str!("annotation_key_invalid.md"),
    check: Check::EveryResource(check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    let entries = annotation_maps(resource).flat_map(|map| map.value.entries());
    for entry in entries.filter(|entry| !has_placeholder(entry.name())) {
        // The API server looks at the key in lower case, so a domain may have capitals here.
        if let Some(fault) = key_fault(&entry.name().to_ascii_lowercase()) {
            cx.report(
                resource,
                entry,
                format!("the annotation `{}` {fault}", shortened(entry.name())),
            )
            .file();
        }
    }
}
