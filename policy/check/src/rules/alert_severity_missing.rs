use crate::alerting::RULE_KINDS;
use crate::{Check, Context, Item, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "alert-severity-missing",
    item: Item::Alerts,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an alert has no label `severity`",
    help: "add `labels.severity`, with a value that a route of the Alertmanager asks for",
    standards: &[],
    docs: include_str!("alert_severity_missing.md"),
    check: Check::Resource(RULE_KINDS, check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    for alert in cx.inventory.alerting().alerts(resource) {
        if alert.label("severity").is_none() {
            let place = alert.place(Place::missing(alert.node, "labels.severity"));
            cx.report(
                resource,
                place,
                format!("alert {} has no severity", alert.name),
            )
            .file();
        }
    }
}
