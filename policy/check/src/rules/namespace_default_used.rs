use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity, Standard};

pub(super) static RULE: Rule = Rule {
    id: "namespace-default-used",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an object is put in the namespace `default`",
    help: "give it a namespace of its own, with the policies and quotas that it needs",
    standards: &[Standard::Cis("5.7.4"), Standard::Nsa],
    docs: include_str!("namespace_default_used.md"),
    check: Check::Resource(KINDS, check),
};

const KINDS: &[Kind] = &[
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
    Kind::Service,
];

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    // The API server's own Service lives there.
    let own = resource.kind == Kind::Service && resource.name == "kubernetes";
    if let Some(namespace) = resource
        .field("metadata.namespace")
        .filter(|node| node.text() == Some("default") && !own)
    {
        cx.report(
            resource,
            namespace,
            format!("{resource} is put in the namespace `default`"),
        )
        .file();
    }
}
