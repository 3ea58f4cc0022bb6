//! An object held against the rules.

use std::panic::{AssertUnwindSafe, catch_unwind};

use plimsoll_check::{Date, Findings, Needs, NotChecked, Reason, Report, Source, Sources};
use plimsoll_yaml::{Limits, SourceId, Tree};
use serde_json::value::RawValue;

use super::exempt;
use super::review::{Operation, Request};
use super::verdict::{Decision, OnUpdate, Verdict};
use crate::policy::Policy;

/// What is known of the cluster around an object, as JSON texts of objects.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// The Namespace and its `LimitRange`s; `None` while they are not known.
    pub namespace: Option<Vec<String>>,
    /// The other objects that rules look at; `None` while they are not known, or are too many.
    pub others: Option<Vec<String>>,
}

/// Why there is no verdict: a fault of ours, never of the object.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The checker cannot read what the API server has read.
    #[error("the object could not be read: {0}")]
    Unreadable(String),
    /// A create or an update without an object.
    #[error("the request to {0} has no object")]
    NoObject(&'static str),
    /// A panic outside of the rules, each of which is caught by itself.
    #[error("the evaluation panicked")]
    Panicked,
}

/// Judges what a request asks to store.
pub fn judge(
    policy: &Policy,
    request: &Request<'_>,
    surroundings: &Surroundings,
    today: Date,
) -> Result<Verdict, Failure> {
    let judging = || try_judge(policy, request, surroundings, today);
    catch_unwind(AssertUnwindSafe(judging)).unwrap_or(Err(Failure::Panicked))
}

fn try_judge(
    policy: &Policy,
    request: &Request<'_>,
    surroundings: &Surroundings,
    today: Date,
) -> Result<Verdict, Failure> {
    if let Some(pass) = exempt::unread(request) {
        return Ok(Verdict::passed(pass));
    }
    let name = request.operation.name();
    let object = request.object.ok_or(Failure::NoObject(name))?;
    let around = surroundings.namespace.as_deref();
    let tree = read(object, around)?;
    let root = tree.documents().find_map(|document| document.root);
    let root = root.ok_or_else(|| Failure::Unreadable("it is empty".into()))?;
    if let Some(pass) = exempt::read(request, root, &policy.settings.controllers) {
        return Ok(Verdict::passed(pass));
    }
    let needs = [Needs::Object, Needs::Namespace];
    let mut report = among(policy, tree, around.unwrap_or_default(), &needs, today);
    let mut verdict = Verdict::default();
    let panicked = |entry: &NotChecked| entry.reason == Reason::Internal;
    verdict.panics = report
        .not_checked
        .iter()
        .filter(|entry| panicked(entry))
        .count();
    verdict.undecided = report.not_checked;
    verdict.excused = std::mem::take(&mut report.suppressed);
    verdict.sort(report.findings, policy, around.is_some());
    if policy.settings.on_update == OnUpdate::NewOnly && request.operation == Operation::Update {
        spare_old(
            &mut verdict,
            policy,
            request,
            around.unwrap_or_default(),
            today,
        )?;
    }
    if let Some(others) = &surroundings.others {
        let tree = read(object, Some(others))?;
        let report = among(policy, tree, others, &[Needs::Repository], today);
        verdict.excused.extend(report.suppressed);
        verdict.add_of_others(report.findings, policy);
    } else {
        verdict.not_asked = policy.gate.count(Needs::Repository);
    }
    verdict.decision = Decision::of(&verdict);
    Ok(verdict)
}

/// What was wrong before does not block: an old object can still be scaled, labelled and mended step by step.
fn spare_old(
    verdict: &mut Verdict,
    policy: &Policy,
    request: &Request<'_>,
    around: &[String],
    today: Date,
) -> Result<(), Failure> {
    let old = request.old_object.filter(|_| !verdict.blocking.is_empty());
    let Some(old) = old else { return Ok(()) };
    let tree = read(old, Some(around))?;
    let needs = [Needs::Object, Needs::Namespace];
    let before = among(policy, tree, around, &needs, today).findings;
    let known = |fingerprint| {
        before
            .iter()
            .any(|finding| finding.fingerprint == fingerprint)
    };
    let (old, new): (Findings, Findings) = std::mem::take(&mut verdict.blocking)
        .into_iter()
        .partition(|finding| known(finding.fingerprint));
    verdict.blocking = new;
    verdict.old = old;
    Ok(())
}

/// Judges one object among others, which come before it.
fn among(policy: &Policy, tree: Tree, others: &[String], needs: &[Needs], today: Date) -> Report {
    let about = tree.source();
    let others = others.iter().zip(0..);
    let mut sources: Vec<_> = others
        .map(|(text, id)| Source::new("", parse(text, SourceId(id))))
        .collect();
    sources.push(Source::new("", tree));
    policy
        .gate
        .judge(&Sources::new(sources), about, needs, today)
}

fn parse(text: &str, id: SourceId) -> Tree {
    Tree::parse(id, text, &LIMITS)
}

/// Reads an object that comes after others.
fn read(object: &RawValue, others: Option<&[String]>) -> Result<Tree, Failure> {
    let id = SourceId(others.map_or(0, <[String]>::len) as u32);
    let tree = parse(object.get(), id);
    match tree.errors().first() {
        Some(error) => Err(Failure::Unreadable(error.message.clone())),
        None => Ok(tree),
    }
}

/// An object of an `AdmissionReview` is one document, and has no aliases.
const LIMITS: Limits = Limits {
    bytes: 7 << 20,
    depth: 255,
    documents: 1,
    alias_nodes: 0,
};
