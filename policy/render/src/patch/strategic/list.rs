//! Lists that are merged item by item: by keys, or as sets of scalars.

use std::collections::{HashMap, HashSet};

use plimsoll_yaml::OriginStep;

use super::directive::Directive;
use super::{Fate, Merger, Names, Settled, Side, loose, replaced};
use crate::fault::Result;
use crate::patch::schema::Schema;
use crate::value::{Content, Value};

/// What a list is merged with.
pub(super) enum Other<'s> {
    /// Nothing: the patch does not mention it.
    Nothing,
    /// Itself: it is a part of the patch that the object has nothing for.
    Same,
    /// The patch's list.
    Patch(Vec<Value<'s>>),
}

impl<'a, 's> Merger<'a, 's> {
    pub(super) fn merge_list(
        &mut self,
        target: &mut Value<'s>,
        patch: &mut Value<'s>,
        schema: Option<Schema<'a>>,
        keys: &[&str],
    ) -> Result<Fate<'s>> {
        match Directive::take_from_list(patch)? {
            Directive::Delete => return Ok(Fate::Gone),
            Directive::Replace => {
                let patch = self
                    .settle_items(patch, Side::Patch, schema, keys)?
                    .or(patch);
                return Ok(patch.map_or(Fate::Gone, |patch| replaced(target, patch)));
            }
            Directive::Merge => {}
        }
        target.origin.push(OriginStep::Merged, patch.origin.span);
        let place = patch.origin.span;
        if let (Some(old), Some(new)) = (target.items_mut(), patch.items_mut()) {
            let items = schema.and_then(Schema::items);
            let (old_items, new_items) = (std::mem::take(old), std::mem::take(new));
            *old = match shape(&old_items, &new_items, keys) {
                Some(shape) => self.join(old_items, new_items, items, keys, &shape)?,
                None => {
                    loose::combine(self, old_items, Other::Patch(new_items), items, keys, place)?
                }
            };
        }
        Ok(Fate::Kept)
    }

    pub(super) fn settle_list(
        &mut self,
        list: &Value<'s>,
        side: Side,
        schema: Option<Schema<'a>>,
        keys: &[&str],
    ) -> Result<Settled<'s>> {
        let mut left = list.clone();
        if side == Side::Patch {
            match Directive::take_from_list(&mut left)? {
                Directive::Delete => return Ok(Settled::Gone),
                _ if left.items().len() == list.items().len() => {}
                _ => {
                    let settled = self.settle_items(&left, side, schema, keys)?.or(&left);
                    return Ok(settled.map_or(Settled::Gone, Settled::Changed));
                }
            }
        }
        self.settle_items(list, side, schema, keys)
    }

    /// Settles a list's items. The list itself stays, even if it is left without any.
    pub(super) fn settle_items(
        &mut self,
        list: &Value<'s>,
        side: Side,
        schema: Option<Schema<'a>>,
        keys: &[&str],
    ) -> Result<Settled<'s>> {
        let of = schema.and_then(Schema::items);
        let (items, place) = (list.items(), list.origin.span);
        let changed = if let Some(shape) = shape(items, &[], keys) {
            let kept = |item: &Value<'s>| side == Side::Patch && shape.hides(item, keys);
            self.settle_each(items, side, of, kept)?
        } else {
            let other = match side {
                Side::Target => Other::Nothing,
                Side::Patch => Other::Same,
            };
            Some(loose::combine(
                self,
                items.to_vec(),
                other,
                of,
                keys,
                place,
            )?)
        };
        Ok(changed.map_or(Settled::Same, |items| {
            let (content, origin) = (Content::List(items.into()), list.origin.clone());
            Settled::Changed(Value { content, origin })
        }))
    }

    /// The items, if any of them changed.
    fn settle_each(
        &mut self,
        items: &[Value<'s>],
        side: Side,
        of: Option<Schema<'a>>,
        kept: impl Fn(&Value<'s>) -> bool,
    ) -> Result<Option<Vec<Value<'s>>>> {
        let mut changed: Option<Vec<Value<'s>>> = None;
        for (at, item) in items.iter().enumerate() {
            let mut settled = self.settle(item, side, of)?;
            if matches!(settled, Settled::Gone) && kept(item) {
                let mut item = item.clone();
                Directive::take_from_map(&mut item)?;
                settled = Settled::Changed(item);
            }
            if changed.is_none() && !matches!(settled, Settled::Same) {
                changed = Some(items[..at].to_vec());
            }
            if let Some(changed) = &mut changed {
                changed.extend(settled.or(item));
            }
        }
        Ok(changed)
    }

    /// Merges lists whose items are told apart cleanly.
    fn join(
        &mut self,
        target: Vec<Value<'s>>,
        patch: Vec<Value<'s>>,
        of: Option<Schema<'a>>,
        keys: &[&str],
        shape: &Shape,
    ) -> Result<Vec<Value<'s>>> {
        let ids: Vec<Id> = target.iter().map(|item| Id::of(item, keys)).collect();
        let at: HashMap<&Id, usize> = ids.iter().zip(0..).collect();
        let mut merged = vec![false; target.len()];
        let mut target: Vec<Option<Value<'s>>> = target.into_iter().map(Some).collect();
        let mut joined = Vec::with_capacity(target.len() + patch.len());
        for mut item in patch {
            let Some(&at) = at.get(&Id::of(&item, keys)) else {
                joined.extend(self.add(&mut item, of)?);
                continue;
            };
            merged[at] = true;
            let slot = &mut target[at];
            if let Some(old) = slot {
                // Kustomize puts the old item over what would take its place.
                let names = Names::of(old, keys);
                let gone = matches!(self.merge(old, &mut item, of)?, Fate::Gone);
                names.restore(old);
                if gone && !shape.hides(old, keys) {
                    *slot = None;
                }
            }
            if !shape.old_behind_new {
                joined.extend(slot.take());
            }
        }
        for (item, merged) in target.into_iter().zip(merged) {
            match item {
                Some(item) if merged => joined.push(item),
                Some(item) => joined.extend(self.settle(&item, Side::Target, of)?.or(&item)),
                None => {}
            }
        }
        Ok(joined)
    }
}

/// How two lists whose items are told apart cleanly are put together.
struct Shape {
    /// All of the object's items go behind the patch's new ones. Otherwise items of both go where the patch has them, and
    /// only the rest goes behind.
    old_behind_new: bool,
}

impl Shape {
    /// Whether an item is not found to be taken out: it lacks keys that other items have.
    fn hides(&self, item: &Value<'_>, keys: &[&str]) -> bool {
        self.old_behind_new && keys[1..].iter().any(|key| item.get(key).is_none())
    }
}

/// The shape of two lists, if in each of them every item is told apart from all others, and items that share the first key
/// either all have the other keys, or are alone and have none.
fn shape(target: &[Value<'_>], patch: &[Value<'_>], keys: &[&str]) -> Option<Shape> {
    let mut complete = HashMap::new();
    for list in [target, patch] {
        let mut seen = HashSet::new();
        for item in list {
            let id = id(item, keys)?;
            let full = id.len() == keys.len().max(1);
            if *complete.entry(id[0]).or_insert(full) != full || !seen.insert(id) {
                return None;
            }
        }
    }
    let old_behind_new = keys.len() > 1 && complete.into_values().any(|full| full);
    Some(Shape { old_behind_new })
}

/// What tells an item apart: the text of its keys, or its own. Only the first key has to be there.
fn id<'v>(item: &'v Value<'_>, keys: &[&str]) -> Option<Vec<&'v str>> {
    let text = |value: &'v Value<'_>| value.text().filter(|text| !text.is_empty());
    let Some((first, others)) = keys.split_first() else {
        return Some(vec![text(item)?]);
    };
    let mut id = vec![text(item.get(first)?)?];
    for key in others {
        if let Some(value) = item.get(key) {
            id.push(text(value)?);
        }
    }
    (id.len() == 1 || id.len() == keys.len()).then_some(id)
}

/// As [`id`], of one's own: the item can be changed while it is kept.
#[derive(PartialEq, Eq, Hash)]
struct Id(Vec<Box<str>>);

impl Id {
    fn of(item: &Value<'_>, keys: &[&str]) -> Self {
        let id = id(item, keys).unwrap_or_default();
        Self(id.into_iter().map(Box::from).collect())
    }
}
