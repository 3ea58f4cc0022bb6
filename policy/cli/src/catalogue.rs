//! `plimsoll explain` and `plimsoll rules`.

use plimsoll_check::{Rule, rules};
use serde::Serialize;

use crate::args::{RulesArgs, print};
use crate::check::wrong;
use crate::settings::unknown_rule;

/// Prints a rule's page, headed by what the registry says of it.
pub(crate) fn explain(id: &str) -> u8 {
    let Some(rule) = rules::find(id) else {
        return wrong(&unknown_rule(id));
    };
    let (title, page) = rule.docs.split_once("\n\n").unwrap_or((rule.docs, ""));
    let standards: Vec<String> = rule.standards.iter().map(ToString::to_string).collect();
    let standards = if standards.is_empty() {
        String::new()
    } else {
        format!(" · {}", standards.join(", "))
    };
    let text = format!(
        "{title}\n\n{}: {}\n\n{} · {} · {} · since {}{standards}\n\nTo mend it: {}.\n\n{page}",
        if rule.default {
            "On by default"
        } else {
            "Off by default"
        },
        rule.summary,
        rule.severity,
        item(rule),
        rule.item.title(),
        rule.since,
        rule.help,
    );
    print(&text)
}

fn item(rule: &Rule) -> String {
    match rule.item.number() {
        Some(number) => format!("item {number}, {}", rule.item.name()),
        None => rule.item.name().to_owned(),
    }
}

#[derive(Serialize)]
struct RuleEntry {
    id: &'static str,
    item: Option<u8>,
    group: &'static str,
    severity: &'static str,
    default: bool,
    since: &'static str,
    summary: &'static str,
    help: &'static str,
    standards: Vec<String>,
}

/// Lists rules, by item, as a table or as JSON.
pub(crate) fn list(arguments: &RulesArgs) -> u8 {
    let mut rules: Vec<&Rule> = rules::RULES
        .iter()
        .copied()
        .filter(|rule| arguments.item.is_none_or(|item| rule.item == item))
        .collect();
    rules.sort_by_key(|rule| (rule.item, rule.id));
    if arguments.json {
        let entries: Vec<RuleEntry> = rules.into_iter().map(entry).collect();
        return match serde_json::to_string_pretty(&entries) {
            Ok(text) => print(&(text + "\n")),
            Err(error) => wrong(&error.to_string()),
        };
    }
    let width = rules
        .iter()
        .map(|rule| rule.id.len())
        .max()
        .unwrap_or_default();
    let mut text = String::new();
    for group in rules.chunk_by(|a, b| a.item == b.item) {
        text += &format!("{}: {}\n", item(group[0]), group[0].item.title());
        for rule in group {
            let default = if rule.default {
                ""
            } else {
                " (off by default)"
            };
            text += &format!(
                "  {:width$}  {:7}  {}{default}\n",
                rule.id,
                rule.severity.name(),
                rule.summary
            );
        }
        text.push('\n');
    }
    let on = rules.iter().filter(|rule| rule.default).count();
    text += &format!(
        "{} rules, {on} on by default; `plimsoll explain RULE` says more\n",
        rules.len()
    );
    print(&text)
}

fn entry(rule: &Rule) -> RuleEntry {
    RuleEntry {
        id: rule.id,
        item: rule.item.number(),
        group: rule.item.name(),
        severity: rule.severity.name(),
        default: rule.default,
        since: rule.since,
        summary: rule.summary,
        help: rule.help,
        standards: rule.standards.iter().map(ToString::to_string).collect(),
    }
}
