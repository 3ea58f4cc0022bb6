use crate::{Check, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "instance-label-mismatch",
    item: Item::Documentation,
    severity: Severity::Info,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a workload and its pods name different instances",
    help: "give `app.kubernetes.io/instance` one value on the object and in its pod template",
    standards: &[],
    docs: include_str!("instance_label_mismatch.md"),
    check: Check::Workload(check),
};

const LABEL: &str = "app.kubernetes.io/instance";

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let owner = cx.inventory.owner(workload);
    let of_owner = owner
        .field("metadata.labels")
        .and_then(|labels| labels.get(LABEL));
    let of_pods = workload.template.at(&["metadata", "labels", LABEL]);
    let (Some(own), Some(pods)) = (of_owner, of_pods) else {
        return;
    };
    if own.text() != pods.text() {
        let (left, right) = (
            own.text().unwrap_or_default(),
            pods.text().unwrap_or_default(),
        );
        cx.report_in(
            workload,
            pods,
            format!("{owner} is of the instance `{left}`, its pods are of `{right}`"),
        )
        .related(own, "the object's label")
        .file();
    }
}
