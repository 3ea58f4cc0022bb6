use plimsoll_yaml::Node;

use crate::pod_security::{capabilities, drops, is_privileged};
use crate::{Check, Container, Context, Item, Needs, Place, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "capabilities-not-dropped",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container keeps capabilities that it does not ask for",
    help: "set `capabilities.drop: [ALL]` in the container's `securityContext`, and add back what it needs",
    standards: &[
        Standard::PssRestricted,
        Standard::Cis("5.2.10"),
        Standard::Nsa,
    ],
    docs: include_str!("capabilities_not_dropped.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let dropped = || capabilities(container, "drop").filter_map(Node::text);
    // A privileged container has them all whatever it drops.
    if workload.is_windows() || is_privileged(container) || dropped().any(|name| name == "ALL") {
        return;
    }
    let message = match dropped().next() {
        Some(_) if drops(container, "ALL") => {
            format!("{container} drops `all`: the admission check reads only `ALL`")
        }
        Some(first) => format!("{container} drops only some capabilities ({first} …), not `ALL`"),
        None => format!("{container} keeps the default capabilities: it does not drop `ALL`"),
    };
    let written = container
        .security("capabilities")
        .and_then(|capabilities| capabilities.entry("drop"));
    let place = written.map_or_else(
        || Place::missing(container.node, "securityContext.capabilities.drop"),
        Place::key,
    );
    cx.report_in(workload, place, message).file();
}
