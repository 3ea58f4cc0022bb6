use crate::{Check, Context, Item, Needs, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "image-policy-not-enforced",
    item: Item::Security,
    severity: Severity::Info,
    default: false,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "nothing in the repository looks at images before they run",
    help: "add a Kyverno policy with `verifyImages`, a ClusterImagePolicy, or a ValidatingAdmissionPolicy on images",
    standards: &[],
    docs: include_str!("image_policy_not_enforced.md"),
    check: Check::Inventory(check),
};

const POLICIES: [&str; 4] = [
    "ClusterPolicy",
    "ClusterImagePolicy",
    "ImageValidatingPolicy",
    "ValidatingAdmissionPolicy",
];

fn check(cx: &Context<'_, '_>) {
    let elsewhere = || {
        cx.config.external.iter().any(|pattern| {
            pattern
                .kind
                .as_deref()
                .is_some_and(|kind| POLICIES.contains(&kind))
        })
    };
    let Some(first) = cx.inventory.workloads().first() else {
        return;
    };
    if !cx.inventory.admission().images && !elsewhere() {
        let owner = cx.inventory.owner(first);
        let place = owner.field("metadata.name").unwrap_or(owner.node);
        cx.report(
            owner,
            place,
            format!(
                "no admission policy looks at the images of {owner}, nor of any other workload"
            ),
        )
        .file();
    }
}
