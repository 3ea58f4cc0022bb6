//! What tells an object of Kubernetes from a file of another tool, where it is not whole.

use plimsoll_yaml::Node;

use crate::api_versions::current;
use crate::kind::FAMILIAR_GROUPS;
use crate::naming::has_placeholder;
use crate::{Kind, Resource};

/// Whether a map stands under a key.
pub(crate) fn is_map(node: Node<'_>, key: &str) -> bool {
    node.get(key).is_some_and(Node::is_mapping)
}

/// Whether it is an object but for its `apiVersion`. Kinds begin with a capital; other tools that have a `kind` write it small, or have a `version`.
pub(crate) fn lacks_version(node: Node<'_>, kind: &str) -> bool {
    let named = node
        .get("metadata")
        .is_some_and(|metadata| metadata.get("name").is_some());
    kind.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && kind.starts_with(|c: char| c.is_ascii_uppercase())
        && node.get("version").is_none()
        && (named
            || (current(kind).is_some() && (is_map(node, "spec") || is_map(node, "metadata"))))
}

/// Whether the API server would refuse it for want of a name. Configuration files of tools have kinds of their own, and no metadata.
pub(crate) fn needs_name(resource: &Resource<'_>) -> bool {
    let named = |path| {
        resource
            .field(path)
            .is_some_and(|name| !name.is_empty() || name.is_mapping())
    };
    let nameless = matches!(
        resource.kind,
        Kind::Eviction | Kind::Binding | Kind::ComponentStatus | Kind::List
    ) || resource.kind_name.ends_with("List")
        || resource.group() == "kustomize.config.k8s.io"
        || has_placeholder(resource.kind_name);
    let familiar = || {
        FAMILIAR_GROUPS
            .iter()
            .any(|group| resource.group().ends_with(group))
    };
    let object = resource.kind != Kind::Other
        || (resource.group().contains('.')
            && (is_map(resource.node, "metadata")
                || (familiar() && is_map(resource.node, "spec"))));
    object && !nameless && !named("metadata.name") && !named("metadata.generateName")
}
