use plimsoll_yaml::Node;

use crate::{Check, Container, Context, ImageRef, Item, Needs, Place, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "image-pull-policy-not-always",
    item: Item::Security,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an image is used from the node without asking its registry",
    help: "write `imagePullPolicy: Always`, or pin the image by its digest",
    standards: &[],
    docs: include_str!("image_pull_policy_not_always.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let Some(image) = container.image().and_then(Node::text).map(ImageRef::parse) else {
        return;
    };
    let policy = container
        .node
        .get("imagePullPolicy")
        .filter(|policy| !policy.is_empty());
    // Left out, the policy is `Always` for `latest`, which is also the tag of an image that has none.
    let asks = match policy.and_then(Node::text) {
        Some(policy) => policy == "Always",
        None => image.tag.is_none_or(|tag| tag == "latest"),
    };
    if asks || image.digest.is_some() {
        return;
    }
    let written = policy.and_then(Node::text).unwrap_or("IfNotPresent");
    let place = policy.map_or(
        Place::missing(container.node, "imagePullPolicy"),
        Place::value,
    );
    cx.report_in(
        workload,
        place,
        format!("{container} has the pull policy {written}: a node uses what it once pulled"),
    )
    .file();
}
