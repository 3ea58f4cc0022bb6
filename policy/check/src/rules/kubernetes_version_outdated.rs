use crate::{Check, Context, Item, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "kubernetes-version-outdated",
    item: Item::Reliability,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a cluster runs a version of Kubernetes that gets no fixes any more",
    help: "upgrade it one minor version after the other, the control plane first",
    standards: &[],
    docs: include_str!("kubernetes_version_outdated.md"),
    check: Check::EveryResource(check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    let paths: &[&str] = match (resource.group(), resource.kind_name) {
        ("cluster.x-k8s.io", "Cluster") => &["spec.topology.version"],
        ("cluster.x-k8s.io", "MachineDeployment" | "MachinePool") => {
            &["spec.template.spec.version"]
        }
        ("cluster.x-k8s.io", "Machine") | ("controlplane.cluster.x-k8s.io", _) => &["spec.version"],
        ("eksctl.io", "ClusterConfig") => &["metadata.version"],
        ("", "Node") => &["status.nodeInfo.kubeletVersion"],
        _ => return,
    };
    for node in paths.iter().filter_map(|path| resource.field(path)) {
        let Some(version) = node.text().and_then(minor_version) else {
            continue;
        };
        let (major, minor) = cx.config.kubernetes;
        if version < (major, minor.saturating_sub(MAINTAINED - 1)) {
            let message = format!(
                "{resource} runs Kubernetes {}.{}, more than two releases behind {major}.{minor}",
                version.0, version.1
            );
            cx.report(resource, node, message).file();
        }
    }
}

/// The project mends the latest three minor releases.
const MAINTAINED: u16 = 3;

/// `v1.33.4-eks-1` is 1.33.
fn minor_version(text: &str) -> Option<(u16, u16)> {
    let mut parts = text
        .strip_prefix('v')
        .unwrap_or(text)
        .split(|c: char| !c.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
