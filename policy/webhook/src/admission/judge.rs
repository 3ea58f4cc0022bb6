//! An object held against the rules.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use plimsoll_check::{
    Chosen, Date, Finding, Findings, Needs, NotChecked, Reason, Report, Source, Sources,
};
use plimsoll_yaml::{Limits, SourceId, Tree};

use super::exempt;
use super::review::{Operation, Request};
use super::verdict::{Decision, OnUpdate, Verdict};
use crate::policy::Policy;
use crate::view::{Others, Surroundings, Unasked};

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

/// What is wrong with an object as it stands, whoever wrote it: for whoever goes over what is stored already.
#[derive(Debug)]
pub struct Audited {
    /// What rules say of it.
    pub findings: Findings,
    /// What rules could not decide.
    pub undecided: Vec<NotChecked>,
    /// How many rules were asked.
    pub rules: usize,
}

/// Judges an object that is stored. What its namespace says has to be known, or rules that look at it are not asked.
pub fn audit(
    policy: &Policy,
    object: &str,
    surroundings: &Surroundings,
    today: Date,
) -> Result<Audited, Failure> {
    let judging = || try_audit(policy, object, surroundings, today);
    catch_unwind(AssertUnwindSafe(judging)).unwrap_or(Err(Failure::Panicked))
}

fn try_audit(
    policy: &Policy,
    object: &str,
    surroundings: &Surroundings,
    today: Date,
) -> Result<Audited, Failure> {
    let around = surroundings.namespace.as_deref();
    let tree = read(object, around)?;
    let own = among(
        policy,
        tree,
        around.unwrap_or_default(),
        Rules::OfItself,
        today,
    );
    let mut audited = Audited {
        findings: own.findings,
        undecided: own.not_checked,
        rules: own.counts.rules,
    };
    if around.is_none() {
        audited
            .findings
            .retain(|finding| finding.rule.needs == Needs::Object);
        audited.rules -= policy.gate.count(Needs::Namespace);
    }
    if let Ok((report, _)) = of_others(policy, object, &surroundings.others, today)? {
        audited.findings.extend(report.findings);
        audited.undecided.extend(report.not_checked);
        audited.rules += report.counts.rules;
    }
    Ok(audited)
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
    let tree = read(object.get(), around)?;
    let root = tree.documents().find_map(|document| document.root);
    let root = root.ok_or_else(|| Failure::Unreadable("it is empty".into()))?;
    if let Some(pass) = exempt::read(request, root, &policy.settings.controllers) {
        return Ok(Verdict::passed(pass));
    }
    let rules = Rules::OfItself;
    let report = among(policy, tree, around.unwrap_or_default(), rules, today);
    let mut verdict = Verdict {
        undecided: report.not_checked,
        excused: report.suppressed,
        ..Verdict::default()
    };
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
    match of_others(policy, object.get(), &surroundings.others, today)? {
        Ok((report, others)) => {
            verdict.excused.extend(report.suppressed);
            verdict.undecided.extend(report.not_checked);
            verdict.add_of_others(report.findings, policy);
            verdict.not_asked = others.not_asked;
            verdict.why_not_asked = others.unknown.to_string();
        }
        Err(why) => {
            verdict.not_asked = policy.gate.count(Needs::Repository);
            why.said().clone_into(&mut verdict.why_not_asked);
        }
    }
    let panicked = |entry: &&NotChecked| entry.reason == Reason::Internal;
    verdict.panics = verdict.undecided.iter().filter(panicked).count();
    verdict.decision = Decision::of(&verdict);
    Ok(verdict)
}

/// What rules say that look at other objects, unless they are not asked.
fn of_others<'o>(
    policy: &Policy,
    object: &str,
    others: &'o Result<Others, Unasked>,
    today: Date,
) -> Result<Result<(Report, &'o Others), Unasked>, Failure> {
    let others = match others {
        Ok(others) if others.until.is_none_or(|until| Instant::now() < until) => others,
        Ok(_) => return Ok(Err(Unasked::NoTime)),
        Err(why) => return Ok(Err(*why)),
    };
    if others.rules.count() == 0 {
        return Ok(Ok((Report::default(), others)));
    }
    let tree = read(object, Some(&others.texts))?;
    let rules = Rules::Chosen(&others.rules);
    let report = among(policy, tree, &others.texts, rules, today);
    Ok(Ok((report, others)))
}

/// What was wrong before does not block: an old object can still be scaled, labelled and mended step by step. What is
/// wrong in another way than before, at the same field, is new: else a harmless fault would open the way for a bad one.
fn spare_old(
    verdict: &mut Verdict,
    policy: &Policy,
    request: &Request<'_>,
    around: &[Arc<str>],
    today: Date,
) -> Result<(), Failure> {
    let old = request.old_object.filter(|_| !verdict.blocking.is_empty());
    let Some(old) = old else { return Ok(()) };
    let tree = read(old.get(), Some(around))?;
    let before = among(policy, tree, around, Rules::OfItself, today).findings;
    let known = |finding: &Finding| {
        let same = |old: &Finding| {
            old.fingerprint == finding.fingerprint && old.message() == finding.message()
        };
        before.iter().any(|old| same(old))
    };
    let (old, new): (Findings, Findings) = std::mem::take(&mut verdict.blocking)
        .into_iter()
        .partition(|finding| known(finding));
    verdict.blocking = new;
    verdict.old = old;
    Ok(())
}

/// Which rules are asked.
#[derive(Clone, Copy)]
enum Rules<'a> {
    /// Those that look at the object, and at what its namespace says.
    OfItself,
    /// Of those that look at other objects, these.
    Chosen(&'a Chosen),
}

/// Judges one object among others, which come before it.
fn among(
    policy: &Policy,
    tree: Tree,
    others: &[Arc<str>],
    rules: Rules<'_>,
    today: Date,
) -> Report {
    let about = tree.source();
    let others = others.iter().zip(0..);
    let mut sources: Vec<_> = others
        .map(|(text, id)| Source::new("", parse(text, SourceId(id))))
        .collect();
    sources.push(Source::new("", tree));
    let sources = Sources::new(sources);
    match rules {
        Rules::OfItself => {
            let needs = [Needs::Object, Needs::Namespace];
            policy.gate.judge(&sources, about, &needs, today)
        }
        Rules::Chosen(rules) => policy.gate.judge_among(&sources, about, rules, today),
    }
}

fn parse(text: &str, id: SourceId) -> Tree {
    Tree::parse(id, text, &LIMITS)
}

/// Reads an object that comes after others.
fn read(object: &str, others: Option<&[Arc<str>]>) -> Result<Tree, Failure> {
    let id = SourceId(others.map_or(0, <[Arc<str>]>::len) as u32);
    let tree = parse(object, id);
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
