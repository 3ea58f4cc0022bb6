use crate::alerting::RULE_KINDS;
use crate::{Check, Context, Item, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "alert-summary-missing",
    item: Item::Alerts,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an alert does not say what is wrong",
    help: "add `annotations.summary`: what is wrong, in one line that can be read on a phone",
    standards: &[],
    docs: include_str!("alert_summary_missing.md"),
    check: Check::Resource(RULE_KINDS, check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    for alert in cx.inventory.alerting().alerts(resource) {
        if !alert.has_annotation(&["summary", "description", "message"]) {
            let place = alert.place(Place::missing(alert.node, "annotations.summary"));
            cx.report(
                resource,
                place,
                format!(
                    "alert {} has neither a summary nor a description",
                    alert.name
                ),
            )
            .file();
        }
    }
}
