use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Place, Rule, Selector, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "selector-template-mismatch",
    item: Item::References,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a workload's selector does not match the labels of its own pod template",
    help: "make every label of the selector a label of the pod template, too",
    standards: &[],
    docs: include_str!("selector_template_mismatch.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let (of_labels, needed) = match workload.kind {
        Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet | Kind::ReplicaSet => {
            (false, cx.inventory.owner(workload).api_version == "apps/v1")
        }
        Kind::Rollout => (false, false),
        Kind::ReplicationController | Kind::DeploymentConfig => (true, false),
        _ => return,
    };
    let owner = cx.inventory.owner(workload);
    let Some(spec) = owner.spec() else { return };
    let Some(node) = spec.get("selector").filter(|node| !node.is_null()) else {
        if needed {
            cx.report_in(
                workload,
                Place::missing(workload.object, "spec.selector"),
                format!("{owner} has no selector, which apps/v1 demands"),
            )
            .help("add `selector.matchLabels` with labels of the pod template")
            .file();
        }
        return;
    };
    let selector = if of_labels {
        Selector::read_map(node)
    } else {
        Selector::read(node)
    };
    if selector.is_empty() && needed {
        cx.report_in(
            workload,
            place(spec, node),
            format!("{owner} has an empty selector, which the API server refuses"),
        )
        .file();
    } else if !selector.matches(&workload.labels) {
        let labels = if workload.labels.is_empty() {
            "no labels".to_owned()
        } else {
            workload.labels.to_string()
        };
        let message = format!("{owner} selects {selector}, but its own pods have {labels}");
        cx.report_in(workload, place(spec, node), message).file();
    }
}

fn place<'s>(spec: Node<'s>, selector: Node<'s>) -> Place<'s> {
    spec.entry("selector")
        .map_or_else(|| selector.into(), Into::into)
}
