use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "job-backoff-unset",
    item: Item::Reliability,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a Job does not say how often it is tried again",
    help: "set `backoffLimit`: 0 for work that must not be done twice",
    standards: &[],
    docs: include_str!("job_backoff_unset.md"),
    check: Check::Resource(&[Kind::Job, Kind::CronJob], check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    let path = if resource.kind == Kind::Job {
        "spec"
    } else {
        "spec.jobTemplate.spec"
    };
    let Some(spec) = resource.field(path) else {
        return;
    };
    let says = |field: &str| spec.get(field).is_some_and(|node| !node.is_null());
    if !["backoffLimit", "backoffLimitPerIndex", "podFailurePolicy"]
        .into_iter()
        .any(says)
    {
        let place = Place::missing(spec, "backoffLimit");
        cx.report(
            resource,
            place,
            format!("{resource} names no backoffLimit, so a failure is tried again six times"),
        )
        .file();
    }
}
