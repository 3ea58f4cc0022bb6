use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "host-aliases-set",
    item: Item::Security,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a pod resolves names past the cluster's DNS",
    help: "give the name to DNS: a Service of type `ExternalName`, or a record of the zone",
    standards: &[],
    docs: include_str!("host_aliases_set.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let Some(aliases) = workload
        .spec
        .entry("hostAliases")
        .filter(|entry| entry.value.items().next().is_some())
    else {
        return;
    };
    let lists = aliases
        .value
        .items()
        .filter_map(|alias| alias.get("hostnames"));
    let names: Vec<_> = lists
        .flat_map(Node::items)
        .filter_map(Node::text)
        .take(3)
        .collect();
    cx.report_in(
        workload,
        aliases,
        format!("the pod's own hosts file answers for {}", names.join(", ")),
    )
    .file();
}
