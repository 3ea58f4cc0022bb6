use plimsoll_yaml::Node;

use crate::api_versions::{current, is_api_version};
use crate::object::{is_map, lacks_version, needs_name};
use crate::{Check, Context, Item, Needs, Place, Resource, ResourceIndex, Rule, Severity, Source};
use plimsoll_yaml::Use;

pub(super) static RULE: Rule = Rule {
    id: "object-incomplete",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "an object without an apiVersion, a kind or a name",
    help: "write `apiVersion`, `kind` and `metadata.name`",
    standards: &[],
    docs: include_str!("object_incomplete.md"),
    check: Check::Source(check),
};

fn check(cx: &Context<'_, '_>, source: &Source) {
    let file = source.path.rsplit('/').next().unwrap_or_default();
    // Kustomize adds what its own file leaves out.
    if source.used() != Use::Objects
        || matches!(
            file,
            "kustomization.yaml" | "kustomization.yml" | "Kustomization"
        )
    {
        return;
    }
    for root in source.tree.documents().filter_map(|document| document.root) {
        judge(cx, root);
        // The items of a `PodList` need no kind: kubectl takes it from the list's.
        if root.get("kind").and_then(Node::text) == Some("List") {
            root.get("items")
                .into_iter()
                .flat_map(Node::items)
                .for_each(|item| judge(cx, item));
        }
    }
}

fn judge(cx: &Context<'_, '_>, node: Node<'_>) {
    let written = |key| {
        node.get(key)
            .and_then(Node::text)
            .filter(|text| !text.is_empty())
    };
    match (written("apiVersion"), written("kind")) {
        (Some(version), None) if is_api_version(version) && is_map(node, "metadata") => {
            // OpenShift's `install-config.yaml` has no kind.
            if let Some(entry) = node
                .entry("apiVersion")
                .filter(|_| node.get("baseDomain").is_none())
            {
                let span = entry.key.span().to(entry.value.span());
                cx.report_source(span, format!("an object of `{version}` has no `kind`"))
                    .file();
            }
        }
        (None, Some(kind)) if lacks_version(node, kind) => {
            let Some(entry) = node.entry("kind") else {
                return;
            };
            let draft = cx.report_source(
                entry.key.span().to(entry.value.span()),
                format!("an object of kind `{kind}` has no `apiVersion`"),
            );
            match current(kind) {
                Some(version) => draft.help(format!("write `apiVersion: {version}`")).file(),
                None => draft.file(),
            }
        }
        (Some(version), Some(_)) if is_api_version(version) => {
            let resource = Resource::read(node, ResourceIndex(0)).filter(needs_name);
            if let Some(resource) = resource {
                let place = Place::missing(node, "metadata.name");
                cx.report(
                    &resource,
                    place,
                    format!("a {} has no `metadata.name`", resource.kind_name),
                )
                .file();
            }
        }
        _ => {}
    }
}
