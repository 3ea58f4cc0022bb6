use crate::naming::{annotation_maps, shortened};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "annotation-forbidden",
    item: Item::Security,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an object carries an annotation that the platform forbids",
    help: "remove the annotation",
    standards: &[],
    docs: include_str!("annotation_forbidden.md"),
    check: Check::EveryResource(check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    let forbidden = &cx.facts().forbidden_annotations;
    if forbidden.is_empty() {
        return;
    }
    for entry in annotation_maps(resource).flat_map(|map| map.value.entries()) {
        if forbidden
            .iter()
            .any(|pattern| matches(pattern, entry.name()))
        {
            cx.report(
                resource,
                entry,
                format!(
                    "{resource} carries the forbidden annotation `{}`",
                    shortened(entry.name())
                ),
            )
            .file();
        }
    }
}

/// `*` stands for anything, once or several times.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((head, rest)) => name.strip_prefix(head).is_some_and(|tail| {
            tail.char_indices()
                .map(|(at, _)| at)
                .chain([tail.len()])
                .any(|at| matches(rest, &tail[at..]))
        }),
    }
}
