use crate::routing::{Routing, drops_by_name, receiver_of, sends};
use crate::{Check, Context, Item, Needs, Place, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "alertmanager-route-missing",
    item: Item::Alerts,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "an alert fires and reaches nobody",
    help: "send the alerts to a receiver that has an integration (Slack, PagerDuty, a webhook, mail …)",
    standards: &[],
    docs: include_str!("alertmanager_route_missing.md"),
    check: Check::Inventory(check),
};

fn check(cx: &Context<'_, '_>) {
    let routings = &cx.inventory.alerting().routings;
    for routing in routings {
        receivers(cx, routing);
    }
    severities(cx, routings);
}

/// Receivers that routes name and that are not there, or send nowhere.
fn receivers(cx: &Context<'_, '_>, routing: &Routing<'_>) {
    let owner = cx.inventory.resource(routing.owner);
    let mut named = std::collections::BTreeMap::new();
    for node in routing
        .routes()
        .into_iter()
        .filter_map(|route| route.get("receiver"))
    {
        named.entry(node.text().unwrap_or_default()).or_insert(node);
    }
    for (name, node) in named.into_iter().filter(|(name, _)| !name.is_empty()) {
        match routing.receiver(name) {
            None => {
                let help = "define it under `receivers`; the Alertmanager refuses the whole configuration otherwise";
                cx.report(
                    owner,
                    routing.place(node, name),
                    format!("a route sends to the receiver `{name}`, which does not exist"),
                )
                .help(help)
                .file();
            }
            Some(receiver) if !sends(receiver) && !drops_by_name(name) => {
                let place = receiver
                    .get("name")
                    .map_or(Place::value(receiver), Place::value);
                let message = format!(
                    "receiver `{name}` of {owner} has no integration, so what it gets reaches nobody"
                );
                cx.report(owner, routing.place(place, name), message)
                    .related_span(routing.span(node), "a route sends to it")
                    .file();
            }
            Some(_) => {}
        }
    }
}

/// Severities that every configuration drops, where no receiver was blamed for it already.
fn severities(cx: &Context<'_, '_>, routings: &[Routing<'_>]) {
    let Some(first) = routings.first() else {
        return;
    };
    let Some(receiver) = first.route().and_then(|route| route.get("receiver")) else {
        return;
    };
    for (severity, (holder, alert)) in cx.inventory.alerting().severities(cx.inventory) {
        let mut reached = routings.iter().flat_map(|routing| {
            routing
                .reached(severity)
                .into_iter()
                .map(move |name| (routing, name))
        });
        let dropped = reached.all(|(routing, name)| {
            routing
                .receiver(name)
                .is_some_and(|receiver| !sends(receiver))
                && drops_by_name(name)
        });
        if dropped && severity != "none" {
            let owner = cx.inventory.resource(first.owner);
            let message = format!(
                "alerts of severity `{severity}` reach nobody: {owner} sends them to `{}`",
                receiver_of_root(first)
            );
            let name = alert.node.get("alert").unwrap_or(alert.node);
            let text = format!("{} of {holder} has it", alert.name);
            cx.report(
                owner,
                first.place(receiver, receiver.text().unwrap_or_default()),
                message,
            )
            .related_span(alert.file.span(name), text)
            .file();
        }
    }
}

fn receiver_of_root<'a>(routing: &'a Routing<'_>) -> &'a str {
    routing.route().and_then(receiver_of).unwrap_or_default()
}
