use crate::{Check, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "pvc-used",
    item: Item::Backups,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a workload keeps data on a volume",
    help: "know who backs the volume up, and where it can be mounted again",
    standards: &[],
    docs: include_str!("pvc_used.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let owner = cx.inventory.owner(workload);
    for claim in workload
        .volumes()
        .filter_map(|volume| volume.at(&["persistentVolumeClaim", "claimName"]))
    {
        let name = claim.text().unwrap_or_default();
        cx.report_in(
            workload,
            claim,
            format!("{owner} mounts the claim `{name}`"),
        )
        .file();
    }
    for name in workload
        .claim_templates()
        .filter_map(|claim| claim.at(&["metadata", "name"]))
    {
        let text = name.text().unwrap_or_default();
        cx.report_in(
            workload,
            name,
            format!("{owner} has a claim `{text}` for each pod"),
        )
        .file();
    }
}
