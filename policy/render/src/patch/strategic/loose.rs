//! Lists that are merged though their items are not told apart cleanly: a key is missing, empty or there twice.
//!
//! What becomes of such a list follows from the order of kustomize's steps alone, so they are walked one by one. That is
//! quadratic, which is why it ends at [`MOST_ITEMS`].

use plimsoll_yaml::Span;

use super::directive::Directive;
use super::list::Other;
use super::{Fate, Merger, Settled, Side, is_void, misfit, raw};
use crate::fault::{Fault, FaultKind, Result};
use crate::patch::schema::Schema;
use crate::value::{Origin, Value};

/// The most items that such lists may have together.
const MOST_ITEMS: usize = 4096;

/// The texts of an item's keys; empty where there is none. A scalar is told apart by its own text.
type Texts = Vec<String>;

/// Merges a list item by item. `place` is the patch's list, or the list itself.
pub(super) fn combine<'a, 's>(
    merger: &mut Merger<'a, 's>,
    target: Vec<Value<'s>>,
    other: Other<'s>,
    of: Option<Schema<'a>>,
    keys: &[&str],
    place: Span,
) -> Result<Vec<Value<'s>>> {
    let keys = if keys.is_empty() { &[""] } else { keys };
    let mut lists = Lists { target, other };
    let found = lists.texts(keys);
    if found.len() > MOST_ITEMS {
        return too_many(found.len(), keys, place);
    }
    let found = agree(found);
    let used: Vec<usize> = (0..keys.len())
        .filter(|&key| found.iter().any(|texts| !texts[key].is_empty()))
        .collect();
    let used = if used.is_empty() {
        (0..keys.len()).collect()
    } else {
        used
    };
    let keys: Vec<&str> = used.iter().map(|&key| keys[key]).collect();
    let mut items = Vec::new();
    for texts in &found {
        let texts: Texts = used.iter().map(|&key| texts[key].clone()).collect();
        let item = lists.merge(merger, &keys, &texts, of)?;
        match item.filter(|item| !is_nothing(item)) {
            Some(item) => put(&mut items, Some(&item), &keys, &texts, place)?,
            None => put(&mut lists.target, None, &keys, &texts, place)?,
        }
    }
    if found.is_empty() {
        return Ok(lists.target);
    }
    for item in &lists.target {
        append(&mut items, item, &keys, place)?;
    }
    Ok(items)
}

fn too_many<T>(count: usize, keys: &[&str], place: Span) -> Result<T> {
    let text = format!("a list of {count} items is merged, and some of them cannot be told apart");
    Err(Fault::new(FaultKind::Limit, text).at(place).help(format!(
        "give every item a `{}` of its own",
        keys.join("` and `")
    )))
}

struct Lists<'s> {
    target: Vec<Value<'s>>,
    other: Other<'s>,
}

impl<'s> Lists<'s> {
    /// What tells the items apart, each once: first those of the patch.
    fn texts(&self, keys: &[&str]) -> Vec<Texts> {
        let patch = match &self.other {
            Other::Patch(patch) => &patch[..],
            Other::Nothing | Other::Same => &[],
        };
        let mut seen = std::collections::HashSet::new();
        let all = patch
            .iter()
            .chain(&self.target)
            .map(|item| texts(item, keys));
        all.filter(|texts| seen.insert(texts.clone())).collect()
    }

    /// Merges the items that have these texts. What is merged takes the place of the item it comes from.
    fn merge<'a>(
        &mut self,
        merger: &mut Merger<'a, 's>,
        keys: &[&str],
        texts: &[String],
        of: Option<Schema<'a>>,
    ) -> Result<Option<Value<'s>>> {
        let at = find(&self.target, keys, texts);
        let in_patch = match &self.other {
            Other::Patch(patch) => find(patch, keys, texts),
            Other::Nothing | Other::Same => None,
        };
        match (at, in_patch, &mut self.other) {
            (Some(at), Some(in_patch), Other::Patch(patch)) => {
                // It may be found once more; its directive counts but once.
                let mut item = patch[in_patch].clone();
                let fate = merger.merge(&mut self.target[at], &mut item, of)?;
                Directive::take_from_map(&mut patch[in_patch])?;
                Ok(match fate {
                    Fate::Kept => Some(complete(&mut self.target[at], keys, texts)),
                    Fate::Replaced(by) => Some(by),
                    Fate::Gone => None,
                })
            }
            (None, Some(in_patch), Other::Patch(patch)) => {
                let Some(added) = merger.add(&mut patch[in_patch], of)? else {
                    return Ok(None);
                };
                patch[in_patch] = added;
                Ok(Some(complete(&mut patch[in_patch], keys, texts)))
            }
            (Some(at), _, other) => {
                let side = match other {
                    Other::Same => Side::Patch,
                    _ => Side::Target,
                };
                match merger.settle(&self.target[at], side, of)? {
                    Settled::Same => {}
                    Settled::Changed(value) => self.target[at] = value,
                    Settled::Gone => {
                        // It may not be found to be taken out.
                        Directive::take_from_map(&mut self.target[at])?;
                        return Ok(None);
                    }
                }
                Ok(Some(complete(&mut self.target[at], keys, texts)))
            }
            (None, _, _) => Ok(None),
        }
    }
}

fn texts(item: &Value<'_>, keys: &[&str]) -> Texts {
    if keys == [""] {
        return vec![raw(item).to_owned()];
    }
    let text = |key: &&str| {
        item.get(key)
            .filter(|value| !is_void(value))
            .map_or("", raw)
            .to_owned()
    };
    keys.iter().map(text).collect()
}

/// Lets items that may be the same one agree on their texts: those that have one in common, and differ only where one has
/// none. A port without a protocol is the port with one.
fn agree(mut found: Vec<Texts>) -> Vec<Texts> {
    for a in 0..found.len() {
        let first = found[a].clone();
        if first.len() < 2 {
            break;
        }
        for b in 0..found.len() {
            if let Some(both) = same(&first, &found[b]) {
                found[a].clone_from(&both);
                found[b] = both;
            }
        }
    }
    found
}

fn same(a: &Texts, b: &Texts) -> Option<Texts> {
    let mut common = false;
    let mut both = Texts::with_capacity(a.len());
    for (a, b) in a.iter().zip(b) {
        common |= a == b;
        if a != b && !a.is_empty() && !b.is_empty() {
            return None;
        }
        both.push(if a.is_empty() { b.clone() } else { a.clone() });
    }
    common.then_some(both)
}

/// The first item with these texts. Keys without a text do not count, unless none has one.
fn find(items: &[Value<'_>], keys: &[&str], texts: &[String]) -> Option<usize> {
    if keys == [""] {
        return items.iter().position(|item| raw(item) == texts[0]);
    }
    let all = texts.iter().all(String::is_empty);
    let wanted: Vec<(&str, &str)> = keys
        .iter()
        .zip(texts)
        .filter(|(_, text)| all || !text.is_empty())
        .map(|(key, text)| (*key, &**text))
        .collect();
    let has = |item: &Value<'_>, (key, text)| item.get(key).is_some_and(|value| raw(value) == text);
    items
        .iter()
        .position(|item| wanted.iter().all(|&wanted| has(item, wanted)))
}

/// Gives an item the keys by which it was found, if it lacks any.
fn complete<'s>(item: &mut Value<'s>, keys: &[&str], texts: &[String]) -> Value<'s> {
    if item.is_map() {
        for (key, text) in keys.iter().zip(texts) {
            if !text.is_empty() && item.get(key).is_none() {
                let origin = Origin::at(item.origin.span);
                item.set((*key).to_owned(), Value::plain(text.clone(), origin));
            }
        }
    }
    item.clone()
}

/// What is no item: `null`, or a map without entries.
fn is_nothing(item: &Value<'_>) -> bool {
    !item.is_list() && is_void(item)
}

/// Puts an item in the place of all that match, or at the end if none does; with no item it takes them out. Void items
/// are dropped on the way, and if there is no text to compare all that do not match, too.
fn put<'s>(
    items: &mut Vec<Value<'s>>,
    item: Option<&Value<'s>>,
    keys: &[&str],
    texts: &[String],
    place: Span,
) -> Result<()> {
    let of_maps = !keys[0].is_empty() && texts.first().is_some_and(|text| !text.is_empty());
    let mut matched = false;
    for old in std::mem::take(items) {
        if is_nothing(&old) {
            continue;
        }
        if of_maps && !old.is_map() {
            items.push(old);
        } else if !matches(&old, keys, texts, place)? {
            if !texts.is_empty() {
                items.push(old);
            }
        } else {
            matched = true;
            items.extend(item.cloned());
        }
    }
    if let (Some(item), false) = (item.filter(|item| !item.is_null()), matched) {
        items.push(item.clone());
    }
    Ok(())
}

/// Whether an item has a value at each key, and those texts that there are.
fn matches(item: &Value<'_>, keys: &[&str], texts: &[String], place: Span) -> Result<bool> {
    if keys == [""] {
        let own = item.text().unwrap_or_default();
        if item.is_map() || item.is_list() {
            return misfit(item, place, "scalar");
        }
        return Ok(texts.first().is_some_and(|text| text == own));
    }
    if texts.is_empty() {
        return Ok(false);
    }
    if !item.is_map() {
        return misfit(item, place, "map");
    }
    let has = |(key, text): (&&str, &String)| {
        item.get(key)
            .is_some_and(|value| text.is_empty() || raw(value) == text)
    };
    Ok(keys.iter().zip(texts).all(has))
}

/// Puts an item of the object over what has been merged.
fn append<'s>(
    items: &mut Vec<Value<'s>>,
    item: &Value<'s>,
    keys: &[&str],
    place: Span,
) -> Result<()> {
    if keys == [""] {
        return put(items, Some(item), keys, &[raw(item).to_owned()], place);
    }
    if !item.is_map() && !item.is_null() {
        return misfit(item, place, "map");
    }
    let mut texts = Texts::new();
    for key in keys {
        match item.get(key) {
            Some(value) => texts.push(raw(value).to_owned()),
            // As kustomize does, though the item is put once more below.
            None => items.push(item.clone()),
        }
    }
    if keys.len() > 1 {
        put(items, None, keys, &texts, place)?;
    }
    put(items, Some(item), keys, &texts, place)
}
