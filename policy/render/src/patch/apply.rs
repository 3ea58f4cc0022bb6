//! Patches applied to objects, with what kustomize does before and after.

use super::json6902::Operations;
use super::schema::Schemas;
use super::strategic::{self, Outcome};
use crate::fault::Result;
use crate::scalar::{Json, json};
use crate::value::{Content, Entry, Value};

/// How the object of a strategic patch is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// By the name in the patch.
    ByName,
    /// By a target; in `patchesStrategicMerge`, always.
    ///
    /// Kustomize then makes labels and annotations of the patch strings, `null` too: it takes no label away, but sets it to
    /// the text `null`. And the patch's `apiVersion` does not count.
    ByTarget,
}

/// What a strategic patch may change besides: the options `allowNameChange` and `allowKindChange`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// The object's name.
    pub name: bool,
    /// The object's kind.
    pub kind: bool,
}

/// Merges a patch into an object, which keeps its namespace, and its name and kind unless they are allowed to change.
pub fn merge<'s>(
    target: &mut Value<'s>,
    patch: &Value<'s>,
    schemas: &Schemas,
    found: Found,
    allowed: Allowed,
) -> Result<Outcome> {
    let before = target.clone();
    let outcome = match found {
        Found::ByName => strategic::merge(target, patch, schemas)?,
        Found::ByTarget => strategic::merge(target, &as_selected(patch), schemas)?,
    };
    if outcome == Outcome::Deleted || target.entries().is_empty() {
        return Ok(Outcome::Deleted);
    }
    if !allowed.kind {
        restore(target, &before, "kind");
    }
    if let Some(old) = before.get("metadata")
        && let Some(metadata) = target.map_at("metadata", old.origin.span)
    {
        if !allowed.name {
            restore(metadata, old, "name");
        }
        restore(metadata, old, "namespace");
    }
    Ok(Outcome::Merged)
}

fn restore<'s>(map: &mut Value<'s>, before: &Value<'s>, key: &str) {
    match before.entry(key) {
        Some(entry) => map.set(entry.key.clone(), entry.value.clone()),
        None => {
            map.remove(key);
        }
    }
}

fn as_selected<'s>(patch: &Value<'s>) -> Value<'s> {
    let mut patch = patch.clone();
    patch.remove("apiVersion");
    if let Some(metadata) = patch.get_mut("metadata") {
        for key in ["labels", "annotations"] {
            make_strings(metadata, key, |value| match &value.content {
                Content::Scalar(scalar) => scalar.text.to_string(),
                _ => String::new(),
            });
        }
    }
    patch
}

/// Applies operations to an object. `annotated` tells that the object has annotations, if only kustomize's own, as it
/// always has for `patches`: operations can then add one though none is written.
pub fn operate<'s>(
    target: &mut Value<'s>,
    operations: &Operations<'s>,
    annotated: bool,
) -> Result<()> {
    let made = annotated && annotations(target).is_none();
    if made {
        let made_by = target.origin.span;
        if let Some(metadata) = target.map_at("metadata", made_by) {
            metadata.map_at("annotations", made_by);
        }
    }
    operations.apply(target)?;
    // What an operation put in the place of kustomize's own annotations stands in the place of nothing.
    if let (true, Some(annotations)) = (made, annotations(target)) {
        annotations.origin.trail = None;
    }
    if let Some(metadata) = target.get_mut("metadata") {
        make_strings(metadata, "annotations", as_annotation);
    }
    Ok(())
}

fn annotations<'v, 's>(target: &'v mut Value<'s>) -> Option<&'v mut Value<'s>> {
    let annotations = target.get_mut("metadata")?.get_mut("annotations")?;
    (!annotations.is_null()).then_some(annotations)
}

/// Makes a map's values strings. The map goes if it is empty, or no map at all.
fn make_strings<'s>(metadata: &mut Value<'s>, key: &str, text: impl Fn(&Value<'s>) -> String) {
    let is_string = |entry: &Entry<'_>| matches!(&entry.value.content, Content::Scalar(scalar) if !scalar.plain);
    let Some(map) = metadata.get(key) else { return };
    if map.entries().is_empty() {
        metadata.remove(key);
        return;
    }
    if map.entries().iter().all(is_string) {
        return;
    }
    if let Some(entries) = metadata.get_mut(key).and_then(Value::entries_mut) {
        for entry in entries.iter_mut().filter(|entry| !is_string(entry)) {
            let origin = entry.value.origin.clone();
            entry.value = Value::string(text(&entry.value), origin);
        }
    }
}

/// The text of an annotation after operations. Kustomize takes every number of the object for a float by then: `1000000`
/// is `1e+06`.
fn as_annotation(value: &Value<'_>) -> String {
    let Content::Scalar(scalar) = &value.content else {
        return String::new();
    };
    match json(scalar) {
        Json::Null => "null".to_owned(),
        Json::Bool(bool) => bool.to_string(),
        Json::Int(int) => int
            .to_string()
            .parse()
            .map_or_else(|_| int.to_string(), float),
        Json::Float(number) => float(number),
        Json::Str(text) => text.into_owned(),
    }
}

/// A number as Go writes it with `%g`.
fn float(number: f64) -> String {
    let scientific = format!("{number:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    match exponent.parse::<i32>() {
        Ok(exponent @ (..=-5 | 6..)) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
        _ => number.to_string(),
    }
}
