use crate::{Amount, Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "pdb-policy-unset",
    item: Item::Reliability,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a PodDisruptionBudget does not say how many pods may go",
    help: "set one of `maxUnavailable` and `minAvailable`, to a whole number or to a text such as `25%`",
    standards: &[],
    docs: include_str!("pdb_policy_unset.md"),
    check: Check::Resource(&[Kind::PodDisruptionBudget], check),
};

fn check<'s>(cx: &Context<'_, 's>, budget: &Resource<'s>) {
    let Some(spec) = budget.spec() else {
        return cx
            .report(
                budget,
                Place::missing(budget.node, "spec"),
                format!("{budget} has no spec"),
            )
            .file();
    };
    let entry = |key| spec.entry(key).filter(|entry| !entry.value.is_null());
    let policies = [entry("minAvailable"), entry("maxUnavailable")];
    match policies {
        [None, None] => {
            let message = format!(
                "{budget} sets neither minAvailable nor maxUnavailable, so it lets no pod be evicted"
            );
            cx.report(budget, Place::missing(spec, "maxUnavailable"), message)
                .file();
        }
        [Some(min), Some(max)] => {
            cx.report(
                budget,
                max.value,
                format!("{budget} sets minAvailable and maxUnavailable; the API server takes one"),
            )
            .related(min.value, "the other")
            .file();
        }
        _ => {}
    }
    for policy in policies.into_iter().flatten() {
        if Amount::read(policy.value).is_none_or(Amount::is_more_than_everything) {
            let shown = policy.value.text().unwrap_or("a list or a map");
            let message = format!(
                "{budget} has a {} of `{shown}`, neither a whole number nor a share up to 100%",
                policy.name()
            );
            cx.report(budget, policy, message).file();
        }
    }
}
