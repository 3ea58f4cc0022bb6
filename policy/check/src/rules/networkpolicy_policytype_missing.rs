use crate::network::{self, Direction};
use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "networkpolicy-policytype-missing",
    item: Item::NetworkPolicies,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "rules of a network policy have no effect: policyTypes leaves their direction out",
    help: "add the direction to `policyTypes`, or remove the rules",
    standards: &[],
    docs: include_str!("networkpolicy_policytype_missing.md"),
    check: Check::Resource(&[Kind::NetworkPolicy], check),
};

fn check<'s>(cx: &Context<'_, 's>, policy: &Resource<'s>) {
    let Some(spec) = policy.spec() else { return };
    let Some(types) = spec.get("policyTypes").filter(|types| types.is_sequence()) else {
        return;
    };
    for direction in Direction::BOTH {
        let rules = spec
            .entry(direction.field())
            .filter(|rules| !rules.value.is_empty());
        if let Some(rules) = rules.filter(|_| !network::governs(policy, direction)) {
            let message = format!(
                "the {} rules of {policy} have no effect: policyTypes leaves {} out",
                direction.field(),
                direction.policy_type()
            );
            cx.report(policy, rules, message)
                .related(types, "the directions that it governs")
                .file();
        }
    }
}
