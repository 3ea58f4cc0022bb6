use plimsoll_yaml::Node;

use crate::api_versions::{current, is_api_version};
use crate::kind::FAMILIAR_GROUPS;
use crate::naming::has_placeholder;
use crate::source::Origin;
use crate::{Check, Context, Item, Kind, Place, Resource, ResourceIndex, Rule, Severity, Source};

pub(super) static RULE: Rule = Rule {
    id: "object-incomplete",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
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
    if source.origin != Origin::Objects || matches!(file, "kustomization.yaml" | "kustomization.yml" | "Kustomization")
    {
        return;
    }
    for root in source.tree.documents().filter_map(|document| document.root) {
        judge(cx, root);
        // The items of a `PodList` need no kind: kubectl takes it from the list's.
        if root.get("kind").and_then(Node::text) == Some("List") {
            root.get("items").into_iter().flat_map(Node::items).for_each(|item| judge(cx, item));
        }
    }
}

fn judge(cx: &Context<'_, '_>, node: Node<'_>) {
    let written = |key| node.get(key).and_then(Node::text).filter(|text| !text.is_empty());
    match (written("apiVersion"), written("kind")) {
        (Some(version), None) if is_api_version(version) && is_map(node, "metadata") => {
            // OpenShift's `install-config.yaml` has no kind.
            if let Some(entry) = node.entry("apiVersion").filter(|_| node.get("baseDomain").is_none()) {
                let span = entry.key.span().to(entry.value.span());
                cx.report_source(span, format!("an object of `{version}` has no `kind`")).file();
            }
        }
        (None, Some(kind)) if without_version(node, kind) => {
            let Some(entry) = node.entry("kind") else { return };
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
                cx.report(&resource, place, format!("a {} has no `metadata.name`", resource.kind_name)).file();
            }
        }
        _ => {}
    }
}

fn is_map(node: Node<'_>, key: &str) -> bool {
    node.get(key).is_some_and(Node::is_mapping)
}

/// Kinds begin with a capital; other tools that have a `kind` write it small, or have a `version`.
fn without_version(node: Node<'_>, kind: &str) -> bool {
    let named = node.get("metadata").is_some_and(|metadata| metadata.get("name").is_some());
    kind.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && kind.starts_with(|c: char| c.is_ascii_uppercase())
        && node.get("version").is_none()
        && (named || (current(kind).is_some() && (is_map(node, "spec") || is_map(node, "metadata"))))
}

/// Configuration files of tools have kinds of their own, and no metadata.
fn needs_name(resource: &Resource<'_>) -> bool {
    let named = |path| resource.field(path).is_some_and(|name| !name.is_empty() || name.is_mapping());
    let nameless = matches!(resource.kind, Kind::Eviction | Kind::Binding | Kind::ComponentStatus | Kind::List)
        || resource.kind_name.ends_with("List")
        || resource.group() == "kustomize.config.k8s.io"
        || has_placeholder(resource.kind_name);
    let familiar = || FAMILIAR_GROUPS.iter().any(|group| resource.group().ends_with(group));
    let object = resource.kind != Kind::Other
        || (resource.group().contains('.')
            && (is_map(resource.node, "metadata") || (familiar() && is_map(resource.node, "spec"))));
    object && !nameless && !named("metadata.name") && !named("metadata.generateName")
}
