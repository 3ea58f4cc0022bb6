//! Argo CD's `ApplicationSet`s: one Application for each set of parameters.
//!
//! What a generator finds in a cluster or asks another service for is not known. Its parameters stay in the template as they
//! are written, and a path with one in it stands for every folder that it could be.

mod generators;
mod git;
mod template;

use plimsoll_yaml::{OriginStep, Span};

use self::generators::Generators;
use self::template::Expanded;
use super::argo;
use super::ground::{Ground, file_of};
use super::pattern;
use super::plan::{Plan, is_true, text};
use super::{RootKind, argo::merge};
use crate::{Content, Fault, FaultKind, FileKind, Scalar, Value, join};

/// One set of parameters: a map, flat or, for Go templates, with maps in it.
#[derive(Clone, Debug)]
struct Parameters<'s> {
    values: Value<'s>,
    /// A template of the generator's own, laid over the other.
    template: Option<Value<'s>>,
}

/// What it asks for. Always one plan at least, so that what is not known is said.
pub(super) fn plans<'s>(object: &Value<'s>, ground: &Ground<'_, 's>) -> Vec<Plan<'s>> {
    let mut notes = Plan::new(RootKind::Application, object);
    let mut plans = Vec::new();
    if let (Some(spec), Some(template)) = (object.get("spec"), object.at(&["spec", "template"])) {
        let go = is_true(spec, &["goTemplate"]);
        let from = file_of(ground.repository, object.origin.span);
        let mut generators = Generators {
            ground,
            from,
            go,
            faults: Vec::new(),
        };
        let sets = generators.all(spec);
        notes.faults.append(&mut generators.faults);
        for set in &sets {
            let mut template = template.clone();
            if let Some(own) = &set.template {
                merge(&mut template, own.clone());
            }
            for application in applications(object, &template, set, go, ground) {
                let mut plan = argo::application(&application, ground);
                if notes.faults.is_empty() {
                    plan.faults.extend(left(&application));
                }
                plans.push(plan);
            }
        }
        if let Some(patch) = spec.get("templatePatch").filter(|patch| !patch.is_null()) {
            let message = "`templatePatch` is not applied";
            notes
                .faults
                .push(*Fault::new(FaultKind::Unsupported, message).at(patch.origin.span));
        }
    }
    match plans.first_mut() {
        Some(first) => first.faults.extend(notes.faults),
        None => plans.push(notes),
    }
    plans
}

/// What an Application still has of templates in it, where it matters. (Values of charts may have some of their own.)
fn left(application: &Value<'_>) -> Option<Fault> {
    let fields = [
        ["spec", "destination", "namespace"],
        ["spec", "destination", "server"],
        ["spec", "destination", "name"],
        ["spec", "source", "kustomize"],
        ["spec", "source", "repoURL"],
    ];
    let found = fields
        .iter()
        .find_map(|keys| template::left(application.at(keys)?));
    found.map(|(expression, span)| {
        let message = format!("`{expression}` is not evaluated, so what it makes is not known");
        *Fault::new(FaultKind::Unsupported, message).at(span)
    })
}

/// The Applications of one set of parameters: one, or one for each folder that a path with something unknown in it may be.
fn applications<'s>(
    object: &Value<'s>,
    template: &Value<'s>,
    set: &Parameters<'s>,
    go: bool,
    ground: &Ground<'_, 's>,
) -> Vec<Value<'s>> {
    let mut application = object.clone();
    application.remove("status");
    let mut whole = template.clone();
    expand(&mut whole, &set.values, go);
    let own = text(object, &["metadata", "name"])
        .unwrap_or_default()
        .to_owned();
    let namespace = object.at(&["metadata", "namespace"]).cloned();
    let mut metadata = whole
        .get("metadata")
        .cloned()
        .unwrap_or_else(|| Value::map(object.origin.clone()));
    if text(&metadata, &["name"]).is_none_or(|name| name.contains("{{")) {
        let origin = metadata
            .get("name")
            .map_or(&object.origin, |name| &name.origin)
            .clone();
        metadata.set("name", Value::string(own, origin));
    }
    if let Some(namespace) = namespace {
        metadata.set("namespace", namespace);
    }
    application.set("metadata", metadata);
    application.set("kind", Value::string("Application", object.origin.clone()));
    if let Some(spec) = whole.remove("spec") {
        application.set("spec", spec.value);
    }
    spread(application, ground)
}

/// Puts parameters into every text of a template.
fn expand<'s>(value: &mut Value<'s>, parameters: &Value<'s>, go: bool) {
    match &value.content {
        Content::Scalar(scalar) if scalar.text.contains("{{") => {
            let Expanded { text, by } = template::expand(&scalar.text, parameters, go);
            let (text, plain) = (text.into(), false);
            value.content = Content::Scalar(Scalar { text, plain });
            for span in by {
                value.origin.push(OriginStep::By, span);
            }
        }
        Content::Scalar(_) => {}
        Content::List(_) => {
            for item in value.items_mut().into_iter().flatten() {
                expand(item, parameters, go);
            }
        }
        Content::Map(_) => {
            for entry in value.entries_mut().into_iter().flatten() {
                expand(&mut entry.value, parameters, go);
            }
        }
    }
}

/// An Application for each folder that its path may be.
fn spread<'s>(application: Value<'s>, ground: &Ground<'_, 's>) -> Vec<Value<'s>> {
    let unknown =
        |source: &Value<'_>| text(source, &["path"]).is_some_and(|path| path.contains("{{"));
    let Some(path) = application
        .at(&["spec", "source"])
        .filter(|source| unknown(source))
        .and_then(|source| source.get("path"))
    else {
        return vec![application];
    };
    let from = file_of(ground.repository, application.origin.span);
    let pattern = wildcards(path.text().unwrap_or_default());
    let folders = folders(ground, from, &pattern);
    if folders.is_empty() {
        return vec![application];
    }
    let name = text(&application, &["metadata", "name"])
        .unwrap_or_default()
        .to_owned();
    let spread = folders.into_iter().map(|folder| {
        let mut application = application.clone();
        let name = format!("{name} ({folder})");
        replace(&mut application, &["metadata", "name"], name);
        replace(&mut application, &["spec", "source", "path"], folder);
        application
    });
    spread.collect()
}

fn replace(value: &mut Value<'_>, keys: &[&str], text: String) {
    let mut at = Some(value);
    for key in keys {
        at = at.and_then(|value| value.get_mut(key));
    }
    if let Some(value) = at {
        *value = Value::string(text, value.origin.clone());
    }
}

/// A path with `*` for each parameter that is left in it.
fn wildcards(path: &str) -> String {
    let mut pattern = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once("{{") {
        pattern.push_str(before);
        pattern.push('*');
        rest = after.split_once("}}").map_or("", |(_, rest)| rest);
    }
    pattern + rest
}

/// The folders of the repository that a pattern matches, as paths in it; a `*` stays in its folder.
fn folders(ground: &Ground<'_, '_>, from: &str, pattern: &str) -> Vec<String> {
    let pattern = join("", pattern.trim_start_matches('/'));
    let mut found = Vec::new();
    for base in ground.bases(from) {
        let mut level = vec![String::new()];
        for part in pattern.split('/') {
            level = level
                .iter()
                .flat_map(|dir| below(ground, &base, dir, part))
                .collect();
        }
        if !level.is_empty() {
            found = level;
            break;
        }
    }
    found
}

fn below(ground: &Ground<'_, '_>, base: &str, dir: &str, part: &str) -> Vec<String> {
    let listed = ground
        .repository
        .files()
        .list(&join(base, dir))
        .unwrap_or_default();
    let folders = listed.into_iter().filter(|(name, kind)| {
        *kind == FileKind::Folder && name != ".git" && pattern::matches(part, name, false)
    });
    folders.map(|(name, _)| join(dir, &name)).collect()
}

/// Where a value stands.
fn span_of(value: &Value<'_>) -> Span {
    value.origin.span
}
