//! What the API server is answered, within what it passes on.
//!
//! A denial has `reason: Invalid` and a cause for each finding, so that `kubectl` prints it as it prints the faults that
//! the API server finds itself. The server cuts warnings to 256 characters once they are more than 4096 together, and
//! prefixes the keys of audit annotations with the webhook's name.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_check::Finding;
use serde::{Deserialize, Serialize};

use super::review::{API_VERSION, Request};
use super::text::{cleaned, is_clean};
use super::verdict::{Decision, Verdict};
use crate::policy::Policy;

/// Warnings in one answer, and characters in each: together they stay below what the API server cuts.
const WARNINGS: usize = 15;
const WARNING: usize = 240;
/// Causes in one denial, and characters of the message that Argo CD and Flux show.
const CAUSES: usize = 40;
const MESSAGE: usize = 1000;
/// Characters of what one finding says.
const SAID: usize = 400;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Review<'a> {
    api_version: &'static str,
    kind: &'static str,
    response: Response<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    uid: &'a str,
    allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    audit_annotations: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct Status {
    code: u16,
    reason: &'static str,
    message: String,
    details: Details,
}

#[derive(Serialize)]
struct Details {
    group: String,
    kind: String,
    name: String,
    causes: Vec<Cause>,
}

#[derive(Serialize)]
struct Cause {
    reason: &'static str,
    message: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    field: String,
}

/// Writes the answer to a request.
pub fn answer(request: &Request<'_>, verdict: &Verdict, policy: &Policy) -> Vec<u8> {
    let denies = verdict.decision == Decision::Deny;
    let review = Review {
        api_version: API_VERSION,
        kind: "AdmissionReview",
        response: Response {
            uid: &request.uid,
            allowed: !denies,
            status: denies.then(|| status(request, verdict)),
            warnings: warnings(verdict),
            audit_annotations: annotations(verdict, policy),
        },
    };
    // Texts and numbers only: to write them cannot fail.
    serde_json::to_vec(&review).unwrap_or_default()
}

fn status(request: &Request<'_>, verdict: &Verdict) -> Status {
    let kind = request.written_kind();
    let (shown_kind, name) = (cleaned(&kind.kind, 63), name(request));
    let count = verdict.blocking.len();
    let findings = if count == 1 { "finding" } else { "findings" };
    let mut message = format!("plimsoll refuses {shown_kind} {name}, {count} {findings}:");
    for finding in &verdict.blocking {
        let line = format!(" {}: {};", cleaned(finding.path(), 120), said(finding));
        if message.chars().count() + line.chars().count() > MESSAGE {
            message.push_str(" and more;");
            break;
        }
        message += &line;
    }
    message.pop();
    let causes = verdict
        .blocking
        .iter()
        .take(CAUSES)
        .map(|finding| cause(finding));
    let mut causes: Vec<_> = causes.collect();
    if count > CAUSES {
        causes.push(Cause {
            reason: "FieldValueInvalid",
            message: format!("plimsoll: and {} more findings", count - CAUSES),
            field: String::new(),
        });
    }
    Status {
        code: 422,
        reason: "Invalid",
        message,
        details: Details {
            group: cleaned(&kind.group, 253),
            kind: shown_kind,
            name,
            causes,
        },
    }
}

fn cause(finding: &Finding) -> Cause {
    let help = cleaned(&finding.help(), SAID);
    let rule = finding.rule.id;
    Cause {
        reason: "FieldValueInvalid",
        message: format!("{}; {help} (plimsoll explain {rule})", said(finding)),
        field: cleaned(finding.path(), 256),
    }
}

/// `run-as-root: container web of Deployment web …`.
fn said(finding: &Finding) -> String {
    let message = finding.message();
    if is_clean(&message) && message.len() <= SAID {
        format!("{}: {message}", finding.rule.id)
    } else {
        format!("{}: {}", finding.rule.id, cleaned(&message, SAID))
    }
}

/// What is read of an object whose request does not name it.
#[derive(Deserialize)]
struct Named {
    metadata: Metadata,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    #[serde(default)]
    name: String,
    #[serde(default)]
    generate_name: String,
}

/// The name, or what it begins with.
fn name(request: &Request<'_>) -> String {
    if !request.name.is_empty() {
        return cleaned(&request.name, 253);
    }
    let object = request.object.map_or("", |object| object.get());
    match serde_json::from_str::<Named>(object) {
        Ok(named) if !named.metadata.name.is_empty() => cleaned(&named.metadata.name, 253),
        Ok(named) => cleaned(&named.metadata.generate_name, 252) + "*",
        Err(_) => "*".to_owned(),
    }
}

fn warnings(verdict: &Verdict) -> Vec<String> {
    let unsure: BTreeSet<u64> = verdict
        .unsure
        .iter()
        .map(|finding| finding.fingerprint)
        .collect();
    let old: BTreeSet<u64> = verdict
        .old
        .iter()
        .map(|finding| finding.fingerprint)
        .collect();
    let findings = verdict.told().map(|finding| {
        let note = if unsure.contains(&finding.fingerprint) {
            " (what its namespace says is not known yet)"
        } else if old.contains(&finding.fingerprint) {
            " (it was so before)"
        } else {
            ""
        };
        format!("plimsoll {}{note}", said(finding))
    });
    let undecided = verdict
        .undecided
        .iter()
        .map(|entry| format!("plimsoll not checked: {}", entry.detail));
    let mut lines: Vec<String> = undecided
        .chain(findings)
        .map(|line| cleaned(&line, WARNING))
        .collect();
    if lines.len() > WARNINGS {
        let more = lines.len() - (WARNINGS - 1);
        lines.truncate(WARNINGS - 1);
        lines.push(format!(
            "plimsoll: and {more} more; `plimsoll check` on the manifest lists them all"
        ));
    }
    lines
}

fn annotations(verdict: &Verdict, policy: &Policy) -> BTreeMap<&'static str, String> {
    let mut annotations = BTreeMap::from([
        ("decision", verdict.decision.name().to_owned()),
        ("policy-digest", policy.digest.clone()),
    ]);
    if let Some(pass) = verdict.pass {
        annotations.insert("skipped", pass.name().to_owned());
    }
    let ids = |findings: &mut dyn Iterator<Item = &Finding>| {
        let ids: BTreeSet<_> = findings.map(|finding| finding.rule.id).collect();
        ids.into_iter().collect::<Vec<_>>().join(",")
    };
    let mut lists = [
        (
            "denied-by",
            ids(&mut verdict.blocking.iter().map(|finding| &**finding)),
        ),
        ("warned-by", ids(&mut verdict.told())),
        (
            "exempt-from",
            ids(&mut verdict.excused.iter().map(|finding| &**finding)),
        ),
    ];
    for (key, list) in &mut lists {
        if !list.is_empty() {
            annotations.insert(key, std::mem::take(list));
        }
    }
    let reasons = verdict
        .excused
        .iter()
        .filter_map(|finding| finding.suppressed());
    let reasons: BTreeSet<_> = reasons.map(|excuse| cleaned(&excuse.reason, 200)).collect();
    if !reasons.is_empty() {
        annotations.insert(
            "exemption-reasons",
            reasons.into_iter().collect::<Vec<_>>().join("; "),
        );
    }
    if verdict.not_asked > 0 {
        let why = match &*verdict.why_not_asked {
            "" => "they look at what is not watched",
            why => why,
        };
        let text = format!("{}: {why}", verdict.not_asked);
        annotations.insert("rules-not-asked", cleaned(&text, 400));
    }
    annotations
}
