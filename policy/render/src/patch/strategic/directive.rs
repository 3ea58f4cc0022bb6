//! `$patch`: what to do with a map, or with the list that has an item of nothing else.

use super::{is_void, raw};
use crate::fault::{Fault, Result};
use crate::value::Value;

const KEY: &str = "$patch";

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Directive {
    Merge,
    Delete,
    Replace,
}

impl Directive {
    fn read(value: &Value<'_>) -> Result<Self> {
        match raw(value) {
            "merge" => Ok(Self::Merge),
            "delete" => Ok(Self::Delete),
            "replace" => Ok(Self::Replace),
            other => Err(Fault::broken(format!("`$patch` has no value `{other}`"))
                .at(value.origin.span)
                .help("write `delete`, `replace` or `merge`")),
        }
    }

    /// A map's directive, which is taken out of it.
    pub(super) fn take_from_map(map: &mut Value<'_>) -> Result<Self> {
        let Some(value) = map.get(KEY) else {
            return Ok(Self::Merge);
        };
        let directive = Self::read(value)?;
        map.remove(KEY);
        Ok(directive)
    }

    /// A list's directive: its first item that has one, if that has nothing else. All items with that directive are taken
    /// out of the list.
    pub(super) fn take_from_list(list: &mut Value<'_>) -> Result<Self> {
        let Some(item) = list.items().iter().find(|item| item.get(KEY).is_some()) else {
            return Ok(Self::Merge);
        };
        let (1, Some(value)) = (item.entries().len(), item.get(KEY)) else {
            return Ok(Self::Merge);
        };
        let (directive, text) = (Self::read(value)?, raw(value).to_owned());
        if let Some(items) = list.items_mut() {
            let said = |item: &Value<'_>| item.get(KEY).is_some_and(|value| raw(value) == text);
            items.retain(|item| !said(item) && (!is_void(item) || item.is_list()));
        }
        Ok(directive)
    }
}
