use crate::{Budget, Check, Context, Item, Kind, Needs, Resource, Rule, Severity, guarded};

pub(super) static RULE: Rule = Rule {
    id: "pdb-blocks-eviction",
    item: Item::Reliability,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a PodDisruptionBudget never lets a pod be evicted, so that no node can be drained",
    help: "set `maxUnavailable: 1`, and run at least two pods",
    standards: &[],
    docs: include_str!("pdb_blocks_eviction.md"),
    check: Check::Resource(&[Kind::PodDisruptionBudget], check),
};

fn check<'s>(cx: &Context<'_, 's>, budget: &Resource<'s>) {
    several(cx, budget);
    let Some(policy) = Budget::read(budget) else {
        return;
    };
    let shown = policy.shown();
    if policy.allows_nothing() {
        return cx
            .report(
                budget,
                policy.entry(),
                format!("{budget} has {shown}, which lets no pod be evicted"),
            )
            .file();
    }
    let Some(guarded) = guarded(cx.inventory, budget).filter(|guarded| guarded.scalers.is_empty())
    else {
        return;
    };
    if policy.allowed(guarded.pods) == 0 {
        let pods = if guarded.pods == 1 {
            "the one pod".to_owned()
        } else {
            format!("any of the {} pods", guarded.pods)
        };
        let draft = cx.report(
            budget,
            policy.entry(),
            format!("{budget} has {shown}, which lets {pods} it guards never be evicted"),
        );
        match cx.inventory.selected_by(budget).next() {
            Some(workload) => draft
                .related_object(cx.inventory.owner(workload), "what it guards")
                .file(),
            None => draft.file(),
        }
    }
}

/// A pod of two budgets cannot be evicted at all: the eviction API answers with an error.
fn several<'s>(cx: &Context<'_, 's>, budget: &Resource<'s>) {
    for workload in cx.inventory.selected_by(budget) {
        let mut budgets = cx
            .inventory
            .budgets_of(workload)
            .take_while(|other| other.index() != budget.index());
        if let Some(other) = budgets.find(|other| other.name != budget.name) {
            let owner = cx.inventory.owner(workload);
            let place = budget.field("metadata.name").unwrap_or(budget.node);
            let message = format!(
                "{budget} guards {owner}, and so does {other}: a pod of two budgets is never evicted"
            );
            return cx
                .report(budget, place, message)
                .related_object(other, "the other budget")
                .file();
        }
    }
}
