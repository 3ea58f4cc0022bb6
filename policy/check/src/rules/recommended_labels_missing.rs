use crate::naming::WORKLOADS;
use crate::{Check, Context, Item, Kind, Labels, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "recommended-labels-missing",
    item: Item::Documentation,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a workload or its pods lack recommended labels",
    help: "add the `app.kubernetes.io` labels to the object and to its pod template",
    standards: &[],
    docs: include_str!("recommended_labels_missing.md"),
    check: Check::Resource(WORKLOADS, check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    report(
        cx,
        resource,
        Place::missing(resource.node, "metadata.labels"),
        &resource.labels(),
        "lacks",
    );
    let template = cx
        .inventory
        .workload_of(resource)
        .filter(|workload| workload.kind != Kind::Pod);
    if let Some(workload) = template {
        report(
            cx,
            resource,
            Place::missing(workload.template, "metadata.labels"),
            &workload.labels,
            "gives its pods no",
        );
    }
}

fn report<'s>(
    cx: &Context<'_, 's>,
    resource: &Resource<'s>,
    place: Place<'s>,
    labels: &Labels<'s>,
    verb: &str,
) {
    let wanted = cx.facts().required_labels.iter();
    let missing: Vec<_> = wanted
        .filter(|key| labels.get(key).is_none())
        .map(String::as_str)
        .collect();
    if let Some(first) = missing.first() {
        let more = match missing.len() {
            1 => String::new(),
            count => format!(" and {} more of the required labels", count - 1),
        };
        cx.report(
            resource,
            place,
            format!("{resource} {verb} `{first}`{more}"),
        )
        .help(format!("add {}", missing.join(", ")))
        .file();
    }
}
