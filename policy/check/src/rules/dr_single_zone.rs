use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "dr-single-zone",
    item: Item::DisasterRecovery,
    severity: Severity::Warning,
    default: false,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "data or pods are tied to one zone, or a database's volume goes with its claim",
    help: "let the scheduler choose among zones; use `reclaimPolicy: Retain` for volumes of databases",
    standards: &[],
    docs: include_str!("dr_single_zone.md"),
    check: Check::Resource(
        &[Kind::StatefulSet, Kind::Deployment, Kind::StorageClass],
        check,
    ),
};

const ZONES: [&str; 2] = [
    "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/zone",
];

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    if resource.kind == Kind::StorageClass {
        let terms = resource
            .node
            .get("allowedTopologies")
            .into_iter()
            .flat_map(Node::items);
        if let Some(zone) = only_zone(terms, "matchLabelExpressions") {
            let message = format!(
                "{resource} makes volumes in zone `{}` only",
                zone.text().unwrap_or_default()
            );
            cx.report(resource, zone, message).file();
        }
    }
    let Some(workload) = cx.inventory.workload_of(resource) else {
        return;
    };
    if let Some(zone) = pinned(workload) {
        let message = format!(
            "pods of {resource} run in zone `{}` only",
            zone.text().unwrap_or_default()
        );
        cx.report_in(workload, zone, message).file();
    }
    volumes(cx, workload);
}

/// The zone that a pod template is tied to.
fn pinned<'s>(workload: &Workload<'s>) -> Option<Node<'s>> {
    let selected = workload
        .pod("nodeSelector")
        .and_then(|selector| ZONES.iter().find_map(|zone| selector.get(zone)));
    let required = workload.spec.at(&[
        "affinity",
        "nodeAffinity",
        "requiredDuringSchedulingIgnoredDuringExecution",
        "nodeSelectorTerms",
    ]);
    selected.or_else(|| {
        only_zone(
            required.into_iter().flat_map(Node::items),
            "matchExpressions",
        )
    })
}

/// The only zone that terms, of which one must hold, allow.
fn only_zone<'s>(terms: impl Iterator<Item = Node<'s>>, field: &str) -> Option<Node<'s>> {
    let mut only: Option<Node<'s>> = None;
    for term in terms {
        let expressions = term.get(field).into_iter().flat_map(Node::items);
        let mut zones = expressions.filter(|one| {
            let operator = one.get("operator").and_then(Node::text).unwrap_or("In");
            operator == "In"
                && one
                    .get("key")
                    .and_then(Node::text)
                    .is_some_and(|key| ZONES.contains(&key))
        });
        for value in zones.next()?.get("values")?.items() {
            if *only.get_or_insert(value).text()? != *value.text()? {
                return None;
            }
        }
    }
    only
}

fn volumes<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let backups = cx.inventory.backups();
    let is_store = backups.is_store(workload);
    for name in workload
        .claim_templates()
        .filter_map(|claim| claim.at(&["spec", "storageClassName"]))
        .filter(|_| is_store)
    {
        let text = name.text().unwrap_or_default();
        let Some(class) = cx.inventory.find(Kind::StorageClass, "", text) else {
            continue;
        };
        if class.node.get("reclaimPolicy").and_then(Node::text) != Some("Retain") {
            let message =
                format!("storage class `{text}` deletes the database's volume with its claim");
            cx.report_in(workload, name, message)
                .related_object(class, "has no `reclaimPolicy: Retain`")
                .file();
        }
    }
}
