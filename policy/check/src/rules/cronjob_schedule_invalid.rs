use crate::naming::has_placeholder;
use crate::{Check, Context, Cron, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "cronjob-schedule-invalid",
    item: Item::Reliability,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a CronJob has a schedule that Kubernetes refuses, or that never comes",
    help: "write five fields: minute, hour, day of the month, month, day of the week (0 is Sunday); the zone goes into `timeZone`",
    standards: &[],
    docs: include_str!("cronjob_schedule_invalid.md"),
    check: Check::Resource(&[Kind::CronJob], check),
};

fn check<'s>(cx: &Context<'_, 's>, cronjob: &Resource<'s>) {
    let Some(spec) = cronjob.spec() else { return };
    let Some(node) = spec.get("schedule").filter(|node| !node.is_empty()) else {
        return cx
            .report(
                cronjob,
                Place::missing(spec, "schedule"),
                format!("{cronjob} has no schedule"),
            )
            .file();
    };
    let schedule = node.text().unwrap_or_default();
    if has_placeholder(schedule) {
        return;
    }
    match Cron::parse(schedule) {
        Err(error) => cx
            .report(
                cronjob,
                node,
                format!("{cronjob} has an invalid schedule: {error}"),
            )
            .file(),
        Ok(_) if schedule.contains("TZ") => {
            cx.report(
                cronjob,
                node,
                format!(
                    "{cronjob} names a time zone in its schedule, which the API server refuses"
                ),
            )
            .help("put the zone into `timeZone`, beside `schedule`")
            .file();
        }
        Ok(cron) if cron.longest_interval_hours().is_none() => {
            cx.report(
                cronjob,
                node,
                format!("{cronjob} is to run at `{schedule}`, and no such day comes"),
            )
            .file();
        }
        Ok(_) => {}
    }
    if let Some(zone) = spec.get("timeZone").filter(|zone| !zone.is_null()) {
        let name = zone.text().unwrap_or_default();
        if name.is_empty() || name.eq_ignore_ascii_case("local") {
            cx.report(
                cronjob,
                zone,
                format!("{cronjob} has the time zone `{name}`, which the API server refuses"),
            )
            .help("name a zone of the IANA list, such as `Europe/Berlin` or `Etc/UTC`")
            .file();
        }
    }
}
