use std::collections::BTreeMap;

use plimsoll_yaml::Node;

use crate::alerting::{RULE_KINDS, RuleFile, duration, fault};
use crate::{Check, Context, Item, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "alert-rule-invalid",
    item: Item::Alerts,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a group of rules or a rule is refused by Prometheus",
    help: "correct it: one rule that is refused keeps its whole file from being loaded",
    standards: &[],
    docs: include_str!("alert_rule_invalid.md"),
    check: Check::Resource(RULE_KINDS, check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    for file in cx.inventory.alerting().files(resource) {
        let mut named = BTreeMap::new();
        for group in file.groups.items().filter(|group| group.is_mapping()) {
            group_name(cx, resource, file, group, &mut named);
            for key in ["interval", "query_offset"] {
                bad_duration(cx, resource, file, group, key);
            }
        }
        for (_, rule) in file.rules() {
            rule_kind(cx, resource, file, rule);
            for key in ["for", "keep_firing_for"] {
                bad_duration(cx, resource, file, rule, key);
            }
        }
    }
}

fn group_name<'a>(
    cx: &Context<'_, '_>,
    resource: &Resource<'a>,
    file: RuleFile<'a>,
    group: Node<'a>,
    named: &mut BTreeMap<&'a str, Node<'a>>,
) {
    match group.get("name").filter(|name| !name.is_empty()) {
        None => cx
            .report(
                resource,
                file.place(Place::missing(group, "name"), ""),
                "a group of rules has no name",
            )
            .file(),
        Some(name) => {
            let text = name.text().unwrap_or_default();
            if let Some(first) = named.insert(text, name) {
                let message = format!("two groups are called `{text}`");
                cx.report(resource, file.place(name, text), message)
                    .related_span(file.span(first), "the first is here")
                    .file();
            }
        }
    }
}

fn rule_kind<'a>(
    cx: &Context<'_, '_>,
    resource: &Resource<'a>,
    file: RuleFile<'a>,
    rule: Node<'a>,
) {
    if let Some((name, key, message)) = fault(rule) {
        let place = rule
            .entry(key)
            .map_or_else(|| Place::missing(rule, key), Place::key);
        cx.report(resource, file.place(place, name), message).file();
    }
}

fn bad_duration<'a>(
    cx: &Context<'_, '_>,
    resource: &Resource<'a>,
    file: RuleFile<'a>,
    node: Node<'a>,
    key: &'static str,
) {
    let Some(given) = node.get(key) else { return };
    let text = given.text().unwrap_or_default();
    if !text.is_empty() && duration(text).is_none() {
        cx.report(
            resource,
            file.place(given, key),
            format!("`{key}: {text}` is no duration such as `5m` or `1h30m`"),
        )
        .file();
    }
}
