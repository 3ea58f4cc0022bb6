use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "cronjob-deadline-missing",
    item: Item::Reliability,
    severity: Severity::Info,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a CronJob starts late runs however late they are",
    help: "set `startingDeadlineSeconds` to the lateness at which a run is better skipped, ten seconds at least",
    standards: &[],
    docs: include_str!("cronjob_deadline_missing.md"),
    check: Check::Resource(&[Kind::CronJob], check),
};

fn check<'s>(cx: &Context<'_, 's>, cronjob: &Resource<'s>) {
    let Some(spec) = cronjob.spec() else { return };
    match spec
        .get("startingDeadlineSeconds")
        .filter(|node| !node.is_null())
    {
        None => {
            let place = Place::missing(spec, "startingDeadlineSeconds");
            cx.report(
                cronjob,
                place,
                format!("{cronjob} has no deadline for a start that was missed"),
            )
            .file();
        }
        Some(node) if node.int().is_some_and(|seconds| seconds < LOOKS_EVERY) => {
            let seconds = node.int().unwrap_or_default();
            cx.report(cronjob, node, format!("{cronjob} may start {seconds} s late at most, and is looked at every {LOOKS_EVERY} s")).file();
        }
        Some(_) => {}
    }
}

/// Seconds between two looks of the controller; with a shorter deadline a run may be missed altogether.
const LOOKS_EVERY: i64 = 10;
