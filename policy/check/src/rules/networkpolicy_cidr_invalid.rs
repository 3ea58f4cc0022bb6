use plimsoll_yaml::Node;

use crate::network::Cidr;
use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "networkpolicy-cidr-invalid",
    item: Item::NetworkPolicies,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an address block of a network policy is none, or excepts what is not in it",
    help: "write an address and its prefix length, `10.0.0.0/8` say; one address is `/32`",
    standards: &[],
    docs: include_str!("networkpolicy_cidr_invalid.md"),
    check: Check::Resource(&[Kind::NetworkPolicy], check),
};

fn check<'s>(cx: &Context<'_, 's>, policy: &Resource<'s>) {
    for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
        let rules = policy
            .spec()
            .and_then(|spec| spec.get(rules))
            .into_iter()
            .flat_map(Node::items);
        let peers = rules
            .filter_map(|rule| rule.get(peers))
            .flat_map(Node::items);
        for block in peers
            .filter_map(|peer| peer.get("ipBlock"))
            .filter(|block| !block.is_null())
        {
            check_block(cx, policy, block);
        }
    }
}

fn check_block<'s>(cx: &Context<'_, 's>, policy: &Resource<'s>, block: Node<'s>) {
    let Some(cidr) = block.get("cidr").filter(|cidr| !cidr.is_empty()) else {
        return cx
            .report(
                policy,
                Place::missing(block, "cidr"),
                format!("an ipBlock of {policy} has no `cidr`"),
            )
            .file();
    };
    let Some(whole) = read(cx, policy, cidr) else {
        return;
    };
    for except in block.get("except").into_iter().flat_map(Node::items) {
        if read(cx, policy, except).is_some_and(|part| !whole.strictly_holds(part)) {
            let text = |node: Node<'s>| node.text().unwrap_or_default();
            let message = format!(
                "`{}` is not a smaller part of `{}`, so nothing can be excepted",
                text(except),
                text(cidr)
            );
            cx.report(policy, except, message)
                .help("except a block that lies in `cidr` and is smaller")
                .file();
        }
    }
}

fn read<'s>(cx: &Context<'_, 's>, policy: &Resource<'s>, node: Node<'s>) -> Option<Cidr> {
    let text = node.text().unwrap_or_default();
    let cidr = Cidr::parse(text);
    if cidr.is_none() {
        let alone = text.parse::<std::net::IpAddr>().is_ok();
        let why = if alone {
            "is one address without a prefix length"
        } else {
            "is no address block"
        };
        cx.report(
            policy,
            node,
            format!("`{text}` {why}; the API server refuses the policy"),
        )
        .file();
    }
    cidr
}
