use plimsoll_yaml::Node;

use crate::alerting::{RULE_KINDS, duration};
use crate::{Check, Context, Item, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "alert-for-missing",
    item: Item::Alerts,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an alert fires at the first sample that is out of line",
    help: "add `for`, as long as the state must last before somebody has to act, such as `5m`",
    standards: &[],
    docs: include_str!("alert_for_missing.md"),
    check: Check::Resource(RULE_KINDS, check),
};

/// Parts of expressions that look back in time by themselves, or are true when something is gone or once for all.
const WAITS_BY_ITSELF: [&str; 9] = [
    "absent(",
    "absent_over_time(",
    "_over_time(",
    "increase(",
    "changes(",
    "resets(",
    "predict_linear(",
    "time()",
    "vector(",
];

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    for alert in cx.inventory.alerting().alerts(resource) {
        let wait = alert.node.get("for");
        let text = wait.and_then(Node::text).unwrap_or_default();
        let waits = !text.is_empty() && duration(text) != Some(0);
        let expression: String = alert
            .node
            .get("expr")
            .and_then(Node::text)
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        if waits
            || alert.is_for_nobody()
            || WAITS_BY_ITSELF.iter().any(|part| expression.contains(part))
        {
            continue;
        }
        let place = wait
            .filter(|_| !text.is_empty())
            .map_or_else(|| Place::missing(alert.node, "for"), Place::value);
        cx.report(
            resource,
            alert.place(place),
            format!(
                "alert {} fires at the first sample: it has no `for`",
                alert.name
            ),
        )
        .file();
    }
}
