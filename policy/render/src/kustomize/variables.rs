//! `vars`: `$(NAME)` in some fields stands for the value of a field of another object.
//!
//! Source: `types/var.go`, `filters/refvar` and `accumulator/resaccumulator.go` of kustomize's `api`.

mod expand;

use std::collections::HashMap;

use plimsoll_yaml::{OriginStep, Span};

use self::expand::{Expanded, Put};
use super::address::{self, Address};
use super::config::Config;
use super::fieldspec::FieldSpec;
use super::id::{Gvk, Id};
use super::objects::Objects;
use super::path;
use crate::{At, Content, Fault, Json, Result, Scalar, Text, Value, json};

/// One variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable<'s> {
    /// Its name, as in `$(NAME)`.
    pub name: Text<'s>,
    /// The object its value is of; an empty namespace stands for any.
    pub object: Id<'s>,
    /// The field its value is of.
    pub path: Text<'s>,
    /// Its entry in the kustomization.
    pub span: Span,
}

impl<'s> Variable<'s> {
    /// Reads an entry of `vars`.
    pub fn read(entry: &Value<'s>) -> Result<Self> {
        let span = entry.origin.span;
        let text = |keys: &[&str]| {
            let value = entry.at(keys).and_then(Value::shared_text);
            value.cloned().unwrap_or_default()
        };
        let name = text(&["name"]);
        if name.is_empty() {
            let fault = Fault::broken("a variable has no `name`");
            return Err(fault
                .help("write the name that stands in `$(NAME)`")
                .at(span));
        }
        let kind = text(&["objref", "kind"]);
        let stated = Gvk::new(&text(&["objref", "apiVersion"]), kind);
        let or = |first: Text<'s>, key| {
            if first.is_empty() {
                text(&["objref", key])
            } else {
                first
            }
        };
        let path = text(&["fieldref", "fieldPath"]);
        Ok(Self {
            name,
            object: Id {
                gvk: Gvk {
                    group: or(stated.group, "group"),
                    version: or(stated.version, "version"),
                    kind: stated.kind,
                },
                name: text(&["objref", "name"]),
                namespace: text(&["objref", "namespace"]),
            },
            path: if path.is_empty() {
                Text::Source("metadata.name")
            } else {
                path
            },
            span,
        })
    }
}

/// The variables of a build.
#[derive(Clone, Debug, Default)]
pub struct Variables<'s> {
    /// In no order that means anything; no name twice.
    pub list: Vec<Variable<'s>>,
}

impl<'s> Variables<'s> {
    /// Takes in a kustomization's own variables: the objects they are of are marked with their names.
    pub fn define(&mut self, incoming: Vec<Variable<'s>>, objects: &mut Objects<'s>) -> Result<()> {
        for variable in &incoming {
            let wanted = &variable.object;
            let any_namespace = wanted.namespace.is_empty() && !wanted.gvk.is_cluster_scoped();
            let found = objects
                .matching(|id| wanted.same_but_namespace(id) && (any_namespace || wanted.same(id)));
            match found.as_slice() {
                [] => {}
                [at] => {
                    let history = &mut objects.list[*at].history;
                    history.variables.push(variable.name.clone());
                }
                several => return ambiguous(variable, several, objects),
            }
        }
        self.merge(incoming)
    }

    /// Takes in the variables of a base.
    pub fn merge(&mut self, incoming: Vec<Variable<'s>>) -> Result<()> {
        for variable in incoming {
            if let Some(first) = self.list.iter().find(|known| known.name == variable.name) {
                let message = format!("the variable `{}` is defined twice", variable.name);
                return Err(Fault::broken(message)
                    .help(
                        "define it once, where all that use it take it in, or give it another name",
                    )
                    .at(variable.span)
                    .related(first.span, "it is defined here first"));
            }
            self.list.push(variable);
        }
        Ok(())
    }
}

fn ambiguous<T>(variable: &Variable<'_>, found: &[usize], objects: &Objects<'_>) -> Result<T> {
    let message = format!(
        "the variable `{}` is of {}, which {} objects could be",
        variable.name,
        variable.object,
        found.len()
    );
    let fault = Fault::broken(message)
        .help("write the `namespace` of the object that is meant in `objref`")
        .at(variable.span);
    let found = found.iter().map(|at| &objects.list[*at]);
    Err(found.fold(fault, |fault, object| {
        fault.related(object.value.origin.span, object.id().to_string())
    }))
}

/// Puts the variables' values where they are used.
pub fn resolve<'s>(
    objects: &mut Objects<'s>,
    variables: &Variables<'s>,
    config: &Config,
) -> Result<()> {
    if variables.list.is_empty() {
        return Ok(());
    }
    let mut values = HashMap::new();
    for variable in &variables.list {
        values.insert(&*variable.name, value_of(variable, objects)?);
    }
    let fields: Vec<_> = config.variables.iter().map(|f| (f, f.names())).collect();
    for object in &mut objects.list {
        let gvk = object.gvk();
        for (field, names) in &fields {
            if !gvk.is_selected(&field.group, &field.version, &field.kind) {
                continue;
            }
            let found = address::find(&object.value, names);
            for place in found.at(object.value.origin.span)? {
                put(&mut object.value, &place, field, &values)?;
            }
        }
    }
    Ok(())
}

/// A variable's value.
fn value_of<'s>(variable: &Variable<'s>, objects: &Objects<'s>) -> Result<Put<'s>> {
    let marked =
        |object: &&super::object::Object<'s>| object.history.variables.contains(&variable.name);
    let Some(object) = objects.list.iter().find(marked) else {
        let message = format!(
            "the variable `{}` is of {}, which is not there",
            variable.name, variable.object
        );
        return Err(Fault::absent(message)
            .help("take the object in, or name one that is there in `objref`")
            .at(variable.span));
    };
    let parts = with_indexes(path::split(&variable.path));
    let found = path::lookup(&object.value, &parts).at(variable.span)?;
    let field = found.and_then(|found| address::get(&object.value, &found));
    let put = field.and_then(|field| scalar_of(field, variable.span));
    put.ok_or_else(|| {
        let message = format!(
            "`{}`, which the variable `{}` is of, is not there in {}",
            variable.path,
            variable.name,
            object.id()
        );
        Fault::broken(message)
            .help("write the path of a field that is there in `fieldref.fieldPath`")
            .at(variable.span)
    })
}

/// `name[0]` becomes `name` and `0`.
fn with_indexes(parts: Vec<String>) -> Vec<String> {
    let mut split = Vec::new();
    for part in parts {
        match part
            .strip_suffix(']')
            .and_then(|part| part.rsplit_once('['))
        {
            Some((name, index)) if !name.is_empty() && path::index(index).is_some() => {
                split.extend([name.to_owned(), index.to_owned()]);
            }
            _ => split.push(part),
        }
    }
    split
}

/// What is put in for a field. `None` for a number that Go's own reader does not take, which is a fault there as well.
fn scalar_of<'s>(field: &Value<'s>, by: Span) -> Option<Put<'s>> {
    let span = field.origin.span;
    let Content::Scalar(scalar) = &field.content else {
        return Some(Put::nothing(span, by));
    };
    let plain = |text: String| Scalar {
        text: text.into(),
        plain: true,
    };
    let decimal = || scalar.text.parse::<i64>().ok();
    let text = match json(scalar) {
        Json::Int(_) => plain(decimal()?.to_string()),
        Json::Bool(value) => plain(value.to_string()),
        Json::Float(_) => return Some(Put::float(scalar.text.parse().ok()?, span, by)),
        Json::Null | Json::Str(_) => Scalar {
            text: scalar.text.clone(),
            plain: false,
        },
    };
    Some(Put::scalar(text, span, by))
}

/// Expands the field at an address, or the texts right below it.
fn put<'s>(
    root: &mut Value<'s>,
    place: &[usize],
    spec: &FieldSpec,
    values: &HashMap<&str, Put<'s>>,
) -> Result<()> {
    let Some(field) = address::get(root, place) else {
        return Ok(());
    };
    let mut changes: Vec<(Address, Expanded<'s>)> = Vec::new();
    let mut expand = |value: &Value<'s>, address: Address| {
        if let Some(text) = string(value).filter(|text| text.contains('$')) {
            changes.extend(expand::expand(text, values).map(|expanded| (address, expanded)));
        }
    };
    let below = |at| [place, &[at]].concat();
    match &field.content {
        Content::Scalar(_) => expand(field, place.to_vec()),
        Content::Map(entries) => {
            let entries = entries.iter().enumerate();
            entries.for_each(|(at, entry)| expand(&entry.value, below(at)));
        }
        Content::List(items) => {
            for (at, item) in items.iter().enumerate() {
                if string(item).is_none() {
                    let message = format!(
                        "`{}` is a list whose items are not all texts, and variables are put into texts only",
                        spec.path
                    );
                    return Err(Fault::broken(message)
                        .help(
                            "put quotes around the item, or leave the field out of `varReference`",
                        )
                        .at(item.origin.span));
                }
                expand(item, below(at));
            }
        }
    }
    for (address, expanded) in changes {
        if let Some(value) = address::get_mut(root, &address) {
            substitute(value, expanded);
        }
    }
    Ok(())
}

fn string<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    match &value.content {
        Content::Scalar(scalar) if matches!(json(scalar), Json::Str(_)) => Some(&scalar.text),
        _ => None,
    }
}

/// The value now stands where the first of the fields stands that it comes from.
fn substitute<'s>(value: &mut Value<'s>, expanded: Expanded<'s>) {
    let content = Content::Scalar(expanded.scalar);
    match expanded.from.split_first() {
        Some((first, others)) => {
            value.replace(content, first.field);
            for other in others {
                value.origin.push(OriginStep::By, other.field);
            }
            value.origin.push(OriginStep::By, first.variable);
        }
        // Only `$$` was in it: it stands where it stood.
        None => value.content = content,
    }
}

#[cfg(test)]
mod tests;
