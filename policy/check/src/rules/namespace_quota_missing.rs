use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "namespace-quota-missing",
    item: Item::Resources,
    severity: Severity::Info,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a namespace has workloads and no quota",
    help: "add a ResourceQuota with `requests.cpu`, `requests.memory` and `limits.memory`",
    standards: &[],
    docs: include_str!("namespace_quota_missing.md"),
    check: Check::Resource(&[Kind::Namespace], check),
};

fn check<'s>(cx: &Context<'_, 's>, namespace: &Resource<'s>) {
    let Some(view) = cx.inventory.namespaces().get(namespace.name) else {
        return;
    };
    // Whatever the quota is called there.
    let declared = cx.config.external.iter().any(|pattern| {
        pattern.kind.as_deref() == Some("ResourceQuota")
            && pattern
                .namespace
                .as_ref()
                .is_none_or(|own| own.matches(namespace.name))
    });
    let elsewhere = cx.inventory.admission().generates_quotas || declared;
    let Some(first) = view
        .workload
        .filter(|_| view.quotas.is_empty() && !elsewhere)
    else {
        return;
    };
    if view.object != Some(namespace.index()) {
        return;
    }
    let owner = cx.inventory.owner(cx.inventory.workload(first));
    let place = namespace.field("metadata.name").unwrap_or(namespace.node);
    cx.report(
        namespace,
        place,
        format!("namespace `{}` has workloads and no quota", namespace.name),
    )
    .related_object(owner, format!("{owner} runs in it"))
    .file();
}
