use crate::network::{self, Direction, Who};
use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "networkpolicy-peer-selects-nothing",
    item: Item::NetworkPolicies,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a peer of a network policy is a pod that the namespace does not have",
    help: "name labels of pods of this namespace, or add a `namespaceSelector` to the same peer for pods of another",
    standards: &[],
    docs: include_str!("networkpolicy_peer_selects_nothing.md"),
    check: Check::Resource(&[Kind::NetworkPolicy], check),
};

fn check<'s>(cx: &Context<'_, 's>, policy: &Resource<'s>) {
    let namespace = policy.namespace();
    for rule in Direction::BOTH
        .into_iter()
        .flat_map(|direction| network::rules(policy, direction))
    {
        for peer in rule.peers() {
            let Who::Neighbours(pods) = &peer.who else {
                continue;
            };
            let found = pods.is_empty() || cx.inventory.select(namespace, pods).next().is_some();
            let Some(selector) = peer.node.entry("podSelector").filter(|_| !found) else {
                continue;
            };
            if !network::pods_exist_elsewhere(cx, namespace, pods) {
                cx.report(
                    policy,
                    selector,
                    format!(
                        "no pod of namespace `{namespace}` has {pods}, so the peer allows nobody"
                    ),
                )
                .file();
            }
        }
    }
}
