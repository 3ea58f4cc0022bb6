use plimsoll_yaml::Node;

use crate::api_versions::{current, group, has_kind, nearest_kind};
use crate::kind::BUILT_IN_GROUPS;
use crate::naming::{has_placeholder, shortened};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity};
use plimsoll_yaml::Use;

pub(super) static RULE: Rule = Rule {
    id: "kind-unknown",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a kind that its API group does not have",
    help: "write the kind as `kubectl api-resources` lists it, with its API version",
    standards: &[],
    docs: include_str!("kind_unknown.md"),
    check: Check::Inventory(check),
};

fn check(cx: &Context<'_, '_>) {
    cx.inventory
        .resources()
        .iter()
        .for_each(|resource| judge(cx, resource));
    let sources = cx
        .inventory
        .sources()
        .iter()
        .filter(|source| matches!(source.used(), Use::Objects | Use::Rendered));
    for root in sources
        .flat_map(|source| source.tree.documents())
        .filter_map(|document| document.root)
    {
        judge_group(cx, root);
    }
}

fn judge(cx: &Context<'_, '_>, resource: &Resource<'_>) {
    let (of, kind, version) = (resource.group(), resource.kind_name, resource.api_version);
    // What has neither a name nor a version of the core group is a file of another tool.
    let foreign = of.is_empty() && version != "v1" && current(kind).is_none();
    let named = ["metadata.name", "metadata.generateName"]
        .iter()
        .any(|path| resource.field(path).is_some());
    if !BUILT_IN_GROUPS.contains(&of) || foreign || !named || has_placeholder(kind) {
        return;
    }
    if has_kind(of, kind) && (!of.is_empty() || version == "v1") {
        return;
    }
    let message = format!("`{}` has no kind `{}`", shortened(version), shortened(kind));
    match (
        current(kind),
        nearest_kind(of, kind).and_then(|near| Some((near, current(near)?))),
    ) {
        (Some(right), _) => {
            let place = resource.node.get("apiVersion").unwrap_or(resource.node);
            cx.report(resource, place, message)
                .help(format!("write `apiVersion: {right}`"))
                .file();
        }
        (None, near) => {
            let place = resource.node.get("kind").unwrap_or(resource.node);
            let draft = cx.report(resource, place, message);
            match near {
                Some((near, right)) if group(right) == of => {
                    draft.help(format!("write `kind: {near}`")).file();
                }
                Some((near, right)) => {
                    draft
                        .help(format!("write `kind: {near}` and `apiVersion: {right}`"))
                        .file();
                }
                None => draft.file(),
            }
        }
    }
}

/// A group without a dot is one of Kubernetes' own: `app/v1` is none of them.
fn judge_group(cx: &Context<'_, '_>, root: Node<'_>) {
    let (Some(version), Some(kind)) = (
        root.get("apiVersion"),
        root.get("kind").and_then(Node::text),
    ) else {
        return;
    };
    let (Some(text), Some(right)) = (version.text(), current(kind)) else {
        return;
    };
    let of = group(text);
    if of.is_empty() || of.contains('.') || BUILT_IN_GROUPS.contains(&of) || has_placeholder(text) {
        return;
    }
    if root.at(&["metadata", "name"]).is_some() {
        cx.report_source(
            version.span(),
            format!("`{}` has no kind `{kind}`", shortened(text)),
        )
        .help(format!("write `apiVersion: {right}`"))
        .file();
    }
}
