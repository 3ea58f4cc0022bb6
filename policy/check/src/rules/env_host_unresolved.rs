use plimsoll_yaml::{Entry, Node};

use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity, Workload, host};

pub(super) static RULE: Rule = Rule {
    id: "env-host-unresolved",
    item: Item::References,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a variable or a ConfigMap names a host of the cluster that is no Service of the repository",
    help: "correct the host: `SERVICE.NAMESPACE.svc`, or only `SERVICE` in the same namespace",
    standards: &[],
    docs: include_str!("env_host_unresolved.md"),
    check: Check::EveryResource(check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    if let Some(workload) = cx.inventory.workload_of(resource) {
        let variables = workload.containers.iter().flat_map(crate::Container::env);
        variables
            .filter_map(|variable| variable.get("value"))
            .for_each(|value| judge(cx, resource, value, Some(workload)));
    }
    if resource.kind == Kind::ConfigMap {
        let data = resource.field("data").into_iter().flat_map(Node::entries);
        data.for_each(|Entry { value, .. }| judge(cx, resource, value, None));
    }
}

fn judge<'s>(
    cx: &Context<'_, 's>,
    resource: &Resource<'s>,
    value: Node<'s>,
    workload: Option<&Workload<'s>>,
) {
    let own = resource.namespace();
    // Long texts are configuration of all sorts, in which only full names are told from examples and comments.
    let text = value.str().unwrap_or_default();
    let plain = !text.contains('\n');
    let aliased = |name: &str| workload.is_some_and(|workload| is_alias(workload, name));
    for host in host::services(text) {
        let namespace = host.namespace.unwrap_or(own);
        let populated = cx.inventory.produced().is_populated(namespace);
        if (plain || host.certain)
            && populated
            && !aliased(host.name)
            && cx.is_missing(Kind::Service, namespace, host.name)
        {
            let message = format!(
                "{resource} names the host `{}`, but namespace `{namespace}` has no such Service",
                host.name
            );
            cx.report(resource, value, message).file();
        }
    }
}

/// A name that the pod itself resolves.
fn is_alias(workload: &Workload<'_>, name: &str) -> bool {
    let aliases = workload
        .pod("hostAliases")
        .into_iter()
        .flat_map(Node::items);
    let mut names = aliases
        .filter_map(|alias| alias.get("hostnames"))
        .flat_map(Node::items);
    names.any(|alias| alias.text() == Some(name))
        || workload.pod("hostname").and_then(Node::text) == Some(name)
}
