use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "job-ttl-misuse",
    item: Item::Reliability,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "finished Jobs stay for ever, or go before the history that keeps them",
    help: "set `ttlSecondsAfterFinished` on a Job; on a `CronJob`, use its history limits",
    standards: &[],
    docs: include_str!("job_ttl_misuse.md"),
    check: Check::Resource(&[Kind::Job, Kind::CronJob], check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    let field = |path| resource.field(path).filter(|node| !node.is_null());
    if resource.kind == Kind::CronJob {
        if let Some(ttl) = field("spec.jobTemplate.spec.ttlSecondsAfterFinished") {
            let seconds = ttl.text().unwrap_or_default();
            cx.report(
                resource,
                ttl,
                format!(
                    "{resource} deletes its Jobs after {seconds} s, whatever its history limits say"
                ),
            )
            .file();
        }
    } else if field("spec.ttlSecondsAfterFinished").is_none()
        && !resource.is_hook()
        && field("metadata.ownerReferences").is_none()
    {
        let place = Place::missing(resource.node, "spec.ttlSecondsAfterFinished");
        cx.report(
            resource,
            place,
            format!("{resource} stays with its pods when it has finished"),
        )
        .file();
    }
}
