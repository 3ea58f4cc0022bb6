use crate::alerting::RULE_KINDS;
use crate::{Check, Context, Item, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "alert-severity-unknown",
    item: Item::Alerts,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an alert has a severity that the platform does not know",
    help: "use one of the fact `alertSeverities`, or add the value to it",
    standards: &[],
    docs: include_str!("alert_severity_unknown.md"),
    check: Check::Resource(RULE_KINDS, check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    let known = &cx.facts().alert_severities;
    for alert in cx.inventory.alerting().alerts(resource) {
        let Some(severity) = alert.severity() else {
            continue;
        };
        if alert.is_for_nobody() || known.is_empty() || known.iter().any(|own| own == severity) {
            continue;
        }
        let own = alert
            .node
            .get("labels")
            .and_then(|labels| labels.get("severity"));
        let place = own.map_or_else(
            || Place::missing(alert.node, "labels.severity"),
            Place::value,
        );
        let message = format!(
            "alert {} has the severity `{severity}`; known are {}",
            alert.name,
            known.join(", ")
        );
        cx.report(resource, alert.place(place), message).file();
    }
}
