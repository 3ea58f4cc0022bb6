use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity, Workload, reference};

pub(super) static RULE: Rule = Rule {
    id: "pvc-storageclass-missing",
    item: Item::References,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a claim, storage class, priority class, runtime class or ingress class does not exist",
    help: "correct the name, add the object, or name it under `external` if the cluster brings it",
    standards: &[],
    docs: include_str!("pvc_storageclass_missing.md"),
    check: Check::EveryResource(check),
};

/// Storage classes that providers and distributions bring along.
const PROVIDED: &[&str] = &[
    "standard",
    "standard-rwo",
    "premium-rwo",
    "enterprise-rwx",
    "gp2",
    "gp3",
    "gp2-csi",
    "gp3-csi",
    "default",
    "managed",
    "managed-csi",
    "managed-premium",
    "managed-csi-premium",
    "azurefile",
    "azurefile-csi",
    "do-block-storage",
    "hcloud-volumes",
    "local-path",
    "hostpath",
    "microk8s-hostpath",
    "longhorn",
    "oci-bv",
    "linode-block-storage",
    "vultr-block-storage",
    "scw-bssd",
    "csi-cinder-high-speed",
];

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    if let Some(workload) = cx.inventory.workload_of(resource) {
        pod(cx, resource, workload);
    }
    match resource.kind {
        Kind::PersistentVolumeClaim => class(
            cx,
            resource,
            resource.field("spec.storageClassName"),
            Kind::StorageClass,
        ),
        Kind::Ingress => class(
            cx,
            resource,
            resource.field("spec.ingressClassName"),
            Kind::IngressClass,
        ),
        _ => {}
    }
}

fn pod<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>, workload: &Workload<'s>) {
    for claim in workload.claim_templates() {
        class(
            cx,
            resource,
            claim.at(&["spec", "storageClassName"]),
            Kind::StorageClass,
        );
    }
    class(
        cx,
        resource,
        workload.pod("priorityClassName"),
        Kind::PriorityClass,
    );
    class(
        cx,
        resource,
        workload.pod("runtimeClassName"),
        Kind::RuntimeClass,
    );
    for name in workload
        .volumes()
        .filter_map(|volume| volume.at(&["persistentVolumeClaim", "claimName"]))
    {
        let (text, namespace) = (name.text().unwrap_or_default(), workload.namespace);
        if reference::is_plain(name)
            && cx.is_missing(Kind::PersistentVolumeClaim, namespace, text)
            && !is_of_a_set(cx, namespace, text)
        {
            cx.report(
                resource,
                name,
                format!("there is no PersistentVolumeClaim `{text}` in namespace `{namespace}`"),
            )
            .file();
        }
    }
}

/// Classes come with the cluster, so one is only missing from a repository that defines others of its kind.
fn class<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>, name: Option<Node<'s>>, kind: Kind) {
    let Some(name) = name.filter(|name| reference::is_plain(*name)) else {
        return;
    };
    let text = name.text().unwrap_or_default();
    let provided = kind == Kind::StorageClass && PROVIDED.contains(&text);
    if !provided && cx.inventory.of_kind(kind).next().is_some() && cx.is_missing(kind, "", text) {
        cx.report(
            resource,
            name,
            format!("there is no {} `{text}`", kind.name()),
        )
        .file();
    }
}

/// Whether a claim is one of a `StatefulSet`'s: `data-web-0`, of the template `data` and the set `web`.
fn is_of_a_set(cx: &Context<'_, '_>, namespace: &str, claim: &str) -> bool {
    let Some((rest, number)) = claim.rsplit_once('-') else {
        return false;
    };
    let mut cuts = rest.match_indices('-').map(|(at, _)| &rest[at + 1..]);
    number.parse::<u32>().is_ok()
        && cuts.any(|set| {
            cx.inventory
                .find(Kind::StatefulSet, namespace, set)
                .is_some()
        })
}
