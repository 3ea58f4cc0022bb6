//! Lists whose items must differ by a key.

use foldhash::{HashMap, HashMapExt};

use super::fault::{Fault, Value};
use crate::naming::{has_placeholder, shortened};

/// Items that have the keys of one before them; `keys` have commas between them.
pub(super) fn twins<'s>(list: Value<'s>, keys: &'static str) -> Vec<Fault<'s>> {
    let mut faults = Vec::new();
    if list.node.items().nth(1).is_none() {
        return faults;
    }
    let mut seen = HashMap::with_capacity(8);
    for item in list.node.items() {
        let values = keys.split(',').map(|key| item.get(key)?.text());
        let Some(values) = values.collect::<Option<Vec<_>>>() else {
            continue;
        };
        if values.iter().any(|value| has_placeholder(value)) {
            continue;
        }
        let first = *seen.entry(values.clone()).or_insert(item);
        if first.id() != item.id() {
            let pairs = keys.split(',').zip(values);
            let shown: Vec<_> = pairs
                .map(|(key, value)| format!("`{key}: {}`", shortened(value)))
                .collect();
            let message = format!("two items of `{}` have {}", list.field, shown.join(" and "));
            faults.push(Fault::new(item, message).beside(first, "the first is this"));
        }
    }
    faults
}
