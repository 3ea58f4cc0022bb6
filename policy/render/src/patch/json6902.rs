//! The operations of RFC 6902: add, remove, replace, move, copy and test, each at the end of a path.
//!
//! Kustomize is more lenient than the RFC: `replace` adds a key that is not there, `copy` copies a key that is not there as
//! `null`, and a negative number counts from a list's end. It is stricter only with `-`, which stands for the end of a list
//! in `add`, `move` and `copy` alone.

mod pointer;
mod words;

use std::collections::HashMap;
use std::sync::Arc;

use plimsoll_yaml::OriginStep;

use crate::fault::{At, Fault, Result};
use crate::scalar::{Json, json, resolve};
use crate::value::{Content, Entry, Origin, Value};
use pointer::{Budget, Pointer, index, position};

/// What copying one value counts: half a million of them end a patch.
const COPIED: usize = 100;

/// Operations, in order.
#[derive(Clone, Debug)]
pub struct Operations<'s>(Vec<Value<'s>>);

impl<'s> Operations<'s> {
    /// A list of operations. Whether each makes sense shows when it is applied, as kustomize has it: a patch that nothing
    /// is selected for does not fail.
    pub fn read(value: &Value<'s>) -> Result<Self> {
        if !value.is_list() {
            return Err(Fault::broken("the patch is no list of operations")
                .at(value.origin.span)
                .help("write a list of maps with `op`, `path` and `value`"));
        }
        if let Some(item) = value.items().iter().find(|item| !item.is_map()) {
            return Err(Fault::broken("the operation is no map")
                .at(item.origin.span)
                .help("write `op`, `path` and, where there is one, `value`"));
        }
        Ok(Self(value.items().iter().map(words::meant).collect()))
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Applies all of them. After a fault the object is half changed, and of no use.
    pub fn apply(&self, target: &mut Value<'s>) -> Result<()> {
        let mut budget = Budget::new();
        for operation in &self.0 {
            let mut step = Step {
                operation,
                budget: &mut budget,
            };
            step.apply(target).at(operation.origin.span)?;
        }
        Ok(())
    }
}

/// One operation being applied.
struct Step<'o, 's> {
    operation: &'o Value<'s>,
    budget: &'o mut Budget,
}

impl<'o, 's> Step<'o, 's> {
    fn apply(&mut self, target: &mut Value<'s>) -> Result<()> {
        match self.operation.get("op").map(|op| (op, op.text())) {
            Some((_, Some("add"))) => self.add(target),
            Some((_, Some("remove"))) => self.remove(target),
            Some((_, Some("replace"))) => self.replace(target),
            Some((_, Some("move"))) => self.shift(target),
            Some((_, Some("copy"))) => self.copy(target),
            Some((_, Some("test"))) => self.test(target),
            Some((op, name)) => {
                let text = format!("there is no operation `{}`", name.unwrap_or("null"));
                Err(Fault::broken(text).at(op.origin.span).help(NAMES))
            }
            None => Err(Fault::broken("the operation has no `op`").help(NAMES)),
        }
    }

    fn pointer(&self, name: &str) -> Result<Pointer<'o>> {
        let pointer = self.operation.get(name).and_then(Pointer::read);
        pointer.ok_or_else(|| {
            Fault::broken(format!("the operation has no `{name}`"))
                .help(format!("give it a `{name}` such as `/spec/replicas`"))
        })
    }

    /// The value to put in; `null` if there is none.
    fn value(&self) -> Value<'s> {
        let null = || Value::plain("null", Origin::at(self.operation.origin.span));
        self.operation.get("value").cloned().unwrap_or_else(null)
    }

    fn add(&mut self, target: &mut Value<'s>) -> Result<()> {
        self.put(target, &self.pointer("path")?, self.value())
    }

    fn remove(&mut self, target: &mut Value<'s>) -> Result<()> {
        self.take(target, &self.pointer("path")?).map(drop)
    }

    fn replace(&mut self, target: &mut Value<'s>) -> Result<()> {
        let (path, value) = (self.pointer("path")?, self.value());
        if path.is_root() {
            return self.replace_all(target, value);
        }
        let (parent, key) = path.parent(target, self.budget)?;
        if parent.is_list() && position(parent, key).is_none() {
            return path.missing_in(parent);
        }
        put_over(parent, key, value);
        Ok(())
    }

    fn replace_all(&self, target: &mut Value<'s>, value: Value<'s>) -> Result<()> {
        match value.content {
            // Kustomize ignores a scalar.
            Content::Scalar(_) if self.operation.get("value").is_some() => {}
            Content::Map(_) => target.replace(value.content, value.origin.span),
            _ => {
                return Err(Fault::broken("an object can be replaced by a map only")
                    .at(value.origin.span)
                    .help("write the object that is to take its place"));
            }
        }
        Ok(())
    }

    fn shift(&mut self, target: &mut Value<'s>) -> Result<()> {
        let (from, path) = (self.pointer("from")?, self.pointer("path")?);
        let mut value = self.take(target, &from)?;
        check(&value, &path, self.budget)?;
        value
            .origin
            .push(OriginStep::By, self.operation.origin.span);
        self.put(target, &path, value)
    }

    fn copy(&mut self, target: &mut Value<'s>) -> Result<()> {
        let (from, path) = (self.pointer("from")?, self.pointer("path")?);
        let (parent, key) = from.parent(target, self.budget)?;
        let mut value = match value_at(parent, key) {
            Some(value) => value.clone(),
            // Kustomize copies the key that is not there as null.
            None if parent.is_map() => Value::plain("null", Origin::at(from.span)),
            None => return from.missing_in(parent),
        };
        // Copies cost nothing here, but all that follows walks them one by one.
        check(&value, &path, self.budget)?;
        value
            .origin
            .push(OriginStep::By, self.operation.origin.span);
        self.put(target, &path, value)
    }

    fn test(&mut self, target: &mut Value<'s>) -> Result<()> {
        let path = self.pointer("path")?;
        let Some(expected) = self.operation.get("value") else {
            return Err(Fault::broken("the operation has no `value`")
                .help("give it the value that is expected"));
        };
        let null = Value::plain("null", Origin::at(path.span));
        let found = if path.is_root() {
            &*target
        } else {
            let (parent, key) = path.parent(target, self.budget)?;
            match value_at(parent, key) {
                Some(value) => value,
                None if parent.is_map() => &null,
                None => return path.missing_in(parent),
            }
        };
        if equal(found, expected) {
            return Ok(());
        }
        let text = format!(
            "the test fails: `{}` is {}, not {}",
            path.text,
            brief(found),
            brief(expected)
        );
        Err(Fault::broken(text)
            .at(expected.origin.span)
            .help("change the expected value, or what the object has")
            .related(found.origin.span, "the object's value"))
    }

    fn put(&mut self, target: &mut Value<'s>, path: &Pointer<'_>, value: Value<'s>) -> Result<()> {
        let (parent, key) = path.parent(target, self.budget)?;
        if parent.is_map() {
            put_over(parent, key, value);
            return Ok(());
        }
        let count = parent.items().len();
        // As if there were one more, so that the place behind the last one counts.
        let at = if key == "-" {
            Some(count)
        } else {
            index(key, count + 1)
        };
        let Some(at) = at else {
            return path.missing_in(parent);
        };
        self.budget.spend(count - at)?;
        parent.origin.push(OriginStep::Merged, value.origin.span);
        if let Some(items) = parent.items_mut() {
            items.insert(at, value);
        }
        Ok(())
    }

    fn take(&mut self, target: &mut Value<'s>, path: &Pointer<'_>) -> Result<Value<'s>> {
        let (parent, key) = path.parent(target, self.budget)?;
        let Some(at) = position(parent, key) else {
            return path.missing_in(parent);
        };
        self.budget.spend(parent.items().len())?;
        parent
            .origin
            .push(OriginStep::By, self.operation.origin.span);
        match &mut parent.content {
            Content::Map(entries) => Ok(Arc::make_mut(entries).remove(at).value),
            Content::List(items) => Ok(Arc::make_mut(items).remove(at)),
            Content::Scalar(_) => path.missing(String::new()),
        }
    }
}

const NAMES: &str = "Write `add`, `remove`, `replace`, `move`, `copy` or `test`";

fn value_at<'v, 's>(parent: &'v Value<'s>, key: &str) -> Option<&'v Value<'s>> {
    let at = position(parent, key)?;
    parent
        .items()
        .get(at)
        .or_else(|| Some(&parent.entries().get(at)?.value))
}

/// Puts a value at a key, in the place of what may be there.
fn put_over<'s>(parent: &mut Value<'s>, key: &str, value: Value<'s>) {
    let span = value.origin.span;
    if let Some(at) = position(parent, key) {
        let old = match &mut parent.content {
            Content::Map(entries) => &mut Arc::make_mut(entries)[at].value,
            Content::List(items) => &mut Arc::make_mut(items)[at],
            Content::Scalar(_) => return,
        };
        let mut origin = old.origin.replaced_by(span);
        if value.origin.trail.is_some() {
            origin = value.origin;
            origin.push(OriginStep::Replaced, old.origin.span);
        }
        *old = Value { origin, ..value };
    } else {
        parent.origin.push(OriginStep::Merged, span);
        parent.set(key.to_owned(), value);
    }
}

/// Sees to it that a value that is put elsewhere grows neither too large nor too deep.
fn check(value: &Value<'_>, path: &Pointer<'_>, budget: &mut Budget) -> Result<()> {
    walk(value, path.depth(), budget)
}

fn walk(value: &Value<'_>, depth: usize, budget: &mut Budget) -> Result<()> {
    if depth > pointer::MOST_DEPTH {
        return pointer::too_deep();
    }
    budget.spend(COPIED)?;
    for entry in value.entries() {
        walk(&entry.value, depth + 1, budget)?;
    }
    for item in value.items() {
        walk(item, depth + 1, budget)?;
    }
    Ok(())
}

/// Whether two values are the same JSON.
fn equal(a: &Value<'_>, b: &Value<'_>) -> bool {
    match (&a.content, &b.content) {
        (Content::Scalar(a), Content::Scalar(b)) => match (json(a), json(b)) {
            // All numbers are of one kind there.
            (Json::Int(int), Json::Float(float)) | (Json::Float(float), Json::Int(int)) => {
                Json::Float(float) == resolve(&format!("{int}.0"))
            }
            (a, b) => a == b,
        },
        (Content::List(a), Content::List(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| equal(a, b))
        }
        (Content::Map(all), Content::Map(others)) => {
            let others: HashMap<&str, &Value<'_>> = others
                .iter()
                .map(|entry| (&*entry.key, &entry.value))
                .collect();
            let same = |entry: &Entry<'_>| {
                others
                    .get(&*entry.key)
                    .is_some_and(|other| equal(&entry.value, other))
            };
            all.len() == others.len() && all.iter().all(same)
        }
        _ => false,
    }
}

/// A value in a message.
fn brief(value: &Value<'_>) -> String {
    match &value.content {
        Content::Scalar(scalar) if scalar.plain && scalar.text.is_empty() => "`null`".to_owned(),
        Content::Scalar(scalar) if scalar.plain => format!("`{}`", &*scalar.text),
        Content::Scalar(scalar) => format!("`\"{}\"`", &*scalar.text),
        Content::List(items) => format!("a list of length {}", items.len()),
        Content::Map(entries) => format!("a map of {} entries", entries.len()),
    }
}

#[cfg(test)]
mod tests;
