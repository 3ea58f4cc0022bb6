//! Schemas that are made of others: all of them, one of them, none of them.

use plimsoll_yaml::Node;

use super::read::Schema;

/// The schemas that a value is held against besides its own.
#[derive(Debug)]
pub(super) struct Junction<'s> {
    pub(super) all: Vec<Schema<'s>>,
    pub(super) any: Vec<Schema<'s>>,
    pub(super) one: Vec<Schema<'s>>,
    pub(super) not: Option<Schema<'s>>,
}

impl<'s> Junction<'s> {
    /// `None` if there are none, as for most.
    pub(super) fn read(schema: Node<'s>) -> Option<Self> {
        let some = ["allOf", "anyOf", "oneOf", "not"];
        if !schema.entries().any(|entry| some.contains(&entry.name())) {
            return None;
        }
        let list = |key| {
            let schemas = schema.get(key).into_iter().flat_map(Node::items);
            schemas.map(|schema| Schema::read(Some(schema))).collect()
        };
        Some(Self {
            all: list("allOf"),
            any: list("anyOf"),
            one: list("oneOf"),
            not: schema.get("not").map(|schema| Schema::read(Some(schema))),
        })
    }
}
