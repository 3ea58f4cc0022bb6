//! JSON pointers, and the way along them.

use std::sync::Arc;

use plimsoll_yaml::Span;

use crate::fault::{Fault, FaultKind, Result};
use crate::scalar::{Json, json};
use crate::value::{Content, Value};

/// Keys that a message names at most.
const MOST_NAMES: usize = 8;

/// How deep operations may nest values: more than any object does, and less than walking them can bear.
pub(super) const MOST_DEPTH: usize = 256;

pub(super) fn too_deep<T>() -> Result<T> {
    Err(Fault::new(
        FaultKind::Limit,
        "the patch nests values too deeply",
    ))
}

/// Where a value stands, or is to stand.
pub(super) struct Pointer<'v> {
    /// As it is written.
    pub(super) text: &'v str,
    /// Where it is written.
    pub(super) span: Span,
    parts: Vec<String>,
}

/// What a patch may still cost: every look at an entry and every item moved counts, and every value copied.
pub(super) struct Budget(u64);

impl Budget {
    pub(super) fn new() -> Self {
        Self(50_000_000)
    }

    pub(super) fn spend(&mut self, steps: usize) -> Result<()> {
        match self.0.checked_sub(steps as u64 + 1) {
            Some(left) => {
                self.0 = left;
                Ok(())
            }
            None => Err(Fault::new(
                FaultKind::Limit,
                "the patch takes too many steps",
            )),
        }
    }
}

impl<'v> Pointer<'v> {
    /// A pointer. Kustomize passes over whatever is written before the first slash.
    pub(super) fn read(value: &'v Value<'_>) -> Option<Self> {
        let Content::Scalar(scalar) = &value.content else {
            return None;
        };
        if !matches!(json(scalar), Json::Str(_)) {
            return None;
        }
        let unescaped = |part: &str| part.replace("~1", "/").replace("~0", "~");
        let parts = scalar.text.split('/').skip(1).map(unescaped).collect();
        Some(Self {
            text: &scalar.text,
            span: value.origin.span,
            parts,
        })
    }

    /// Whether it stands for the whole object.
    pub(super) fn is_root(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn depth(&self) -> usize {
        self.parts.len()
    }

    /// The map or list in which its place is, and the key there.
    pub(super) fn parent<'m, 's>(
        &self,
        root: &'m mut Value<'s>,
        budget: &mut Budget,
    ) -> Result<(&'m mut Value<'s>, &str)> {
        let Some((last, way)) = self.parts.split_last() else {
            return self.missing("Begin the path with `/`".to_owned());
        };
        if way.len() > MOST_DEPTH {
            return too_deep();
        }
        let mut value = root;
        for (depth, part) in way.iter().enumerate() {
            budget.spend(value.entries().len())?;
            let Some(at) = position(value, part) else {
                return self.missing(there(value, &self.parts[..depth]));
            };
            value = match &mut value.content {
                Content::Map(entries) => &mut Arc::make_mut(entries)[at].value,
                Content::List(items) => &mut Arc::make_mut(items)[at],
                Content::Scalar(_) => return self.missing(String::new()),
            };
        }
        budget.spend(value.entries().len())?;
        if matches!(value.content, Content::Scalar(_)) {
            return self.missing(there(value, way));
        }
        Ok((value, last))
    }

    /// The fault of a place that is not there.
    pub(super) fn missing<T>(&self, help: String) -> Result<T> {
        let text = format!("the object has no `{}`", self.text);
        Err(Fault::broken(text).at(self.span).help(help))
    }

    /// As [`Self::missing`], where the last key is what is not there.
    pub(super) fn missing_in<T>(&self, parent: &Value<'_>) -> Result<T> {
        let way = self.parts.split_last().map_or(&[][..], |(_, way)| way);
        self.missing(there(parent, way))
    }
}

/// Where a key stands in a map, or which item of a list a number means: from the end if it is negative.
pub(super) fn position(value: &Value<'_>, key: &str) -> Option<usize> {
    match &value.content {
        Content::Map(entries) => entries.iter().position(|entry| &*entry.key == key),
        Content::List(items) => index(key, items.len()),
        Content::Scalar(_) => None,
    }
}

/// The number of an item among so many.
pub(super) fn index(key: &str, count: usize) -> Option<usize> {
    let number: i64 = key.parse().ok()?;
    let count = i64::try_from(count).ok()?;
    let number = if number < 0 { number + count } else { number };
    usize::try_from(number).ok().filter(|_| number < count)
}

/// What there is to choose from.
fn there(value: &Value<'_>, way: &[String]) -> String {
    let escaped = |part: &String| part.replace('~', "~0").replace('/', "~1");
    let path: Vec<String> = way.iter().map(escaped).collect();
    let path = match &path[..] {
        [] => "The object".to_owned(),
        path => format!("`/{}`", path.join("/")),
    };
    match &value.content {
        Content::Map(entries) if entries.is_empty() => format!("{path} is an empty map"),
        Content::Map(entries) => {
            let names = entries
                .iter()
                .take(MOST_NAMES)
                .map(|entry| format!("`{}`", &*entry.key));
            let names: Vec<String> = names.collect();
            let more = if entries.len() > MOST_NAMES {
                " and more"
            } else {
                ""
            };
            format!("{path} has {}{more}", names.join(", "))
        }
        Content::List(items) if items.len() == 1 => format!("{path} is a list of 1 item, `0`"),
        Content::List(items) => {
            format!("{path} is a list of {} items, counted from 0", items.len())
        }
        Content::Scalar(_) if value.is_null() => format!("{path} is null"),
        Content::Scalar(_) => format!("{path} is a scalar"),
    }
}
