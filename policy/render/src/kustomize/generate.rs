//! `configMapGenerator` and `secretGenerator`.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use plimsoll_yaml::Span;

use super::file::File;
use super::load::Loader;
use super::object::{Behavior, Object};
use crate::{Content, Entry, Fault, Origin, Result, Text, Value};

/// One entry of data: what it says, and where that stands.
#[derive(Clone, Debug)]
pub(crate) enum Data<'s> {
    /// Text.
    Text(Text<'s>),
    /// Bytes that are no text.
    Bytes(Vec<u8>),
}

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
        return Err(Fault::broken("a generator needs a `name`").at(arguments.origin.span));
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
    object.history.behavior = behavior(arguments)?;
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

fn behavior(arguments: &Value<'_>) -> Result<Behavior> {
    let Some(written) = arguments.get("behavior") else {
        return Ok(Behavior::Create);
    };
    match written.text() {
        Some("merge") => Ok(Behavior::Merge),
        Some("replace") => Ok(Behavior::Replace),
        // Kustomize takes every other word for `create`.
        _ => Ok(Behavior::Create),
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

type Pairs<'s> = BTreeMap<Text<'s>, (Data<'s>, Span)>;

/// The data of a generator: `envs`, then `literals`, then `files`; a key that comes twice is a fault.
fn pairs<'s>(arguments: &Value<'s>, loader: &Loader<'_, 's>) -> Result<Pairs<'s>> {
    let mut found: Pairs<'s> = BTreeMap::new();
    let mut add = |key: Text<'s>, data: Data<'s>, span: Span, by: Span| {
        check_key(&key, by)?;
        let shown = key.to_string();
        match found.insert(key, (data, span)) {
            None => Ok(()),
            Some((_, first)) => Err(Fault::broken(format!("the key `{shown}` comes twice"))
                .help("keep one of the two, or give one another key")
                .at(by)
                .related(first, "it is here first")),
        }
    };
    let single = arguments.get("env").into_iter();
    for path in arguments
        .get("envs")
        .map_or(&[][..], Value::items)
        .iter()
        .chain(single)
    {
        let by = path.origin.span;
        let Some(path) = path.text().filter(|path| !path.is_empty()) else {
            continue;
        };
        for (key, value, span) in variables(&loader.data(path, by)?, by)? {
            add(key, Data::Text(value), span, by)?;
        }
    }
    for literal in arguments.get("literals").map_or(&[][..], Value::items) {
        let span = literal.origin.span;
        let (key, value) = split_literal(literal)?;
        add(key, Data::Text(value), span, span)?;
    }
    for file in arguments.get("files").map_or(&[][..], Value::items) {
        let by = file.origin.span;
        let (key, path) = split_file(file)?;
        let loaded = loader.data(path, by)?;
        add(key, loaded.data, loaded.span, by)?;
    }
    Ok(found)
}

/// A text as it can be kept, cut out of another.
fn part<'s>(whole: &Value<'s>, range: std::ops::Range<usize>) -> Text<'s> {
    match whole.shared_text() {
        Some(Text::Source(text)) => Text::Source(&text[range]),
        Some(Text::Made(text)) => text[range].to_owned().into(),
        None => Text::default(),
    }
}

fn split_literal<'s>(literal: &Value<'s>) -> Result<(Text<'s>, Text<'s>)> {
    let text = literal.text().unwrap_or_default();
    let Some(at) = text.find('=').filter(|at| *at > 0) else {
        return Err(Fault::broken(format!("`{text}` is no literal"))
            .help("write `key=value`")
            .at(literal.origin.span));
    };
    let value = &text[at + 1..];
    let quoted = value.len() >= 2
        && (value.starts_with('"') || value.starts_with('\''))
        && value.as_bytes().first() == value.as_bytes().last();
    let range = if quoted {
        at + 2..text.len() - 1
    } else {
        at + 1..text.len()
    };
    Ok((part(literal, 0..at), part(literal, range)))
}

fn split_file<'a, 's>(file: &'a Value<'s>) -> Result<(Text<'s>, &'a str)> {
    let text = file.text().unwrap_or_default();
    let wrong = |message: String| {
        Err(Fault::broken(message)
            .help("write `path`, or `key=path`")
            .at(file.origin.span))
    };
    match text.split_once('=') {
        None => {
            let name = text.rsplit('/').next().unwrap_or(text);
            Ok((part(file, text.len() - name.len()..text.len()), text))
        }
        Some(("", _)) => wrong(format!("`{text}` names no key")),
        Some((_, "")) => wrong(format!("`{text}` names no file")),
        Some((_, path)) if path.contains('=') => wrong(format!("`{text}` has two `=`")),
        Some((key, path)) => Ok((part(file, 0..key.len()), path)),
    }
}

/// The lines of a file of variables.
fn variables<'s>(
    file: &super::load::Loaded<'s>,
    by: Span,
) -> Result<Vec<(Text<'s>, Text<'s>, Span)>> {
    let Data::Text(text) = &file.data else {
        return Err(Fault::broken("a file of variables has to be text").at(by));
    };
    let whole: &str = text;
    let mut found = Vec::new();
    let mut start = 0;
    for line in whole.split_inclusive('\n') {
        let begins = start;
        start += line.len();
        let line = line.trim_end_matches('\n').trim_end_matches('\r');
        let line = if begins == 0 {
            line.trim_start_matches('\u{feff}')
        } else {
            line
        };
        let content = line.trim_start();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let from = content.as_ptr() as usize - whole.as_ptr() as usize;
        let span = Span {
            source: file.span.source,
            start: from as u32,
            end: (from + content.len()) as u32,
        };
        let name = content.split('=').next().unwrap_or_default();
        if !is_variable(name) {
            return Err(Fault::broken(format!("`{name}` cannot be the name of a variable"))
                .help("write `NAME=value`, with letters, digits, `_`, `-` and `.`, not beginning with a digit")
                .at(span));
        }
        let cut = |from: usize, to: usize| match text {
            Text::Source(text) => Text::Source(&text[from..to]),
            Text::Made(text) => text[from..to].to_owned().into(),
        };
        let end = from + content.len();
        let value = (from + name.len() + 1).min(end);
        found.push((cut(from, from + name.len()), cut(value, end), span));
    }
    Ok(found)
}

fn is_variable(name: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    !name.is_empty()
        && name.chars().all(good)
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && !matches!(name, "." | "..")
}

fn check_key(key: &str, by: Span) -> Result<()> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if !key.is_empty() && key.len() <= 253 && key.chars().all(good) && !matches!(key, "." | "..") {
        return Ok(());
    }
    Err(Fault::broken(format!("`{key}` cannot be a key"))
        .help("use letters, digits, `-`, `_` and `.`; `key=path` gives a file another key")
        .at(by))
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
    let mut merged = old.clone();
    for entry in holder.get(key).map_or(&[][..], Value::entries) {
        let mut value = entry.value.clone();
        if let Some(before) = merged.get(&entry.key) {
            value.origin = before.origin.replaced_by(value.origin.span);
        }
        merged.set(entry.key.clone(), value);
    }
    holder.set(key, merged);
}
