use crate::{Check, Container, Context, Item, Kind, Needs, Place, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "image-missing",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container has no image",
    help: "write `image`",
    standards: &[],
    docs: include_str!("image_missing.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    // OpenShift fills in the image of the one, an operator merges the other into its own.
    let filled = matches!(workload.kind, Kind::DeploymentConfig | Kind::Other);
    let triggered = || {
        cx.inventory
            .owner(workload)
            .annotation("image.openshift.io/triggers")
            .is_some()
    };
    let image = container.node.get("image");
    if filled
        || image.is_some_and(|image| {
            image.text().is_none_or(|text| !text.trim().is_empty()) && !image.is_null()
        })
        || triggered()
    {
        return;
    }
    let place = image.map_or(Place::missing(container.node, "image"), Place::value);
    cx.report_in(workload, place, format!("{container} has no image"))
        .file();
}
