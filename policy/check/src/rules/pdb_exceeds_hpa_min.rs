use crate::{Budget, Check, Context, Item, Kind, Needs, Resource, Rule, Severity, guarded};

pub(super) static RULE: Rule = Rule {
    id: "pdb-exceeds-hpa-min",
    item: Item::Reliability,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a PodDisruptionBudget lets no pod be evicted when the autoscaler is at its minimum",
    help: "use `maxUnavailable: 1`, or keep `minAvailable` below the minimum of the autoscaler",
    standards: &[],
    docs: include_str!("pdb_exceeds_hpa_min.md"),
    check: Check::Resource(&[Kind::PodDisruptionBudget], check),
};

fn check<'s>(cx: &Context<'_, 's>, budget: &Resource<'s>) {
    let Some(policy) = Budget::read(budget).filter(|policy| !policy.allows_nothing()) else {
        return;
    };
    let Some(guarded) = guarded(cx.inventory, budget) else {
        return;
    };
    let Some(scaler) = guarded
        .scalers
        .first()
        .map(|scaler| cx.inventory.resource(*scaler))
    else {
        return;
    };
    if policy.allowed(guarded.pods) == 0 {
        let (shown, pods) = (policy.shown(), guarded.pods);
        let at = if pods == 1 {
            "1 pod".to_owned()
        } else {
            format!("{pods} pods")
        };
        cx.report(
            budget,
            policy.entry(),
            format!(
                "{budget} has {shown}, and {scaler} goes down to {at}: then none may be evicted"
            ),
        )
        .related_object(scaler, "the autoscaler")
        .file();
    }
}
