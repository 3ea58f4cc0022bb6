//! Paths to fields, for kinds of objects: where a transformer sets what it sets.

use plimsoll_yaml::Span;

use super::object::Object;
use crate::{Fault, Origin, Result, Value};

/// Where a field stands in objects of a kind. Empty names match anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldSpec {
    /// API group.
    pub group: String,
    /// Version.
    pub version: String,
    /// Kind.
    pub kind: String,
    /// Names with `/` between them; `[]` behind one that is a list, `\/` for a slash in a name.
    pub path: String,
    /// Make the field where it is missing.
    pub create: bool,
}

/// What is made where a field is missing at the end of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Create {
    /// A scalar, null at first.
    Scalar,
    /// An empty map.
    Map,
    /// Nothing, whatever the path says.
    Nothing,
}

impl FieldSpec {
    /// Whether it is about an object.
    pub fn selects(&self, object: &Object<'_>) -> bool {
        object
            .gvk()
            .is_selected(&self.group, &self.version, &self.kind)
    }

    /// The names of the path.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for part in self.path.split('/') {
            match names.last_mut().filter(|last| last.ends_with('\\')) {
                Some(last) => {
                    last.pop();
                    last.push('/');
                    last.push_str(part);
                }
                None => names.push(part.to_owned()),
            }
        }
        names
    }

    /// Whether the path may lead somewhere: an object that lacks the first of its names has nothing there.
    pub(crate) fn may_lead(&self, object: &Value<'_>) -> bool {
        let first = self.path.split('/').next().unwrap_or_default();
        let plain = first.strip_suffix("[]").unwrap_or(first);
        first.ends_with('\\') || !object.is_map() || object.get(plain).is_some()
    }

    /// Calls a function on each field of an object that the path leads to. `by` is the place of what is made on the way.
    pub fn visit<'s>(
        &self,
        object: &mut Object<'s>,
        create: Create,
        by: Span,
        call: &mut dyn FnMut(&mut Value<'s>) -> Result<()>,
    ) -> Result<()> {
        if !self.selects(object) {
            return Ok(());
        }
        let create = if self.create { create } else { Create::Nothing };
        if create == Create::Nothing && !self.may_lead(&object.value) {
            return Ok(());
        }
        let names = self.names();
        // Nothing is copied for a path that leads nowhere.
        if create == Create::Nothing && !leads(&object.value, &names) {
            return Ok(());
        }
        let walk = Walk {
            path: &self.path,
            create,
            by,
        };
        walk.down(&mut object.value, &names, call)
    }
}

fn leads(value: &Value<'_>, names: &[String]) -> bool {
    let Some((name, rest)) = names.split_first() else {
        return true;
    };
    if value.is_list() {
        return value.items().iter().any(|item| leads(item, names));
    }
    // What is neither a list nor a map is a fault, which the walk reports.
    let plain = name.strip_suffix("[]").unwrap_or(name);
    !value.is_map() || value.get(plain).is_some_and(|child| leads(child, rest))
}

struct Walk<'a> {
    path: &'a str,
    create: Create,
    by: Span,
}

impl Walk<'_> {
    fn down<'s>(
        &self,
        value: &mut Value<'s>,
        names: &[String],
        call: &mut dyn FnMut(&mut Value<'s>) -> Result<()>,
    ) -> Result<()> {
        let Some((name, rest)) = names.split_first() else {
            return call(value);
        };
        if let Some(items) = value.items_mut() {
            return items
                .iter_mut()
                .try_for_each(|item| self.down(item, names, call));
        }
        // An item with nothing in it.
        if value.is_null() {
            return Ok(());
        }
        if !value.is_map() {
            let message = format!(
                "`{}` leads through something that is neither a map nor a list",
                self.path
            );
            return Err(Fault::broken(message).related(value.origin.span, "this"));
        }
        let (plain, is_list) = match name.strip_suffix("[]") {
            Some(plain) => (plain, true),
            None => (name.as_str(), false),
        };
        let make = !is_list && self.create != Create::Nothing;
        let kind = if rest.is_empty() {
            self.create
        } else {
            Create::Map
        };
        self.prepare(value, plain, make, kind);
        match value.get_mut(plain) {
            // A list that is written without items has none.
            Some(child) if is_list && child.is_null() => Ok(()),
            Some(child) if child.is_null() && !rest.is_empty() => Ok(()),
            Some(child) => self.down(child, rest, call),
            None => Ok(()),
        }
    }

    /// Makes a field that is missing, or a map of one that is null.
    fn prepare(&self, value: &mut Value<'_>, name: &str, make: bool, kind: Create) {
        let found = value.get(name);
        let absent = found.is_none();
        let null = found.is_some_and(Value::is_null);
        if (absent && make) || (null && make && kind == Create::Map) {
            let origin = Origin::at(self.by);
            let fresh = match kind {
                Create::Map => Value::map(origin),
                Create::Scalar | Create::Nothing => Value::plain("null", origin),
            };
            value.set(name.to_owned(), fresh);
        }
    }
}
