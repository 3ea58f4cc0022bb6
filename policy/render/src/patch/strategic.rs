//! Strategic merge: a patch that looks like the object it changes, as kustomize applies it.
//!
//! - Maps are merged, a `null` takes a key away, and everything else is replaced; of lists those are merged that the type
//!   says (see [`Schemas`]), new items before the old ones. A list of an unknown type is replaced.
//! - `$patch: delete` takes a map or an item away, `$patch: replace` a map's or a list's old content.
//! - Unlike the API server, kustomize knows no `$setElementOrder`, `$retainKeys` and `$deleteFromPrimitiveList`: they
//!   stay in the object. And `$patch: replace` does nothing on an item of a merged list, nor on a whole object.
//! - A merge walks the whole object: keys without any value vanish on the way (`null` and `~` stay), and so do repeated
//!   items of merged lists.

mod directive;
mod list;
mod loose;

use std::collections::HashMap;

use plimsoll_yaml::{OriginStep, Span};

use crate::fault::{Fault, Result};
use crate::patch::schema::{Schema, Schemas};
use crate::value::{Content, Entry, Scalar, Text, Value};
use directive::Directive;

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is still there.
    Merged,
    /// The patch deletes it.
    Deleted,
}

/// Merges a patch into an object. After a fault the object is half merged, and of no use.
pub fn merge<'s>(target: &mut Value<'s>, patch: &Value<'s>, schemas: &Schemas) -> Result<Outcome> {
    let mut merger = Merger {
        schemas,
        path: Vec::new(),
    };
    let names = Names::of(target, &["apiVersion", "kind"]);
    let fate = merger.merge(target, &mut patch.clone(), None)?;
    names.restore(target);
    Ok(match fate {
        Fate::Kept => Outcome::Merged,
        // Kustomize looks only whether anything is left, and goes on with the old object.
        Fate::Replaced(_) => Outcome::Merged,
        Fate::Gone => Outcome::Deleted,
    })
}

/// The fields by which a patch says what it is for. Where it only says them again, they stay where they are: who wants
/// to change them has to begin there.
struct Names<'k, 's>(Vec<(&'k str, Value<'s>)>);

impl<'k, 's> Names<'k, 's> {
    fn of(value: &Value<'s>, keys: &[&'k str]) -> Self {
        let fields = keys
            .iter()
            .filter_map(|&key| Some((key, value.get(key)?.clone())));
        Self(fields.collect())
    }

    fn restore(self, value: &mut Value<'s>) {
        for (key, old) in self.0 {
            if value
                .get(key)
                .is_some_and(|new| *new == old && new.origin != old.origin)
            {
                value.set(key.to_owned(), old);
            }
        }
    }
}

/// What becomes of a value that a patch has something for.
enum Fate<'s> {
    /// It is the result, with the patch worked in.
    Kept,
    /// This takes its place.
    Replaced(Value<'s>),
    /// Nothing is left of it.
    Gone,
}

/// What becomes of a value that is walked for itself.
enum Settled<'s> {
    Same,
    Changed(Value<'s>),
    Gone,
}

impl<'s> Settled<'s> {
    fn or(self, same: &Value<'s>) -> Option<Value<'s>> {
        match self {
            Self::Same => Some(same.clone()),
            Self::Changed(value) => Some(value),
            Self::Gone => None,
        }
    }
}

/// What a value that is walked for itself is.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    /// A part of the object that the patch does not mention.
    Target,
    /// A part of the patch that the object has nothing for. Kustomize merges it with itself: directives in it count.
    Patch,
}

struct Merger<'a, 's> {
    schemas: &'a Schemas,
    /// The keys on the way to the current value, for messages.
    path: Vec<Text<'s>>,
}

impl<'a, 's> Merger<'a, 's> {
    fn merge(
        &mut self,
        target: &mut Value<'s>,
        patch: &mut Value<'s>,
        schema: Option<Schema<'a>>,
    ) -> Result<Fate<'s>> {
        if patch.is_null() {
            return Ok(Fate::Gone);
        }
        let schema = schema
            .or_else(|| self.schemas.of_object(target))
            .or_else(|| self.schemas.of_object(patch));
        if target.is_null() {
            let added = self.add(patch, schema)?;
            return Ok(added.map_or(Fate::Gone, |added| replaced(target, added)));
        }
        match (&target.content, &patch.content) {
            (Content::Map(_), Content::Map(_)) => self.merge_map(target, patch, schema),
            (Content::List(_), Content::List(_)) => match schema.and_then(Schema::merge_keys) {
                Some(keys) => self.merge_list(target, patch, schema, &keys),
                None => Ok(replaced(target, patch.clone())),
            },
            (Content::Scalar(old), Content::Scalar(new)) => {
                let scalar = in_style_of(old, new);
                // What names an object or an item, and what a patch repeats, stays where it is.
                if scalar == *old {
                    return Ok(Fate::Kept);
                }
                let origin = target.origin.replaced_by(patch.origin.span);
                let content = Content::Scalar(scalar);
                Ok(Fate::Replaced(Value { content, origin }))
            }
            _ => self.mismatch(target, patch),
        }
    }

    fn merge_map(
        &mut self,
        target: &mut Value<'s>,
        patch: &mut Value<'s>,
        schema: Option<Schema<'a>>,
    ) -> Result<Fate<'s>> {
        match Directive::take_from_map(patch)? {
            Directive::Delete => return Ok(Fate::Gone),
            Directive::Replace => {
                let patch = self.settle_map(patch, Side::Patch, schema)?.or(patch);
                return Ok(patch.map_or(Fate::Gone, |patch| replaced(target, patch)));
            }
            Directive::Merge => {}
        }
        if patch.entries().is_empty() {
            if let Settled::Changed(value) = self.settle_map(target, Side::Target, schema)? {
                *target = value;
            }
            return Ok(Fate::Kept);
        }
        target.origin.push(OriginStep::Merged, patch.origin.span);
        if let (Some(old), Some(new)) = (target.entries_mut(), patch.entries_mut()) {
            self.merge_entries(old, std::mem::take(new), schema)?;
        }
        Ok(Fate::Kept)
    }

    fn merge_entries(
        &mut self,
        target: &mut Vec<Entry<'s>>,
        patch: Vec<Entry<'s>>,
        schema: Option<Schema<'a>>,
    ) -> Result<()> {
        let names: Vec<Text<'s>> = patch.iter().map(|entry| entry.key.clone()).collect();
        let at: HashMap<&str, usize> = names
            .iter()
            .enumerate()
            .map(|(at, name)| (&**name, at))
            .collect();
        let mut patch: Vec<Option<Entry<'s>>> = patch.into_iter().map(Some).collect();
        for mut entry in std::mem::take(target) {
            let patch = at.get(&*entry.key).and_then(|&at| patch[at].take());
            let field = schema.and_then(|schema| schema.field(&entry.key));
            let left = match patch {
                Some(patch) => self.merge_entry(&mut entry, patch, field)?,
                None => match self
                    .settle(&entry.value, Side::Target, field)?
                    .or(&entry.value)
                {
                    Some(value) => {
                        entry.value = value;
                        true
                    }
                    None => false,
                },
            };
            if left {
                target.push(entry);
            }
        }
        for mut entry in patch.into_iter().flatten() {
            let field = schema.and_then(|schema| schema.field(&entry.key));
            if let Some(value) = self.add(&mut entry.value, field)? {
                target.push(Entry { value, ..entry });
            }
        }
        Ok(())
    }

    /// Whether anything is left of the entry.
    fn merge_entry(
        &mut self,
        target: &mut Entry<'s>,
        mut patch: Entry<'s>,
        schema: Option<Schema<'a>>,
    ) -> Result<bool> {
        self.path.push(target.key.clone());
        let fate = self.merge(&mut target.value, &mut patch.value, schema)?;
        self.path.pop();
        match fate {
            Fate::Kept => {}
            Fate::Replaced(value) => target.value = value,
            Fate::Gone => return Ok(false),
        }
        Ok(true)
    }

    /// What a part of the patch comes to where the object has nothing. Directives are taken out of the part.
    fn add(
        &mut self,
        patch: &mut Value<'s>,
        schema: Option<Schema<'a>>,
    ) -> Result<Option<Value<'s>>> {
        let schema = schema.or_else(|| self.schemas.of_object(patch));
        let settled = match &patch.content {
            Content::Scalar(_) if patch.is_null() => Settled::Gone,
            Content::Scalar(_) => Settled::Same,
            Content::Map(_) => match Directive::take_from_map(patch) {
                Ok(Directive::Delete) => Settled::Gone,
                // A directive that does not exist is no fault here, but one more key.
                _ => self.settle_map(patch, Side::Patch, schema)?,
            },
            Content::List(_) => match schema.and_then(Schema::merge_keys) {
                Some(keys) => self.settle_items(patch, Side::Patch, schema, &keys)?,
                None => Settled::Same,
            },
        };
        Ok(settled.or(patch))
    }

    fn settle(
        &mut self,
        value: &Value<'s>,
        side: Side,
        schema: Option<Schema<'a>>,
    ) -> Result<Settled<'s>> {
        match &value.content {
            Content::Scalar(scalar) if value.is_null() => Ok(match side {
                Side::Target if !scalar.text.is_empty() => Settled::Same,
                _ => Settled::Gone,
            }),
            Content::Scalar(_) => Ok(Settled::Same),
            Content::Map(_) if side == Side::Target => self.settle_map(value, side, schema),
            Content::Map(_) => {
                let mut left = value.clone();
                match Directive::take_from_map(&mut left)? {
                    Directive::Delete => Ok(Settled::Gone),
                    _ if left.entries().len() == value.entries().len() => {
                        self.settle_map(value, side, schema)
                    }
                    _ => {
                        let settled = self.settle_map(&left, side, schema)?.or(&left);
                        Ok(settled.map_or(Settled::Gone, Settled::Changed))
                    }
                }
            }
            Content::List(_) => match schema.and_then(Schema::merge_keys) {
                Some(keys) => self.settle_list(value, side, schema, &keys),
                None => Ok(Settled::Same),
            },
        }
    }

    /// Settles a map's entries. The map itself stays, even if it is left without any.
    fn settle_map(
        &mut self,
        map: &Value<'s>,
        side: Side,
        schema: Option<Schema<'a>>,
    ) -> Result<Settled<'s>> {
        let schema = schema.or_else(|| self.schemas.of_object(map));
        let entries = map.entries();
        let mut changed: Option<Vec<Entry<'s>>> = None;
        for (at, entry) in entries.iter().enumerate() {
            let field = schema.and_then(|schema| schema.field(&entry.key));
            let settled = self.settle(&entry.value, side, field)?;
            if changed.is_none() && !matches!(settled, Settled::Same) {
                changed = Some(entries[..at].to_vec());
            }
            if let (Some(changed), Some(value)) = (&mut changed, settled.or(&entry.value)) {
                changed.push(Entry {
                    value,
                    ..entry.clone()
                });
            }
        }
        Ok(changed.map_or(Settled::Same, |entries| {
            let (content, origin) = (Content::Map(entries.into()), map.origin.clone());
            Settled::Changed(Value { content, origin })
        }))
    }

    fn mismatch<T>(&self, target: &Value<'s>, patch: &Value<'s>) -> Result<T> {
        let (has, gives) = (kind(target), kind(patch));
        let place = self.place();
        let text = format!("the object has a {has} at `{place}`, and the patch a {gives}");
        Err(Fault::broken(text)
            .at(patch.origin.span)
            .help(format!(
                "write a {has}, or take the key away with `null` in a patch before this one"
            ))
            .related(target.origin.span, format!("the {has}")))
    }

    fn place(&self) -> String {
        let keys: Vec<&str> = self.path.iter().map(|key| &**key).collect();
        keys.join(".")
    }
}

/// Puts a part of the patch in the place of a part of the object.
fn replaced<'s>(target: &Value<'s>, by: Value<'s>) -> Fate<'s> {
    let origin = target.origin.replaced_by(by.origin.span);
    Fate::Replaced(Value { origin, ..by })
}

/// Kustomize keeps the quotes of what it replaces: `80` for `"80"` is still a string.
fn in_style_of<'s>(old: &Scalar<'_>, new: &Scalar<'s>) -> Scalar<'s> {
    Scalar {
        text: new.text.clone(),
        plain: new.plain && old.plain,
    }
}

fn kind(value: &Value<'_>) -> &'static str {
    match value.content {
        Content::Scalar(_) => "scalar",
        Content::List(_) => "list",
        Content::Map(_) => "map",
    }
}

/// A scalar's text, also that of `null`; nothing for all others. It is what kustomize compares.
fn raw<'v>(value: &'v Value<'_>) -> &'v str {
    match &value.content {
        Content::Scalar(scalar) => &scalar.text,
        _ => "",
    }
}

/// `null`, or a map or list without content.
fn is_void(value: &Value<'_>) -> bool {
    match &value.content {
        Content::Scalar(_) => value.is_null(),
        Content::List(items) => items.is_empty(),
        Content::Map(entries) => entries.is_empty(),
    }
}

/// The fault of an item that has another form than its list's other items.
fn misfit<T>(item: &Value<'_>, place: Span, expected: &str) -> Result<T> {
    let text = format!("a list that is merged has a {} among its items", kind(item));
    Err(Fault::broken(text)
        .at(place)
        .help(format!("make every item a {expected}"))
        .related(item.origin.span, "the item"))
}

#[cfg(test)]
mod tests;
