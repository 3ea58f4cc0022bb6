use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Place, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "restart-policy-invalid",
    item: Item::Reliability,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a restart policy that the API server refuses for the kind",
    help: "leave `restartPolicy` out where pods serve; write `Never` or `OnFailure` in jobs",
    standards: &[],
    docs: include_str!("restart_policy_invalid.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let allowed: &[&str] = match workload.kind {
        Kind::Job | Kind::CronJob => &["Never", "OnFailure"],
        Kind::Pod | Kind::PodTemplate => &["Always", "OnFailure", "Never"],
        Kind::Other => return,
        _ => &["Always"],
    };
    let node = workload
        .pod("restartPolicy")
        .filter(|node| !node.is_empty());
    let policy = node.map_or("Always", |node| node.text().unwrap_or_default());
    let owner = cx.inventory.owner(workload);
    let place = node.map_or_else(
        || Place::missing(workload.spec, "restartPolicy"),
        Place::value,
    );
    if !allowed.contains(&policy) {
        let message = match node {
            Some(_) => format!(
                "{owner} restarts its pods `{policy}`; {} allowed",
                list(allowed)
            ),
            None => format!(
                "{owner} names no restart policy, which means Always; {} allowed",
                list(allowed)
            ),
        };
        cx.report_in(workload, place, message).file();
    } else if policy != "Never"
        && job_spec(workload).is_some_and(|spec| {
            spec.get("podFailurePolicy")
                .is_some_and(|policy| !policy.is_null())
        })
    {
        cx.report_in(
            workload,
            place,
            format!("{owner} has a pod failure policy, for which only Never is allowed"),
        )
        .file();
    }
}

fn list(allowed: &[&str]) -> String {
    match allowed {
        [one] => format!("only {one} is"),
        many => format!("{} are", many.join(" and ")),
    }
}

fn job_spec<'s>(workload: &Workload<'s>) -> Option<Node<'s>> {
    match workload.kind {
        Kind::Job => workload.object.get("spec"),
        Kind::CronJob => workload.object.at(&["spec", "jobTemplate", "spec"]),
        _ => None,
    }
}
