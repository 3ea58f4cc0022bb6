//! The fields that a target's path leads to; missing ones are made if it says so.

use plimsoll_yaml::Span;

use crate::kustomize::address::{Address, get_mut};
use crate::kustomize::path::{condition, index, mismatch, raw};
use crate::kustomize::selector::{Ends, Pattern};
use crate::{Content, Fault, Origin, Result, Value};

/// The text of a scalar that was just made and gets its value at once. No source can have it.
pub(super) const NEW: &str = "\0";

/// What is made at the end of a path.
pub(super) struct Make {
    shape: Shape,
    by: Span,
}

#[derive(Clone, Copy)]
enum Shape {
    Scalar,
    List,
    Map,
}

impl Make {
    /// Something that can hold a value.
    pub(super) fn like(value: &Value<'_>, by: Span) -> Self {
        let shape = match value.content {
            Content::Scalar(_) => Shape::Scalar,
            Content::List(_) => Shape::List,
            Content::Map(_) => Shape::Map,
        };
        Self { shape, by }
    }

    /// What a part of a path leads into: the parts behind it say whether that is a list or a map.
    fn before<'s>(&self, rest: &[String]) -> Value<'s> {
        let origin = Origin::at(self.by);
        let shape = match rest.first() {
            Some(next) if next.starts_with('[') && next.ends_with(']') => Shape::List,
            Some(next) if position(next).is_some() => Shape::List,
            Some(_) => Shape::Map,
            None => self.shape,
        };
        match shape {
            Shape::Scalar => Value::plain(NEW, origin),
            Shape::List => Value::list(Vec::new(), origin),
            Shape::Map => Value::map(origin),
        }
    }
}

/// Where the fields stand that a path leads to; `None` if they were to be made in what is null, where kustomize makes
/// nothing, and says nothing.
pub(super) fn find(
    root: &mut Value<'_>,
    parts: &[String],
    make: Option<&Make>,
) -> Result<Option<Vec<Address>>> {
    let mut found = Vec::new();
    let lost = match make {
        Some(make) => grow(root, parts, make)?,
        None => false,
    };
    walk(root, parts, &mut Vec::new(), &mut found)?;
    Ok((!lost || !found.is_empty()).then_some(found))
}

/// Follows a path in what is there.
fn walk(
    value: &Value<'_>,
    parts: &[String],
    here: &mut Address,
    found: &mut Vec<Address>,
) -> Result<()> {
    let Some((part, rest)) = parts.split_first() else {
        found.push(here.clone());
        return Ok(());
    };
    for at in steps(value, part)? {
        let child = match &value.content {
            Content::Map(entries) => &entries[at].value,
            Content::List(items) => &items[at],
            Content::Scalar(_) => continue,
        };
        // Behind an item that is named by its text, nothing is looked for.
        let rest = if part.starts_with("[=") {
            &[][..]
        } else {
            rest
        };
        here.push(at);
        walk(child, rest, here, found)?;
        here.pop();
    }
    Ok(())
}

/// The index that a part is; a negative number is a name.
fn position(part: &str) -> Option<usize> {
    usize::try_from(index(part)?).ok()
}

/// The positions that one part of a path leads to.
fn steps(value: &Value<'_>, part: &str) -> Result<Vec<usize>> {
    if let Some(at) = position(part) {
        let count = items(value, part)?.len();
        if at < count {
            return Ok(vec![at]);
        }
        let message = format!("a path has the index {at}, and the list has {count} items");
        return Err(Fault::broken(message)
            .help("count from 0")
            .related(value.origin.span, "this list"));
    }
    if let Some((field, pattern)) = condition(part)? {
        let pattern = Pattern::new(pattern, Ends::Open)?;
        let fits = |item: &Value<'_>| match field {
            "" => !item.is_map() && !item.is_list() && pattern.matches(raw(item).trim()),
            _ => item
                .get(field)
                .is_some_and(|value| pattern.matches(raw(value).trim())),
        };
        let items = items(value, part)?.iter().enumerate();
        return Ok(items
            .filter(|(_, item)| fits(item))
            .map(|(at, _)| at)
            .collect());
    }
    if part == "*" {
        return Ok((0..items(value, part)?.len()).collect());
    }
    if value.is_null() {
        return Ok(Vec::new());
    }
    if !value.is_map() {
        return mismatch(value, part, "a map");
    }
    let at = value.entries().iter().position(|entry| *entry.key == *part);
    Ok(at.into_iter().collect())
}

fn items<'v, 's>(value: &'v Value<'s>, part: &str) -> Result<&'v [Value<'s>]> {
    if value.is_list() || value.is_null() {
        return Ok(value.items());
    }
    mismatch(value, part, "a list")
}

/// Makes what a path leads through and to, where it is missing. True if it ended in something that is null.
fn grow(value: &mut Value<'_>, parts: &[String], make: &Make) -> Result<bool> {
    let Some((part, rest)) = parts.split_first() else {
        return Ok(false);
    };
    if value.is_null() {
        return Ok(true);
    }
    if value.is_list() {
        append(value, part, rest, make)?;
    } else if value.is_map() && !is_of_list(part)? && value.get(part).is_none() {
        value.set(part.clone(), make.before(rest));
    }
    if part.starts_with("[=") {
        return Ok(false);
    }
    let mut lost = false;
    for at in steps(value, part)? {
        if let Some(child) = get_mut(value, &[at]) {
            lost |= grow(child, rest, make)?;
        }
    }
    Ok(lost)
}

fn is_of_list(part: &str) -> Result<bool> {
    Ok(position(part).is_some() || part == "*" || condition(part)?.is_some())
}

/// Adds the item that a path names, if the list has none such.
fn append(list: &mut Value<'_>, part: &str, rest: &[String], make: &Make) -> Result<()> {
    let origin = || Origin::at(make.by);
    let item = if let Some((field, text)) = condition(part)? {
        if !steps(list, part)?.is_empty() {
            return Ok(());
        }
        let text = Value::plain(text.to_owned(), origin());
        if field.is_empty() {
            text
        } else {
            let mut item = Value::map(origin());
            item.set(field.to_owned(), text);
            item
        }
    } else if position(part) == Some(list.items().len()) {
        make.before(rest)
    } else {
        return Ok(());
    };
    if let Some(items) = list.items_mut() {
        items.push(item);
    }
    Ok(())
}
