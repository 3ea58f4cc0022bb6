use crate::rbac::{Grant, ROLES, Risk, WRITE, grants, report_grant};
use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "rbac-configmap-write",
    item: Item::Rbac,
    severity: Severity::Warning,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a role lets change the configuration of the cluster's DNS, of its logins, or of everybody",
    help: "grant it by a Role in its own namespace, or name the ConfigMaps under `resourceNames`",
    standards: &[],
    docs: include_str!("rbac_configmap_write.md"),
    check: Check::Resource(ROLES, check),
};

static CONFIG: Risk = Risk {
    targets: &[("", "configmaps")],
    verbs: WRITE,
    even_by_name: true,
};

/// `ConfigMaps` of `kube-system` that a cluster takes its logins, its names and its network from.
const SYSTEM: &[&str] = &[
    "aws-auth",
    "coredns",
    "coredns-custom",
    "kube-dns",
    "kube-proxy",
    "kubeadm-config",
    "extension-apiserver-authentication",
];

fn check<'s>(cx: &Context<'_, 's>, role: &Resource<'s>) {
    let system = role.kind == Kind::ClusterRole || role.namespace() == "kube-system";
    for grant in grants(role, &CONFIG).filter(|grant| system && reaches_system(grant)) {
        report_grant(cx, role, &grant).file();
    }
}

fn reaches_system(grant: &Grant<'_>) -> bool {
    !grant.rule.is_limited_to_names() || grant.rule.names().any(|name| SYSTEM.contains(&name))
}
