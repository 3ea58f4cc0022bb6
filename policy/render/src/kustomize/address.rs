//! Places inside an object, found before anything is changed, so that what stays as it is is not copied.

use crate::{Fault, Result, Value};

/// The position of an entry or item on each level, from the top.
pub(crate) type Address = Vec<usize>;

/// The children of a value, in order.
fn child<'v, 's>(value: &'v Value<'s>, at: usize) -> Option<&'v Value<'s>> {
    if value.is_map() {
        value.entries().get(at).map(|entry| &entry.value)
    } else {
        value.items().get(at)
    }
}

/// The value at an address.
pub(crate) fn get<'v, 's>(value: &'v Value<'s>, address: &[usize]) -> Option<&'v Value<'s>> {
    address
        .iter()
        .try_fold(value, |value, at| child(value, *at))
}

/// The value at an address, to change.
pub(crate) fn get_mut<'v, 's>(
    mut value: &'v mut Value<'s>,
    address: &[usize],
) -> Option<&'v mut Value<'s>> {
    for at in address {
        value = if value.is_map() {
            &mut value.entries_mut()?.get_mut(*at)?.value
        } else {
            value.items_mut()?.get_mut(*at)?
        };
    }
    Some(value)
}

/// Where the names of a field specification lead, through lists as well; nothing is made on the way.
pub(crate) fn find(value: &Value<'_>, names: &[String]) -> Result<Vec<Address>> {
    let mut found = Vec::new();
    walk(value, names, &mut Vec::new(), &mut found)?;
    Ok(found)
}

fn walk(
    value: &Value<'_>,
    names: &[String],
    here: &mut Address,
    found: &mut Vec<Address>,
) -> Result<()> {
    let Some((name, rest)) = names.split_first() else {
        found.push(here.clone());
        return Ok(());
    };
    if value.is_list() {
        for (at, item) in value.items().iter().enumerate() {
            here.push(at);
            walk(item, names, here, found)?;
            here.pop();
        }
        return Ok(());
    }
    // An item with nothing in it.
    if value.is_null() {
        return Ok(());
    }
    if !value.is_map() {
        let message = format!(
            "`{}` leads through something that is neither a map nor a list",
            names.join("/")
        );
        return Err(Fault::broken(message).at(value.origin.span));
    }
    let name = name.strip_suffix("[]").unwrap_or(name);
    let position = value.entries().iter().position(|entry| *entry.key == *name);
    let Some(at) = position else { return Ok(()) };
    let child = &value.entries()[at].value;
    if child.is_null() {
        return Ok(());
    }
    here.push(at);
    walk(child, rest, here, found)?;
    here.pop();
    Ok(())
}
