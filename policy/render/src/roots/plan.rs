//! What an object that deploys something asks for, before it is built.

use plimsoll_yaml::Span;

use super::RootKind;
use super::ground::Ground;
use super::{appset, argo, flux, helm_release};
use crate::{Entry, Fault, Request, Value};

/// What an object that deploys something asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plan<'s> {
    /// What kind of object.
    pub(super) kind: RootKind,
    /// Its name.
    pub(super) name: String,
    /// The namespace it is in itself; empty if that is not written.
    pub(super) own_namespace: String,
    /// The folder; empty if there is none here.
    pub(super) folder: String,
    /// Where it is declared.
    pub(super) declared_at: Option<Span>,
    /// The cluster that it deploys to, as it is written.
    pub(super) cluster: Option<String>,
    /// The namespace that objects without one are applied into.
    pub(super) namespace: Option<(String, Span)>,
    /// What to build, in order.
    pub(super) requests: Vec<Request<'s>>,
    /// Where each of them is made, for faults.
    pub(super) asked_at: Vec<Span>,
    /// What is done to the objects afterwards.
    pub(super) finish: Finish<'s>,
    /// What is known to be wrong, or not to be had, before anything is built.
    pub(super) faults: Vec<Fault>,
}

/// What is done to objects after they were built.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Finish<'s> {
    /// Labels for every object's metadata, and nowhere else.
    pub(super) labels: Vec<Entry<'s>>,
    /// Annotations.
    pub(super) annotations: Vec<Entry<'s>>,
    /// Variables.
    pub(super) substitute: Vec<Entry<'s>>,
    /// Where more variables come from.
    pub(super) substitute_from: Vec<Reference<'s>>,
}

/// An object that variables are read from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reference<'s> {
    /// `ConfigMap` or `Secret`.
    pub(super) kind: String,
    /// Its name.
    pub(super) name: String,
    /// It may be missing.
    pub(super) optional: bool,
    /// Where it is named.
    pub(super) span: Span,
    /// The object, once it has been looked for. Two clusters may have different ones of a name.
    pub(super) found: Option<Value<'s>>,
}

impl<'s> Plan<'s> {
    /// A plan for an object, with nothing to build yet.
    pub(super) fn new(kind: RootKind, object: &Value<'s>) -> Self {
        let text = |keys| text(object, keys).unwrap_or_default().to_owned();
        Self {
            kind,
            name: text(&["metadata", "name"]),
            own_namespace: text(&["metadata", "namespace"]),
            folder: String::new(),
            declared_at: Some(object.origin.span),
            cluster: None,
            namespace: None,
            requests: Vec::new(),
            asked_at: Vec::new(),
            finish: Finish::default(),
            faults: Vec::new(),
        }
    }

    /// A plan that builds a kustomization that nobody asks for.
    pub(super) fn undeclared(folder: &str) -> Self {
        Self {
            kind: RootKind::Kustomization,
            name: folder.to_owned(),
            own_namespace: String::new(),
            folder: folder.to_owned(),
            declared_at: None,
            cluster: None,
            namespace: None,
            requests: vec![Request::kustomization(folder)],
            asked_at: Vec::new(),
            finish: Finish::default(),
            faults: Vec::new(),
        }
    }
}

/// What an object asks for; nothing for one that deploys nothing.
pub(super) fn read<'s>(object: &Value<'s>, ground: &Ground<'_, 's>) -> Vec<Plan<'s>> {
    let text = |key| object.get(key).and_then(Value::text).unwrap_or_default();
    match sync_kind(text("apiVersion"), text("kind")) {
        Some(RootKind::FluxKustomization) => vec![flux::kustomization(object, ground)],
        Some(RootKind::HelmRelease) => vec![helm_release::plan(object, ground)],
        Some(RootKind::Application) if text("kind") == "ApplicationSet" => {
            appset::plans(object, ground)
        }
        Some(RootKind::Application) => vec![argo::application(object, ground)],
        Some(RootKind::Kustomization) | None => Vec::new(),
    }
}

/// The kind of root that objects of a kind make.
pub(super) fn sync_kind(api_version: &str, kind: &str) -> Option<RootKind> {
    let (group, _) = api_version.split_once('/')?;
    match (group, kind) {
        ("kustomize.toolkit.fluxcd.io", "Kustomization") => Some(RootKind::FluxKustomization),
        ("helm.toolkit.fluxcd.io", "HelmRelease") => Some(RootKind::HelmRelease),
        ("argoproj.io", "Application" | "ApplicationSet") => Some(RootKind::Application),
        _ => None,
    }
}

/// A scalar's text.
pub(super) fn text<'a>(value: &'a Value<'_>, keys: &[&str]) -> Option<&'a str> {
    value.at(keys)?.text()
}

/// Whether something is written and true.
pub(super) fn is_true(value: &Value<'_>, keys: &[&str]) -> bool {
    text(value, keys) == Some("true")
}

/// An entry for a kustomization, from one of an object that asks.
pub(super) fn entry<'s>(key: &'static str, from: &Entry<'s>) -> Entry<'s> {
    Entry {
        key: key.into(),
        key_span: from.key_span,
        value: from.value.clone(),
    }
}
