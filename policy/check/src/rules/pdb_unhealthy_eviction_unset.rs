use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "pdb-unhealthy-eviction-unset",
    item: Item::Reliability,
    severity: Severity::Info,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a PodDisruptionBudget keeps pods that are broken anyway",
    help: "set `unhealthyPodEvictionPolicy: AlwaysAllow`",
    standards: &[],
    docs: include_str!("pdb_unhealthy_eviction_unset.md"),
    check: Check::Resource(&[Kind::PodDisruptionBudget], check),
};

fn check<'s>(cx: &Context<'_, 's>, budget: &Resource<'s>) {
    let Some(spec) = budget.spec().filter(|_| cx.config.kubernetes >= SINCE) else {
        return;
    };
    if spec
        .get("unhealthyPodEvictionPolicy")
        .is_none_or(Node::is_empty)
    {
        let place = Place::missing(spec, "unhealthyPodEvictionPolicy");
        cx.report(
            budget,
            place,
            format!("{budget} lets pods that are not ready block a drain"),
        )
        .file();
    }
}

/// The first release whose API server takes the field by default.
const SINCE: (u16, u16) = (1, 27);
