use crate::naming::WORKLOADS;
use crate::{Check, Context, Item, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "owner-annotation-missing",
    item: Item::Documentation,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a workload has no annotation that says whom to ask",
    help: "add one of the annotations of the fact `ownerAnnotations`",
    standards: &[],
    docs: include_str!("owner_annotation_missing.md"),
    check: Check::Resource(WORKLOADS, check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Resource<'s>) {
    let wanted = &cx.facts().owner_annotations;
    let says = |key: &String| {
        let value = workload.annotation(key).unwrap_or_default();
        !value.is_empty()
            && (key != "email"
                || value
                    .split_once('@')
                    .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()))
    };
    if !wanted.is_empty() && !wanted.iter().any(says) {
        let place = Place::missing(workload.node, "metadata.annotations");
        cx.report(
            workload,
            place,
            format!("{workload} does not say whom to ask about it"),
        )
        .help(format!("add the annotation `{}`", wanted.join("` or `")))
        .file();
    }
}
