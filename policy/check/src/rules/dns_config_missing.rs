use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Needs, Place, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "dns-config-missing",
    item: Item::Reliability,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "names outside the cluster are looked up five times",
    help: "set `dnsConfig: {options: [{name: ndots, value: '2'}]}`",
    standards: &[],
    docs: include_str!("dns_config_missing.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    if !asks_the_cluster(workload) || workload.is_test_hook() {
        return;
    }
    let owner = cx.inventory.owner(workload);
    let mut options = workload
        .spec
        .at(&["dnsConfig", "options"])
        .into_iter()
        .flat_map(Node::items);
    let ndots = options
        .find(|option| option.get("name").and_then(Node::text) == Some("ndots"))
        .and_then(|option| option.get("value"));
    match ndots.and_then(|value| Some((value, value.text()?.parse::<u32>().ok()?))) {
        Some((_, 0..=ENOUGH)) => {}
        Some((value, dots)) => {
            cx.report_in(
                workload,
                value,
                format!("{owner} tries every search domain for names with fewer than {dots} dots"),
            )
            .file();
        }
        None => {
            let place = Place::missing(workload.spec, "dnsConfig.options");
            cx.report_in(
                workload,
                place,
                format!(
                    "{owner} sets no ndots, so names with fewer than 5 dots are searched for first"
                ),
            )
            .file();
        }
    }
}

/// `service.namespace.svc` has two dots and is still found through the search domains.
const ENOUGH: u32 = 2;

/// Its pods get the search domains of the cluster; pods of the node's network do not, unless they ask for them.
fn asks_the_cluster(workload: &Workload<'_>) -> bool {
    let policy = workload
        .pod("dnsPolicy")
        .and_then(Node::text)
        .unwrap_or("ClusterFirst");
    let host = workload.pod("hostNetwork").and_then(Node::bool) == Some(true);
    policy == "ClusterFirstWithHostNet" || policy == "ClusterFirst" && !host
}
