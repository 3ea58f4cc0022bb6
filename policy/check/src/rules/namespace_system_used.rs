use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "namespace-system-used",
    item: Item::Security,
    severity: Severity::Info,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a workload that is no part of the system runs in a namespace of the system",
    help: "move it to a namespace of its own; an add-on says so with `priorityClassName: system-cluster-critical`",
    standards: &[],
    docs: include_str!("namespace_system_used.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let owner = cx.inventory.owner(workload);
    let system = matches!(
        workload.namespace,
        "kube-system" | "kube-public" | "kube-node-lease"
    );
    let Some(namespace) = owner.field("metadata.namespace").filter(|_| system) else {
        return;
    };
    let critical = workload
        .pod("priorityClassName")
        .and_then(Node::text)
        .is_some_and(|class| class.starts_with("system-"));
    let labels = owner.labels();
    let add_on = [
        "k8s-app",
        "kubernetes.io/cluster-service",
        "addonmanager.kubernetes.io/mode",
    ];
    let labelled = add_on
        .iter()
        .any(|key| labels.get(key).is_some() || workload.labels.get(key).is_some());
    if !(workload.namespace == "kube-system" && (critical || labelled)) {
        cx.report(
            owner,
            namespace,
            format!(
                "{owner} runs in `{}`, a namespace of the system",
                workload.namespace
            ),
        )
        .file();
    }
}
