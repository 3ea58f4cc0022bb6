use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "ingress-host-missing",
    item: Item::NetworkPolicies,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a rule of an Ingress answers for every host",
    help: "write the `host` that the rule is for",
    standards: &[],
    docs: include_str!("ingress_host_missing.md"),
    check: Check::Resource(&[Kind::Ingress], check),
};

fn check<'s>(cx: &Context<'_, 's>, ingress: &Resource<'s>) {
    for rule in ingress
        .field("spec.rules")
        .into_iter()
        .flat_map(Node::items)
        .filter(|rule| rule.is_mapping())
    {
        let host = rule.entry("host");
        if host.is_none_or(|host| host.value.is_empty()) {
            let place = host.map_or(Place::missing(rule, "host"), Place::key);
            cx.report(
                ingress,
                place,
                format!(
                    "a rule of {ingress} has no host, so it answers for every name that points here"
                ),
            )
            .file();
        }
    }
}
