//! `--format sarif`: the part of SARIF 2.1.0 that code scanning reads.

use std::collections::BTreeMap;
use std::io::{self, Write};

use plimsoll_check::{Finding, Item, Rule, Severity, rules::RULES};
use plimsoll_yaml::Span;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::Printed;
use super::holds::holds_in;

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Value,
    column_kind: &'static str,
    invocations: [Value; 1],
    results: Results<'a>,
}

/// Results one by one, so that the whole output never stands in memory.
struct Results<'a>(&'a Printed<'a>);

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all = self
            .0
            .report
            .findings
            .iter()
            .chain(&self.0.report.suppressed);
        serializer.collect_seq(all.map(|finding| result(self.0, finding)))
    }
}

/// Writes the report.
pub(super) fn write(out: &mut dyn Write, printed: &Printed<'_>) -> io::Result<()> {
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: json!({"driver": {
                "name": "plimsoll",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": RULES.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            }}),
            column_kind: "unicodeCodePoints",
            invocations: [invocation(printed)],
            results: Results(printed),
        }],
    };
    serde_json::to_writer(&mut *out, &log)?;
    out.write_all(b"\n")
}

fn descriptor(rule: &Rule) -> Value {
    let item = rule.item;
    let mut tags: Vec<String> = rule.standards.iter().map(ToString::to_string).collect();
    tags.push(item.name().to_owned());
    // Code scanning sorts by this tag; the item of that name has it already.
    if matches!(item, Item::Rbac | Item::Secrets | Item::NetworkPolicies) {
        tags.push("security".to_owned());
    }
    json!({
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": rule.help, "markdown": rule.docs},
        "defaultConfiguration": {"level": level(rule.severity), "enabled": rule.default},
        "properties": {"tags": tags, "item": item.number(), "since": rule.since},
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// What was not checked is what the tool says of its own run.
fn invocation(printed: &Printed<'_>) -> Value {
    let notifications = printed.report.not_checked.iter().map(|entry| {
        let mut location = json!({"artifactLocation": {"uri": uri(&entry.file)}});
        if let Some(span) = entry.place {
            location["region"] = region(printed, span);
        }
        json!({
            "level": "warning",
            "message": {"text": entry.detail},
            "descriptor": {"id": entry.reason.name()},
            "locations": [{"physicalLocation": location}],
        })
    });
    json!({
        "executionSuccessful": printed.report.exit_code(printed.threshold) != 70,
        "exitCode": printed.report.exit_code(printed.threshold),
        "toolExecutionNotifications": notifications.collect::<Vec<_>>(),
    })
}

fn result(printed: &Printed<'_>, finding: &Finding) -> Value {
    let related = finding.related().iter().enumerate().map(|(id, label)| {
        json!({"id": id + 1, "message": {"text": label.text}, "physicalLocation": physical(printed, label.span)})
    });
    let mut location = json!({"physicalLocation": physical(printed, finding.primary)});
    if let Some(name) = &finding.resource {
        location["logicalLocations"] = json!([{"fullyQualifiedName": format!("{name}: {}", finding.path()), "kind": "resource"}]);
    }
    let mut result = json!({
        "ruleId": finding.rule.id,
        "ruleIndex": RULES.binary_search_by(|rule| rule.id.cmp(finding.rule.id)).unwrap_or_default(),
        "level": level(finding.severity),
        "message": {"text": format!("{}{}. Help: {}", finding.message(), holds_in(printed.report, finding), finding.help())},
        "locations": [location],
        "relatedLocations": related.collect::<Vec<_>>(),
        "partialFingerprints": BTreeMap::from([("plimsoll/v1", format!("{:016x}", finding.fingerprint))]),
    });
    if let Some(suppression) = finding.suppressed() {
        let kind = if suppression.comment.is_some() {
            "inSource"
        } else {
            "external"
        };
        result["suppressions"] = json!([{"kind": kind, "justification": suppression.reason}]);
    }
    result
}

fn physical(printed: &Printed<'_>, span: Span) -> Value {
    json!({
        "artifactLocation": {"uri": uri(&printed.sources.get(span.source).path)},
        "region": region(printed, span),
    })
}

fn region(printed: &Printed<'_>, span: Span) -> Value {
    let (start, end) = printed.sources.positions(span);
    json!({"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column})
}

/// A path as a relative reference: what RFC 3986 does not allow in one is escaped.
fn uri(path: &str) -> String {
    path.bytes()
        .fold(String::with_capacity(path.len()), |mut text, byte| {
            match byte {
                b'A'..=b'Z'
                | b'a'..=b'z'
                | b'0'..=b'9'
                | b'-'
                | b'.'
                | b'_'
                | b'~'
                | b'/'
                | b'@'
                | b'+'
                | b','
                | b'=' => text.push(byte as char),
                _ => text.push_str(&format!("%{byte:02X}")),
            }
            text
        })
}
