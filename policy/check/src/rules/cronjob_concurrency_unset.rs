use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "cronjob-concurrency-unset",
    item: Item::Reliability,
    severity: Severity::Info,
    default: false,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a CronJob does not say what happens when the last run is not over",
    help: "set `concurrencyPolicy`: `Forbid` skips the new run, `Replace` ends the old one, `Allow` runs both",
    standards: &[],
    docs: include_str!("cronjob_concurrency_unset.md"),
    check: Check::Resource(&[Kind::CronJob], check),
};

fn check<'s>(cx: &Context<'_, 's>, cronjob: &Resource<'s>) {
    let Some(spec) = cronjob.spec() else { return };
    if spec.get("concurrencyPolicy").is_none_or(Node::is_empty) {
        let place = Place::missing(spec, "concurrencyPolicy");
        cx.report(
            cronjob,
            place,
            format!("{cronjob} starts its next run while the last is still running"),
        )
        .file();
    }
}
