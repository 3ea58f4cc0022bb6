use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Place, Rule, Severity, Workload, shutdown};

pub(super) static RULE: Rule = Rule {
    id: "graceful-shutdown-missing",
    item: Item::Reliability,
    severity: Severity::Info,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a pod that serves is ended while requests are still sent to it",
    help: "add `lifecycle: {preStop: {sleep: {seconds: 5}}}`, and keep `terminationGracePeriodSeconds` well above it",
    standards: &[],
    docs: include_str!("graceful_shutdown_missing.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let Some(service) = cx.inventory.services_of(workload).next() else {
        return;
    };
    if !workload.is_service_like()
        || workload.is_test_hook()
        || workload.kind == Kind::KnativeService
    {
        return;
    }
    let declared = workload.pod("terminationGracePeriodSeconds");
    let grace = declared.map_or(Some(30), Node::int);
    for container in shutdown::serving(workload, service) {
        let Some(hook) = container
            .node
            .at(&["lifecycle", "preStop"])
            .filter(|hook| !hook.is_empty())
        else {
            let place = Place::missing(container.node, "lifecycle.preStop");
            cx.report_in(
                workload,
                place,
                format!("{container} is told to end while {service} still sends to it"),
            )
            .related_object(service, "the Service")
            .file();
            continue;
        };
        let (Some(sleep), Some(grace)) = (shutdown::sleep_seconds(hook), grace) else {
            continue;
        };
        if sleep >= grace {
            let place = declared.unwrap_or(hook);
            cx.report_in(
                workload,
                place,
                format!(
                    "{container} waits {sleep} s before it ends, and is killed after {grace} s"
                ),
            )
            .file();
        }
    }
}
