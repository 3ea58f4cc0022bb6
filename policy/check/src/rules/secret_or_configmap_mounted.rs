use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "secret-or-configmap-mounted",
    item: Item::Secrets,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a pod mounts a Secret or a ConfigMap: an inventory, not a fault",
    help: "see that each is needed by the pod that mounts it",
    standards: &[],
    docs: include_str!("secret_or_configmap_mounted.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    for volume in workload.volumes() {
        let projected = volume
            .get("projected")
            .and_then(|projected| projected.get("sources"));
        for source in std::iter::once(volume).chain(projected.into_iter().flat_map(Node::items)) {
            mounted(cx, workload, source);
        }
    }
}

fn mounted<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, source: Node<'s>) {
    for (field, kind) in [("secret", "Secret"), ("configMap", "ConfigMap")] {
        // A Secret's volume says `secretName`, its projection `name`.
        let name = source
            .get(field)
            .and_then(|held| held.get("secretName").or_else(|| held.get("name")));
        if let Some((place, name)) = name.and_then(|node| Some((node, node.text()?))) {
            let owner = cx.inventory.owner(workload);
            cx.report_in(workload, place, format!("{owner} mounts {kind} {name}"))
                .file();
        }
    }
}
