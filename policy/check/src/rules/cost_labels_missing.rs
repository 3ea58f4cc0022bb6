use crate::naming::shortened;
use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "cost-labels-missing",
    item: Item::Cost,
    severity: Severity::Info,
    default: false,
    needs: Needs::Namespace,
    since: "0.1.0",
    summary: "a namespace or a workload lacks the labels that say who pays",
    help: "add the labels of the fact `costLabels` to the Namespace; workloads take them from there",
    standards: &[],
    docs: include_str!("cost_labels_missing.md"),
    check: Check::Resource(KINDS, check),
};

const KINDS: &[Kind] = &[
    Kind::Namespace,
    Kind::Pod,
    Kind::Deployment,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::ReplicaSet,
    Kind::ReplicationController,
    Kind::Job,
    Kind::CronJob,
    Kind::Rollout,
    Kind::KnativeService,
    Kind::DeploymentConfig,
];

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    let own = resource.labels();
    let namespace = cx
        .inventory
        .find(Kind::Namespace, "", resource.namespace())
        .map(Resource::labels);
    let has = |key: &String| {
        own.get(key).is_some()
            || namespace
                .as_ref()
                .is_some_and(|labels| labels.get(key).is_some())
    };
    // What the Namespace lacks is said there, once.
    if resource.kind != Kind::Namespace && namespace.is_some() {
        return;
    }
    let missing: Vec<_> = cx
        .facts()
        .cost_labels
        .iter()
        .filter(|key| !has(key))
        .map(String::as_str)
        .collect();
    if !missing.is_empty() {
        let message = format!(
            "{resource} does not say who pays for it: no {}",
            shortened(&missing.join(", "))
        );
        cx.report(
            resource,
            Place::missing(resource.node, "metadata.labels"),
            message,
        )
        .help(format!("add the labels {}", missing.join(", ")))
        .file();
    }
}
