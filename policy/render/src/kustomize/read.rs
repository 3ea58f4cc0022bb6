//! The objects of a file, as kustomize takes them.

use std::collections::VecDeque;

use plimsoll_yaml::{Node, Source};

use super::object::Object;
use crate::{Fault, Result, Value};

/// Every object of a file, lists unpacked. An object without a kind or a name is a fault.
pub(crate) fn objects(source: &Source) -> Result<Vec<Object<'_>>> {
    let roots = source.tree.documents().filter_map(|document| document.root);
    let mut waiting = VecDeque::new();
    for root in roots {
        if root.is_null() || (root.is_mapping() && root.is_empty()) {
            continue;
        }
        if !root.is_mapping() {
            return Err(no_object(root));
        }
        waiting.push_back(crate::value(root));
    }
    unpack(waiting)
}

/// The objects of texts that stand inside a kustomization.
pub(crate) fn from_values(values: Vec<Value<'_>>) -> Result<Vec<Object<'_>>> {
    unpack(values.into())
}

fn no_object(root: Node<'_>) -> Box<Fault> {
    Fault::broken(format!(
        "an object is a map; this is {}",
        root.kind().name()
    ))
    .help("a file of `resources` holds Kubernetes objects")
    .at(root.span())
}

/// Lists give their items to the end of what is waiting, so that these come after the other documents, as with
/// kustomize.
fn unpack(mut waiting: VecDeque<Value<'_>>) -> Result<Vec<Object<'_>>> {
    let mut found = Vec::new();
    while let Some(value) = waiting.pop_front() {
        if value.is_null() || (value.is_map() && value.entries().is_empty()) {
            continue;
        }
        let kind = value.get("kind").and_then(Value::text).unwrap_or_default();
        if kind.is_empty() {
            return Err(Fault::broken("an object needs a `kind`")
                .help("a file of `resources` holds Kubernetes objects: write `apiVersion`, `kind` and `metadata.name`")
                .at(value.origin.span));
        }
        if kind.ends_with("List") {
            match value.get("items") {
                Some(items) if !items.is_list() && !items.is_null() => {
                    return Err(Fault::broken(format!("`items` of a {kind} must be a list"))
                        .at(items.origin.span));
                }
                items => waiting.extend(items.map_or(&[][..], Value::items).iter().cloned()),
            }
            continue;
        }
        check(&value, kind)?;
        found.push(Object::new(value));
    }
    Ok(found)
}

fn check(value: &Value<'_>, kind: &str) -> Result<()> {
    let name = value.at(&["metadata", "name"]).and_then(Value::text);
    if name.is_none_or(str::is_empty) {
        return Err(Fault::broken(format!("{kind} has no `metadata.name`"))
            .help("kustomize needs it, even where the API server takes `generateName`")
            .at(value.origin.span));
    }
    Ok(())
}
