//! Which admission policies a repository brings along, so that rules do not ask for what a policy engine already does.

use plimsoll_yaml::Node;

use crate::{Inventory, Kind, Resource};

/// What the policies of the repository see to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AdmissionPolicies {
    /// Something holds pods to a security standard: Kyverno, Gatekeeper, Kubewarden.
    pub(crate) pod_security: bool,
    /// Something makes a `ResourceQuota` for every namespace.
    pub(crate) generates_quotas: bool,
    /// Something looks at images before they run.
    pub(crate) images: bool,
}

/// Kinds whose only purpose is to verify images, by the end of their group.
const IMAGE_KINDS: &[(&str, &str)] = &[
    ("policy.sigstore.dev", "ClusterImagePolicy"),
    ("policies.kyverno.io", "ImageValidatingPolicy"),
    ("policies.kyverno.io", "NamespacedImageValidatingPolicy"),
    ("ratify.deislabs.io", "Verifier"),
    ("ratify.deislabs.io", "NamespacedVerifier"),
    ("ratify.dev", "Executor"),
    ("config.openshift.io", "ClusterImagePolicy"),
    ("config.openshift.io", "ImagePolicy"),
];

impl AdmissionPolicies {
    pub(crate) fn new(inventory: &Inventory<'_>) -> Self {
        let mut policies = Self::default();
        for resource in inventory.of_kind(Kind::Other) {
            policies.see(resource);
        }
        policies.images |= inventory
            .of_kind(Kind::ValidatingAdmissionPolicy)
            .any(judges_images);
        policies
    }

    fn see(&mut self, resource: &Resource<'_>) {
        let (group, kind) = (resource.group(), resource.kind_name);
        self.images |= IMAGE_KINDS
            .iter()
            .any(|(g, k)| group.ends_with(g) && kind == *k);
        match group {
            "kyverno.io" => {
                for rule in resource
                    .field("spec.rules")
                    .into_iter()
                    .flat_map(Node::items)
                {
                    self.pod_security |= rule.at(&["validate", "podSecurity"]).is_some();
                    self.images |= rule.get("verifyImages").is_some();
                    self.generates_quotas |= rule.at(&["generate", "kind"]).and_then(Node::text)
                        == Some("ResourceQuota");
                }
            }
            "constraints.gatekeeper.sh" => {
                self.pod_security |= kind.starts_with("K8sPSP");
                self.images |= kind == "K8sAllowedRepos";
            }
            "policies.kubewarden.io" => {
                let module = resource
                    .field("spec.module")
                    .and_then(Node::text)
                    .unwrap_or_default();
                self.pod_security |= module.contains("pod-privileged") || module.contains("psp");
                self.images |= module.contains("verify-image") || module.contains("trusted-repos");
            }
            _ => {}
        }
    }
}

/// A policy in CEL that looks at the images of containers.
fn judges_images(policy: &Resource<'_>) -> bool {
    let list = |path| policy.field(path).into_iter().flat_map(Node::items);
    list("spec.validations")
        .chain(list("spec.variables"))
        .filter_map(|item| item.get("expression").and_then(Node::text))
        .any(|expression| expression.contains(".image"))
}
