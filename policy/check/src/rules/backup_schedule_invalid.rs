use plimsoll_yaml::Node;

use crate::{Check, Context, Cron, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "backup-schedule-invalid",
    item: Item::Backups,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a backup runs too seldom, twice at once, unseen, or not at all",
    help: "run it at least every `backupIntervalHours`, one at a time, not suspended, and keep failed runs to be seen",
    standards: &[],
    docs: include_str!("backup_schedule_invalid.md"),
    check: Check::Resource(
        &[Kind::CronJob, Kind::VeleroSchedule, Kind::ScheduledBackup],
        check,
    ),
};

fn check<'s>(cx: &Context<'_, 's>, backup: &Resource<'s>) {
    let job = cx
        .inventory
        .backups()
        .backup_job(cx.inventory, backup)
        .is_some();
    let Some(spec) = backup
        .spec()
        .filter(|_| job || backup.kind != Kind::CronJob)
    else {
        return;
    };
    schedule(cx, backup, spec);
    let switch = if backup.kind == Kind::VeleroSchedule {
        "paused"
    } else {
        "suspend"
    };
    if let Some(off) = spec.get(switch).filter(|off| off.bool() == Some(true)) {
        let help = format!("remove `{switch}: true`, or the whole object if it is not needed");
        cx.report(
            backup,
            off,
            format!("{backup} is switched off, so it takes no backup"),
        )
        .help(help)
        .file();
    }
    if backup.kind == Kind::CronJob {
        job_fields(cx, backup, spec);
    }
}

/// Too seldom, for all; refused, for what is no CronJob: of those `cronjob-schedule-invalid` says it.
fn schedule<'s>(cx: &Context<'_, 's>, backup: &Resource<'s>, spec: Node<'s>) {
    let cronjob = backup.kind == Kind::CronJob;
    let Some(written) = spec.get("schedule").filter(|written| !written.is_empty()) else {
        if !cronjob {
            cx.report(
                backup,
                Place::missing(spec, "schedule"),
                format!("{backup} has no schedule"),
            )
            .file();
        }
        return;
    };
    let text = written.text().unwrap_or_default();
    let parsed = match backup.kind {
        Kind::ScheduledBackup => Cron::parse_with_seconds(text),
        _ => Cron::parse(text),
    };
    let limit = cx.facts().backup_interval_hours;
    let message = match parsed.map(|cron| cron.longest_interval_hours()) {
        Err(_) | Ok(None) if cronjob => return,
        Err(_) if backup.kind == Kind::ScheduledBackup && text.split_whitespace().count() == 5 => {
            format!(
                "schedule `{text}` of {backup} has five fields; it needs six, the first for the second"
            )
        }
        Err(error) => format!("schedule `{text}` of {backup} is refused: {error}"),
        Ok(None) => format!("schedule `{text}` of {backup} never comes"),
        Ok(Some(hours)) if i64::try_from(hours).is_ok_and(|hours| hours <= limit) => return,
        Ok(Some(hours)) => {
            format!("{backup} runs every {hours} hours at worst; at most {limit} may be lost")
        }
    };
    cx.report(backup, written, message).file();
}

fn job_fields<'s>(cx: &Context<'_, 's>, backup: &Resource<'s>, spec: Node<'s>) {
    let policy = spec
        .get("concurrencyPolicy")
        .filter(|policy| !policy.is_empty());
    if policy.is_none_or(|policy| policy.text() == Some("Allow")) {
        let place = policy.map_or_else(|| Place::missing(spec, "concurrencyPolicy"), Place::value);
        let message = format!("a run of {backup} that hangs is joined by the next one");
        cx.report(backup, place, message)
            .help("set `concurrencyPolicy: Forbid`")
            .file();
    }
    if let Some(none) = spec
        .get("failedJobsHistoryLimit")
        .filter(|limit| limit.int() == Some(0))
    {
        let message = format!("failed runs of {backup} are deleted at once, with their logs");
        cx.report(backup, none, message)
            .help("keep at least one: `failedJobsHistoryLimit: 3`")
            .file();
    }
}
