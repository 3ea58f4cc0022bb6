//! The types that fields of built-in kinds have, and which values are of other types.
//!
//! Null is of every type: decoding takes it for an absent field. Labels, annotations, names and quantities have rules of
//! their own, which look at their values; here they are only maps.

mod advice;
mod kinds;
mod table;

use plimsoll_yaml::{Kind as Type, Node};

pub(crate) use advice::advice;

use crate::naming::has_placeholder;
use crate::{Kind, Resource};

/// The type of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Text.
    String,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A port or a share: a whole number, or text.
    Either,
    /// A map whose values another rule looks at.
    Map,
    /// A map of strings.
    Strings,
    /// A list of strings.
    List,
    /// A map of fields.
    Object(&'static Fields),
    /// A list of maps of fields.
    Objects(&'static Fields),
}

/// The fields of a map that are looked at, by type.
#[derive(Debug)]
pub(crate) struct Fields {
    strings: &'static [&'static str],
    numbers: &'static [&'static str],
    booleans: &'static [&'static str],
    either: &'static [&'static str],
    lists: &'static [&'static str],
    others: &'static [(&'static str, Shape)],
}

impl Fields {
    const NONE: Self = Self {
        strings: &[],
        numbers: &[],
        booleans: &[],
        either: &[],
        lists: &[],
        others: &[],
    };

    fn shape(&self, field: &str) -> Option<Shape> {
        let plain = [
            (self.strings, Shape::String),
            (self.numbers, Shape::Number),
            (self.booleans, Shape::Boolean),
            (self.either, Shape::Either),
            (self.lists, Shape::List),
        ];
        let other = || {
            self.others
                .iter()
                .find(|(name, _)| *name == field)
                .map(|(_, shape)| *shape)
        };
        plain
            .iter()
            .find(|(names, _)| names.contains(&field))
            .map(|(_, shape)| *shape)
            .or_else(other)
    }
}

impl Shape {
    /// The word for it in messages, with its article.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Number => "a whole number",
            Self::Boolean => "a boolean",
            Self::Either => "a whole number or a string",
            Self::Map | Self::Strings | Self::Object(_) => "a map",
            Self::List | Self::Objects(_) => "a list",
        }
    }

    fn fits(self, node: Node<'_>) -> bool {
        match self {
            Self::String => node.kind() == Type::Str,
            Self::Number => node.int().is_some(),
            Self::Boolean => node.kind() == Type::Bool,
            Self::Either => node.kind() == Type::Str || node.int().is_some(),
            Self::Map | Self::Strings | Self::Object(_) => node.is_mapping(),
            Self::List | Self::Objects(_) => node.is_sequence(),
        }
    }
}

/// A value of another type than its field has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Misfit<'s> {
    /// The value.
    pub(crate) node: Node<'s>,
    /// The key under which it stands, or its list.
    pub(crate) field: &'s str,
    /// It is an item of the list of that name.
    pub(crate) item: bool,
    /// What is expected.
    pub(crate) shape: Shape,
}

/// The values of an object that the API server cannot decode.
pub(crate) fn misfits<'s>(resource: &Resource<'s>) -> Vec<Misfit<'s>> {
    let mut found = Vec::new();
    if let Some(of_kind) = kinds::of_kind(resource.kind) {
        fields(resource.node, of_kind, &mut found);
    }
    let template = match resource.kind.pod_template() {
        Some(".") | None => None,
        Some(path) => resource.field(path),
    };
    // A Pod is its own template, so its metadata is walked with the rest of it.
    let known = match resource.kind {
        Kind::Pod => &table::POD,
        _ => &table::OBJECT,
    };
    fields(resource.node, known, &mut found);
    if let Some(template) = template {
        fields(template, &table::POD, &mut found);
    }
    found
}

fn fields<'s>(node: Node<'s>, known: &'static Fields, found: &mut Vec<Misfit<'s>>) {
    for entry in node.entries() {
        if let Some(shape) = known.shape(entry.name()) {
            value(
                Misfit {
                    node: entry.value,
                    field: entry.name(),
                    item: false,
                    shape,
                },
                found,
            );
        }
    }
}

fn value<'s>(candidate: Misfit<'s>, found: &mut Vec<Misfit<'s>>) {
    let Misfit {
        node, field, shape, ..
    } = candidate;
    if !shape.fits(node) {
        if !node.is_null() && !node.text().is_some_and(has_placeholder) {
            found.push(candidate);
        }
        return;
    }
    let item = |node, shape| Misfit {
        node,
        field,
        item: true,
        shape,
    };
    match shape {
        Shape::Object(known) => fields(node, known, found),
        Shape::Objects(known) => node
            .items()
            .for_each(|child| value(item(child, Shape::Object(known)), found)),
        Shape::List => node
            .items()
            .for_each(|child| value(item(child, Shape::String), found)),
        Shape::Strings => node.entries().for_each(|entry| {
            let field = entry.name();
            value(
                Misfit {
                    node: entry.value,
                    field,
                    item: false,
                    shape: Shape::String,
                },
                found,
            );
        }),
        Shape::String | Shape::Number | Shape::Boolean | Shape::Either | Shape::Map => {}
    }
}
