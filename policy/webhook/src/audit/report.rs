//! A report of one object, as `OpenReports` has it, or the `PolicyReport` that was there before.
//!
//! Only what is wrong has a result; the rest is a number. A report is named for its object's UID, and is deleted with it,
//! since the object is its owner.

use std::collections::BTreeSet;

use plimsoll_check::{Finding, Item, NotChecked, Reason, Severity, rules::RULES};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::admission::{Audited, cleaned};
use crate::policy::Policy;

/// Which reports are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ReportApi {
    /// `openreports.io/v1alpha1`: `Report`, and `ClusterReport` for objects of the cluster.
    #[default]
    Openreports,
    /// `wgpolicyk8s.io/v1alpha2`: `PolicyReport` and `ClusterPolicyReport`, which `OpenReports` replaces.
    Wgpolicyk8s,
}

impl ReportApi {
    pub(super) fn group(self) -> &'static str {
        match self {
            Self::Openreports => "openreports.io",
            Self::Wgpolicyk8s => "wgpolicyk8s.io",
        }
    }

    pub(super) fn version(self) -> &'static str {
        match self {
            Self::Openreports => "v1alpha1",
            Self::Wgpolicyk8s => "v1alpha2",
        }
    }

    pub(super) fn kind(self, namespaced: bool) -> &'static str {
        match (self, namespaced) {
            (Self::Openreports, true) => "Report",
            (Self::Openreports, false) => "ClusterReport",
            (Self::Wgpolicyk8s, true) => "PolicyReport",
            (Self::Wgpolicyk8s, false) => "ClusterPolicyReport",
        }
    }
}

/// The label of all that is written.
pub(super) const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// Who writes.
pub(super) const NAME: &str = "plimsoll";
/// The annotation that tells whether a report would be another one.
pub(super) const HASH: &str = "plimsoll.dev/content-hash";

/// Results in one report, so that it fits into etcd whatever an object holds.
const RESULTS: usize = 200;
const TEXT: usize = 500;

/// The object that a report is about.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) uid: String,
}

/// A report that is to be there.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) subject: Subject,
    pub(super) hash: String,
    body: Map<String, Value>,
}

impl Report {
    /// The report of an object; `None` where nothing is wrong with it.
    pub(super) fn of(
        subject: Subject,
        audited: &Audited,
        policy: &Policy,
        api: ReportApi,
    ) -> Option<Self> {
        let mut results: Vec<Value> = audited
            .findings
            .iter()
            .map(|finding| result(finding, policy))
            .collect();
        results.extend(audited.undecided.iter().map(undecided));
        if results.is_empty() {
            return None;
        }
        let count = |word: &str| {
            results
                .iter()
                .filter(|result| result["result"] == word)
                .count()
        };
        let rules: BTreeSet<_> = audited
            .findings
            .iter()
            .map(|finding| finding.rule.id)
            .collect();
        let summary = json!({
            "pass": audited.rules.saturating_sub(rules.len()),
            "fail": count("fail"),
            "warn": count("warn"),
            "error": count("error"),
            "skip": 0,
        });
        results.truncate(RESULTS);
        let mut body = Map::new();
        if api == ReportApi::Openreports {
            body.insert("source".to_owned(), NAME.into());
        }
        body.insert("scope".to_owned(), scope(&subject));
        body.insert("summary".to_owned(), summary);
        body.insert("results".to_owned(), results.into());
        let hash = hash(&Value::Object(body.clone()).to_string(), api);
        Some(Self {
            subject,
            hash,
            body,
        })
    }

    /// What is applied at a time, in seconds since 1970.
    pub(super) fn object(&self, api: ReportApi, at: i64) -> Value {
        let Subject {
            api_version,
            kind,
            namespace,
            name,
            uid,
        } = &self.subject;
        let mut metadata = json!({
            "name": uid,
            "labels": {MANAGED_BY: NAME},
            "annotations": {HASH: self.hash},
            "ownerReferences": [{"apiVersion": api_version, "kind": kind, "name": name, "uid": uid}],
        });
        if !namespace.is_empty() {
            metadata["namespace"] = namespace.as_str().into();
        }
        let mut body = self.body.clone();
        let results = body.get_mut("results").and_then(Value::as_array_mut);
        for result in results.into_iter().flatten() {
            result["timestamp"] = json!({"seconds": at, "nanos": 0});
        }
        body.insert(
            "apiVersion".to_owned(),
            format!("{}/{}", api.group(), api.version()).into(),
        );
        body.insert("kind".to_owned(), api.kind(!namespace.is_empty()).into());
        body.insert("metadata".to_owned(), metadata);
        Value::Object(body)
    }
}

fn scope(subject: &Subject) -> Value {
    let mut scope = json!({
        "apiVersion": subject.api_version,
        "kind": subject.kind,
        "name": subject.name,
        "uid": subject.uid,
    });
    if !subject.namespace.is_empty() {
        scope["namespace"] = subject.namespace.as_str().into();
    }
    scope
}

fn result(finding: &Finding, policy: &Policy) -> Value {
    let severity = match finding.severity {
        Severity::Error => "high",
        Severity::Warning => "medium",
        Severity::Info => "low",
    };
    json!({
        "source": NAME,
        "policy": finding.rule.item.name(),
        "rule": finding.rule.id,
        "category": finding.rule.item.title(),
        "severity": severity,
        "result": if policy.blocks(finding.severity) { "fail" } else { "warn" },
        "message": cleaned(&finding.message(), TEXT),
        "properties": {
            "path": cleaned(finding.path(), TEXT),
            "help": cleaned(&finding.help(), TEXT),
        },
    })
}

/// What a rule could not decide, `rule: why`, or in what it panicked.
fn undecided(entry: &NotChecked) -> Value {
    let named = entry
        .detail
        .split_once(": ")
        .filter(|_| entry.reason == Reason::Undecided);
    let rule = named.and_then(|(id, _)| RULES.iter().find(|rule| rule.id == id));
    json!({
        "source": NAME,
        "policy": rule.map_or(Item::Correctness, |rule| rule.item).name(),
        "rule": rule.map_or("not-checked", |rule| rule.id),
        "result": "error",
        "message": cleaned(&entry.detail, TEXT),
    })
}

fn hash(text: &str, api: ReportApi) -> String {
    let mut hash = Sha256::new();
    hash.update(api.group());
    hash.update(text);
    let digest = hash.finalize();
    digest
        .iter()
        .take(12)
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
