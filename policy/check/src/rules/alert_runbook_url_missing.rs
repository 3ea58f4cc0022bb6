use crate::alerting::RULE_KINDS;
use crate::{Check, Context, Item, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "alert-runbook-url-missing",
    item: Item::Alerts,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an alert names no runbook",
    help: "add `annotations.runbook_url`, the address of a page that says what to look at and what to do",
    standards: &[],
    docs: include_str!("alert_runbook_url_missing.md"),
    check: Check::Resource(RULE_KINDS, check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    for alert in cx.inventory.alerting().alerts(resource) {
        if !alert.is_for_nobody() && !alert.has_annotation(&["runbook_url", "runbook"]) {
            let place = alert.place(Place::missing(alert.node, "annotations.runbook_url"));
            cx.report(
                resource,
                place,
                format!("alert {} names no runbook", alert.name),
            )
            .file();
        }
    }
}
