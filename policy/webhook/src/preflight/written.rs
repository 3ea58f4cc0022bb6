//! What is written in files.

use std::io::Read;
use std::path::{Path, PathBuf};

use plimsoll_yaml::{Limits, Node, Scalar, Source, SourceId, Tree, decode};
use serde_json::{Map, Value};

use super::review;
use crate::trial::Trial;

/// Judges a file, a folder, or standard input.
pub(super) fn judge(path: &Path, trial: &mut Trial<'_>) {
    let shown = path.display().to_string();
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        return match std::io::stdin().read_to_end(&mut bytes) {
            Ok(_) => text(&shown, bytes, trial),
            Err(error) => trial.unread(&shown, &error.to_string()),
        };
    }
    if !path.is_dir() {
        return file(path, trial);
    }
    match files(path) {
        Ok(files) => files.iter().for_each(|path| file(path, trial)),
        Err(error) => trial.unread(&shown, &error.to_string()),
    }
}

/// The files of a folder, sorted, without following links out of it.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let (mut found, mut waiting) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(&next)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            let ends = path.extension().and_then(|ends| ends.to_str());
            if kind.is_dir() {
                waiting.push(path);
            } else if kind.is_file()
                && ends.is_some_and(|ends| ["yaml", "yml", "json"].contains(&ends))
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn file(path: &Path, trial: &mut Trial<'_>) {
    let shown = path.display().to_string();
    match std::fs::read(path) {
        Ok(bytes) => text(&shown, bytes, trial),
        Err(error) => trial.unread(&shown, &error.to_string()),
    }
}

fn text(shown: &str, bytes: Vec<u8>, trial: &mut Trial<'_>) {
    let text = match decode(bytes) {
        Ok(text) => text,
        Err(error) => return trial.unread(shown, &error.to_string()),
    };
    let source = Source::new(shown, Tree::parse(SourceId(0), text, &Limits::default()));
    if let Some(error) = source.tree.errors().first() {
        return trial.unread(shown, &error.message);
    }
    for root in source.tree.documents().filter_map(|document| document.root) {
        let line = source.position(root.span().start).line;
        one(&format!("{shown}:{line}"), &json(root), trial);
    }
}

fn one(place: &str, object: &Value, trial: &mut Trial<'_>) {
    let is_list = object["kind"]
        .as_str()
        .is_some_and(|kind| kind.ends_with("List"));
    if is_list && let Some(items) = object["items"].as_array() {
        return items.iter().for_each(|item| one(place, item, trial));
    }
    if let Some(review) = review(object) {
        trial.review(place, review.as_bytes());
    }
}

/// An object as JSON, as `kubectl` makes it of YAML.
fn json(node: Node<'_>) -> Value {
    if node.is_mapping() {
        let entries = node
            .entries()
            .map(|entry| (entry.name().to_owned(), json(entry.value)));
        return Value::Object(entries.collect::<Map<_, _>>());
    }
    if node.is_sequence() {
        return Value::Array(node.items().map(json).collect());
    }
    match node.scalar() {
        None | Some(Scalar::Null) => Value::Null,
        Some(Scalar::Bool(value)) => value.into(),
        Some(Scalar::Int(value)) => value.into(),
        Some(Scalar::Float(value)) => value.into(),
        Some(Scalar::Str(text)) => text.into(),
    }
}
