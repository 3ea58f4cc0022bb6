use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "naked-pod",
    item: Item::Reliability,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a Pod that nobody replaces",
    help: "make it a Deployment, or a Job if it is to end",
    standards: &[],
    docs: include_str!("naked_pod.md"),
    check: Check::Resource(&[Kind::Pod], check),
};

fn check<'s>(cx: &Context<'_, 's>, pod: &Resource<'s>) {
    let owned = pod
        .field("metadata.ownerReferences")
        .is_some_and(|owners| !owners.is_empty());
    // The kubelet runs a static pod from a file of its node, and mirrors it.
    let mirrored = pod.annotation("kubernetes.io/config.mirror").is_some();
    if !owned && !mirrored && !pod.is_hook() {
        let place = pod.node.get("kind").unwrap_or(pod.node);
        cx.report(
            pod,
            place,
            format!("{pod} is gone when its node is: nothing makes it again"),
        )
        .file();
    }
}
