use plimsoll_yaml::Node;

use crate::{
    Check, Context, Item, Kind, Needs, Resource, Rule, Severity, Utilization, utilization,
};

pub(super) static RULE: Rule = Rule {
    id: "autoscaler-vpa-conflict",
    item: Item::Autoscaling,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a VerticalPodAutoscaler changes the requests that a horizontal one measures against",
    help: "set the VPA's `updateMode: 'Off'`, leave the resource out of `controlledResources`, or scale on another metric",
    standards: &[],
    docs: include_str!("autoscaler_vpa_conflict.md"),
    check: Check::Resource(&[Kind::VerticalPodAutoscaler], check),
};

fn check<'s>(cx: &Context<'_, 's>, vpa: &Resource<'s>) {
    let scaling = cx.inventory.scaling();
    let Some(scaler) = scaling.scaler(vpa) else {
        return;
    };
    let Some(target) = scaler.target.filter(|_| changes_running_pods(vpa)) else {
        return;
    };
    let workloads = scaler.workloads(cx.inventory);
    let containers: Vec<_> = workloads
        .iter()
        .flat_map(|workload| workload.long_running())
        .map(|container| container.name)
        .collect();
    for horizontal in scaling.horizontal_at(scaler) {
        let other = cx.inventory.resource(horizontal.resource);
        let measured = utilization(horizontal, other);
        let Some(metric) = measured
            .iter()
            .find(|metric| controls(vpa, metric, &containers))
        else {
            continue;
        };
        let place = target.node.get("name").unwrap_or(target.node);
        let what = metric.resource;
        let message = format!(
            "{vpa} changes the {what} requests of {} {}, and {other} scales by them",
            target.kind_name, target.name
        );
        cx.report(vpa, place, message)
            .related_object(other, format!("scales by the share of {what} in use"))
            .file();
    }
}

/// `Auto` is what the controller does where nothing is said.
fn changes_running_pods(vpa: &Resource<'_>) -> bool {
    let mode = vpa
        .field("spec.updatePolicy.updateMode")
        .and_then(Node::text)
        .unwrap_or("Auto");
    matches!(mode, "Auto" | "Recreate" | "InPlaceOrRecreate" | "InPlace")
}

/// Whether it changes a request that the metric is held against, of any of the containers that are measured.
fn controls(vpa: &Resource<'_>, metric: &Utilization<'_>, containers: &[&str]) -> bool {
    let mut measured = containers
        .iter()
        .filter(|name| metric.container.is_none_or(|own| own == **name));
    containers.is_empty()
        || measured
            .any(|name| policy(vpa, name).is_none_or(|policy| covers(policy, metric.resource)))
}

/// The policy of a container: its own, or else that of `*`.
fn policy<'s>(vpa: &Resource<'s>, container: &str) -> Option<Node<'s>> {
    let policies = || {
        vpa.field("spec.resourcePolicy.containerPolicies")
            .into_iter()
            .flat_map(Node::items)
    };
    let named = |name: &str| {
        policies().find(|policy| policy.get("containerName").and_then(Node::text) == Some(name))
    };
    named(container).or_else(|| named("*"))
}

fn covers(policy: Node<'_>, resource: &str) -> bool {
    let list = policy
        .get("controlledResources")
        .filter(|list| !list.is_null());
    let controlled = list.is_none_or(|list| list.items().any(|item| item.text() == Some(resource)));
    controlled && policy.get("mode").and_then(Node::text) != Some("Off")
}
