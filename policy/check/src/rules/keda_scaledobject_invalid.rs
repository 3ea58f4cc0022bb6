use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Place, Resolution, Resource, Rule, Severity, keda};

pub(super) static RULE: Rule = Rule {
    id: "keda-scaledobject-invalid",
    item: Item::Autoscaling,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a ScaledObject that KEDA refuses, or that scales nothing",
    help: "mend the field; KEDA leaves the workload as it is until then",
    standards: &[],
    docs: include_str!("keda_scaledobject_invalid.md"),
    check: Check::Resource(&[Kind::ScaledObject], check),
};

fn check<'s>(cx: &Context<'_, 's>, object: &Resource<'s>) {
    target(cx, object);
    for refusal in keda::refusals(object) {
        cx.report(
            object,
            refusal.place,
            format!("{object} {}", refusal.message),
        )
        .file();
    }
    let triggers = object
        .field("spec.triggers")
        .into_iter()
        .flat_map(Node::items);
    for reference in triggers.filter_map(|trigger| trigger.get("authenticationRef")) {
        credentials(cx, object, reference);
    }
}

fn target<'s>(cx: &Context<'_, 's>, object: &Resource<'s>) {
    let Some(scaler) = cx.inventory.scaling().scaler(object) else {
        return;
    };
    let Some(target) = scaler.target else {
        return cx
            .report(
                object,
                Place::missing(object.node, "spec.scaleTargetRef"),
                format!("{object} does not say what it scales"),
            )
            .file();
    };
    let place = target
        .node
        .get("name")
        .map_or_else(|| Place::missing(target.node, "name"), Place::value);
    let (kind, name) = (target.kind_name, target.name);
    let message = match scaler.resolve(cx.inventory, cx.config) {
        Resolution::Unnamed => format!("{object} names no {kind} to scale"),
        Resolution::Missing => format!(
            "{object} scales {kind} {name}, which is not in namespace `{}`",
            scaler.namespace
        ),
        Resolution::OtherGroup(group) => {
            format!("{object} looks for {kind} {name} outside `{group}`, the group of the kind")
        }
        Resolution::Found(_) | Resolution::NotScalable | Resolution::Elsewhere => return,
    };
    cx.report(object, place, message).file();
}

fn credentials<'s>(cx: &Context<'_, 's>, object: &Resource<'s>, reference: Node<'s>) {
    let Some(name) = reference.get("name").filter(|name| !name.is_empty()) else {
        return;
    };
    let (kind, shown) = match reference.get("kind").and_then(Node::text) {
        Some("ClusterTriggerAuthentication") => (
            Kind::ClusterTriggerAuthentication,
            "ClusterTriggerAuthentication",
        ),
        _ => (Kind::TriggerAuthentication, "TriggerAuthentication"),
    };
    let named = name.text().unwrap_or_default();
    let known = cx.inventory.find(kind, object.namespace(), named).is_some()
        || cx
            .inventory
            .produced()
            .may_make(kind, object.namespace(), named);
    if !known && !cx.config.is_external(shown, object.namespace(), named) {
        cx.report(
            object,
            name,
            format!("{object} asks {shown} {named} for credentials, and there is none"),
        )
        .file();
    }
}
