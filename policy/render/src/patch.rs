//! Patches, as kustomize applies them: [`strategic`] merge, and the operations of [`json6902`].
//!
//! [`Patch::read`] tells which of the two a text is. [`apply`] does what kustomize does around them: it keeps an object's
//! name, and makes annotations strings.

pub mod apply;
pub mod json6902;
pub mod schema;
pub mod strategic;
#[cfg(test)]
mod testing;

use plimsoll_yaml::Span;

use crate::fault::{Fault, Result};
use crate::value::{Content, Value};
use json6902::Operations;

/// A patch of a kustomization's `patches`.
#[derive(Clone, Debug)]
pub enum Patch<'s> {
    /// Objects, each to be merged into another.
    Strategic(Vec<Value<'s>>),
    /// Operations on whatever is selected.
    Json(Operations<'s>),
}

impl<'s> Patch<'s> {
    /// The patch that a text's documents are: objects with a kind and a name, or a list of operations. `place` is the entry
    /// that names it.
    ///
    /// The operations are those of the first document; kustomize does not look at the others.
    pub fn read(documents: Vec<Value<'s>>, place: Span) -> Result<Self> {
        let operations = documents.first().map(operations);
        let is_list = documents.first().is_some_and(Value::is_list);
        match (objects(documents), operations) {
            (Ok(objects), Some(Err(_))) if !objects.is_empty() => Ok(Self::Strategic(objects)),
            (Err(_), Some(Ok(Some(operations)))) => Ok(Self::Json(operations)),
            (Err(_), Some(Err(fault))) if is_list => Err(fault),
            (Err(fault), Some(Err(_))) => Err(fault),
            (Ok(objects), Some(Ok(None))) if !objects.is_empty() => {
                Err(Fault::broken("the patch begins with an empty document")
                    .at(place)
                    .help("take the first `---` out"))
            }
            _ => Err(Fault::broken("the patch is empty")
                .at(place)
                .help("write an object with `kind` and `metadata.name`, or a list of operations")),
        }
    }
}

/// The operations of a document, if there are any.
fn operations<'s>(document: &Value<'s>) -> Result<Option<Operations<'s>>> {
    if document.is_null() {
        return Ok(None);
    }
    let operations = Operations::read(document)?;
    Ok(Some(operations).filter(|operations| !operations.is_empty()))
}

/// The objects of a strategic patch. Lists of objects are taken apart.
fn objects<'s>(documents: Vec<Value<'s>>) -> Result<Vec<Value<'s>>> {
    let mut objects = Vec::with_capacity(documents.len());
    let mut next: Vec<Value<'s>> = documents;
    next.reverse();
    while let Some(value) = next.pop() {
        if is_empty(&value) {
            continue;
        }
        let kind = known(&value, &["kind"], "`kind`")?;
        if kind.ends_with("List") {
            if let Some(Content::List(items)) = value.get("items").map(|items| &items.content) {
                next.extend(items.iter().rev().cloned());
                continue;
            }
        } else {
            known(&value, &["metadata", "name"], "`metadata.name`")?;
        }
        objects.push(value);
    }
    Ok(objects)
}

fn known<'v>(value: &'v Value<'_>, keys: &[&str], name: &str) -> Result<&'v str> {
    let text = value
        .at(keys)
        .and_then(Value::text)
        .filter(|text| !text.is_empty());
    text.ok_or_else(|| {
        Fault::broken(format!("the patch has no {name}"))
            .at(value.origin.span)
            .help("name the object it is for by `apiVersion`, `kind` and `metadata.name`, or write a list of operations")
    })
}

fn is_empty(value: &Value<'_>) -> bool {
    match &value.content {
        Content::Scalar(_) => value.is_null(),
        Content::List(items) => items.is_empty(),
        Content::Map(entries) => entries.is_empty(),
    }
}

#[cfg(test)]
mod tests;
