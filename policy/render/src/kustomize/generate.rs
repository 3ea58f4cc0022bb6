//! `configMapGenerator` and `secretGenerator`.

mod pairs;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use base64::Engine as _;
use plimsoll_yaml::{OriginStep, Span};

use super::file::File;
use super::load::Loader;
use super::object::{Behavior, Object};
use crate::{Content, Entry, Fault, Origin, Result, Value};
pub(crate) use pairs::Data;
use pairs::{Pairs, pairs};

/// What makes an object: a `ConfigMap`, or a Secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    ConfigMap,
    Secret,
}

/// Makes the objects of a kustomization's generators, in order.
pub(crate) fn all<'s>(file: &File<'s>, loader: &Loader<'_, 's>) -> Result<Vec<Object<'s>>> {
    let global = file.value.get("generatorOptions");
    let mut made = Vec::new();
    for (key, kind) in [
        ("configMapGenerator", Kind::ConfigMap),
        ("secretGenerator", Kind::Secret),
    ] {
        for arguments in file.items(key) {
            made.push(
                one(kind, arguments, global, loader)
                    .map_err(|fault| fault.at(arguments.origin.span))?,
            );
        }
    }
    Ok(made)
}

/// Makes one object.
pub(crate) fn one<'s>(
    kind: Kind,
    arguments: &Value<'s>,
    global: Option<&Value<'s>>,
    loader: &Loader<'_, 's>,
) -> Result<Object<'s>> {
    let here = arguments
        .get("name")
        .map_or(arguments.origin.span, |name| name.origin.span);
    let origin = || Origin::at(here);
    let Some(name) = arguments
        .get("name")
        .and_then(Value::shared_text)
        .filter(|name| !name.is_empty())
    else {
        return Err(Fault::broken("a generator needs a `name`")
            .help("write the `name` of what it makes")
            .at(arguments.origin.span));
    };
    let mut value = Value::map(origin());
    value.set("apiVersion", Value::string("v1", origin()));
    value.set("kind", Value::string(kind.name(), origin()));
    let mut metadata = Value::map(origin());
    metadata.set("name", Value::string(name.clone(), origin()));
    if let Some(namespace) = arguments
        .get("namespace")
        .filter(|namespace| namespace.text().is_some_and(|text| !text.is_empty()))
    {
        metadata.set(
            "namespace",
            Value::string(
                namespace.shared_text().cloned().unwrap_or_default(),
                namespace.origin.clone(),
            ),
        );
    }
    let local = arguments.get("options");
    for key in ["labels", "annotations"] {
        copy_pairs(&mut metadata, key, global);
        copy_pairs(&mut metadata, key, local);
    }
    value.set("metadata", metadata);
    if kind == Kind::Secret {
        let own = arguments
            .get("type")
            .filter(|own| own.text().is_some_and(|text| !text.is_empty()));
        value.set(
            "type",
            own.map_or_else(|| Value::string("Opaque", origin()), Clone::clone),
        );
    }
    fill(kind, &mut value, pairs(arguments, loader)?, here);
    let flag = |key| {
        [global, local]
            .into_iter()
            .flatten()
            .any(|options| options.get(key).and_then(Value::text) == Some("true"))
    };
    if flag("immutable") {
        value.set("immutable", Value::plain("true", origin()));
    }
    let mut object = Object::new(value);
    object.history.needs_hash = !flag("disableNameSuffixHash");
    object.history.annotated = true;
    object.history.behavior = behavior(arguments);
    Ok(object)
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::ConfigMap => "ConfigMap",
            Self::Secret => "Secret",
        }
    }
}

fn behavior(arguments: &Value<'_>) -> Behavior {
    match arguments.get("behavior").and_then(Value::text) {
        Some("merge") => Behavior::Merge,
        Some("replace") => Behavior::Replace,
        // Kustomize takes every other word for `create`.
        _ => Behavior::Create,
    }
}

fn copy_pairs<'s>(metadata: &mut Value<'s>, key: &'static str, options: Option<&Value<'s>>) {
    let Some(pairs) = options.and_then(|options| options.get(key)) else {
        return;
    };
    if pairs.entries().is_empty() {
        return;
    }
    if let Some(map) = metadata.map_at(key, pairs.origin.span) {
        for pair in pairs.entries() {
            let text = pair.value.shared_text().cloned().unwrap_or_default();
            map.set(
                pair.key.clone(),
                Value::string(text, pair.value.origin.clone()),
            );
        }
    }
}

/// Puts data into an object: text as it is, bytes and a Secret's data in base64.
fn fill<'s>(kind: Kind, value: &mut Value<'s>, pairs: Pairs<'s>, here: Span) {
    let mut texts = Vec::new();
    let mut binaries = Vec::new();
    for (key, (data, span)) in pairs {
        let origin = Origin::at(span);
        let (list, value) = match (kind, data) {
            (Kind::ConfigMap, Data::Text(text)) => (&mut texts, Value::string(text, origin)),
            (Kind::ConfigMap, Data::Bytes(bytes)) => {
                (&mut binaries, Value::string(encode(&bytes), origin))
            }
            (Kind::Secret, Data::Text(text)) => {
                (&mut texts, Value::string(encode(text.as_bytes()), origin))
            }
            (Kind::Secret, Data::Bytes(bytes)) => {
                (&mut texts, Value::string(encode(&bytes), origin))
            }
        };
        list.push(Entry {
            key,
            key_span: span,
            value,
        });
    }
    for (name, entries) in [("data", texts), ("binaryData", binaries)] {
        if !entries.is_empty() {
            let content = Content::Map(Arc::new(entries));
            let origin = Origin::at(here);
            value.set(name, Value { content, origin });
        }
    }
}

/// Base64, in lines of seventy characters where it is longer, as kustomize writes it.
fn encode(bytes: &[u8]) -> String {
    const LINE: usize = 70;
    let encoded = base64::engine::general_purpose::STANDARD.encode(bytes);
    if encoded.len() < LINE {
        return encoded;
    }
    let mut lines = String::with_capacity(encoded.len() + encoded.len() / LINE + 1);
    for (at, c) in encoded.chars().enumerate() {
        if at > 0 && at % LINE == 0 {
            lines.push('\n');
        }
        lines.push(c);
    }
    lines + "\n"
}

/// Puts what a generator made in the place of an object, or into it: it keeps the object's name, namespace and place, and
/// what it says itself wins.
pub(crate) fn onto<'s>(old: &Object<'s>, mut made: Object<'s>) -> Object<'s> {
    if let Some(metadata) = made.value.get_mut("metadata") {
        for key in ["name", "namespace"] {
            match old.value.at(&["metadata", key]) {
                Some(value) => metadata.set(key, value.clone()),
                None => drop(metadata.remove(key)),
            }
        }
        for key in ["labels", "annotations"] {
            merge_map(metadata, key, old.value.at(&["metadata", key]));
        }
    }
    if made.history.behavior == Behavior::Merge {
        for key in ["data", "binaryData"] {
            merge_map(&mut made.value, key, old.value.get(key));
        }
    }
    // Both have to ask for a hash.
    let needs_hash = made.history.needs_hash && old.history.needs_hash;
    made.history = old.history.clone();
    made.history.needs_hash = needs_hash;
    made.history.annotated = true;
    made
}

/// Adds the entries of an older map that a newer one does not have.
fn merge_map<'s>(holder: &mut Value<'s>, key: &'static str, old: Option<&Value<'s>>) {
    let Some(old) = old.filter(|old| !old.entries().is_empty()) else {
        return;
    };
    let Some(mut new) = holder.remove(key).map(|entry| entry.value) else {
        return holder.set(key, old.clone());
    };
    let mut origin = old.origin.clone();
    origin.push(OriginStep::Merged, new.origin.span);
    let before: HashMap<&str, &Value<'s>> = old
        .entries()
        .iter()
        .map(|entry| (&*entry.key, &entry.value))
        .collect();
    let mut added = HashSet::new();
    for entry in new.entries_mut().into_iter().flatten() {
        if let Some(before) = before.get(&*entry.key) {
            entry.value.origin = before.origin.replaced_by(entry.value.origin.span);
        }
        added.insert(entry.key.clone());
    }
    let kept = old.entries().iter();
    let kept = kept.filter(|entry| !added.contains(&entry.key)).cloned();
    let entries: Vec<_> = kept.chain(new.entries().iter().cloned()).collect();
    let content = Content::Map(Arc::new(entries));
    holder.set(key, Value { content, origin });
}
