use crate::{Check, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "workload-internet-exposed",
    item: Item::NetworkPolicies,
    severity: Severity::Info,
    default: false,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a workload that can be reached from outside of the cluster",
    help: "keep it behind an Ingress or a Gateway that authenticates, or make the Service a ClusterIP",
    standards: &[],
    docs: include_str!("workload_internet_exposed.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let exposures = cx.inventory.exposures();
    let open = cx
        .inventory
        .services_of(workload)
        .find_map(|service| Some((service, exposures.of(service)?)));
    let Some((service, through)) = open else {
        return;
    };
    let (owner, door) = (cx.inventory.owner(workload), cx.inventory.resource(through));
    let place = owner.field("metadata.name").unwrap_or(owner.node);
    let draft = cx.report(
        owner,
        place,
        format!("{owner} can be reached from outside, through {door}"),
    );
    let draft = draft.related_object(service, format!("{service} selects its pods"));
    if through == service.index() {
        draft.file();
    } else {
        draft
            .related_object(door, format!("{door} leads to it"))
            .file();
    }
}
