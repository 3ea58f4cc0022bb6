//! A structural schema, read out of `openAPIV3Schema`.

use plimsoll_yaml::Node;

use super::bounds::Bounds;
use super::junction::Junction;

/// What a value must be.
#[derive(Debug, Default)]
pub(super) struct Schema<'s> {
    pub(super) kind: Type,
    pub(super) flags: Flags,
    /// Sorted by name.
    properties: Vec<(&'s str, Schema<'s>)>,
    /// What stands under any other name.
    pub(super) values: Option<Box<Schema<'s>>>,
    pub(super) items: Option<Box<Schema<'s>>>,
    pub(super) required: Vec<&'s str>,
    pub(super) unique: Unique<'s>,
    /// The values that may stand there; all, if none is named.
    pub(super) words: Vec<Node<'s>>,
    pub(super) bounds: Option<Box<Bounds<'s>>>,
    pub(super) junction: Option<Box<Junction<'s>>>,
}

/// The JSON type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Type {
    #[default]
    Any,
    Text,
    Integer,
    Number,
    Boolean,
    IntOrString,
    Array,
    Object,
}

/// What is said with yes or no.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flags {
    pub(super) nullable: bool,
    /// It may have fields that are not named.
    pub(super) open: bool,
    /// It is an object with `apiVersion`, `kind` and `metadata`.
    pub(super) embedded: bool,
    /// The API server fills it in where it is absent.
    pub(super) defaulted: bool,
}

/// By what the items of a list must differ.
#[derive(Debug, Default)]
pub(super) enum Unique<'s> {
    #[default]
    Nothing,
    Value,
    Keys(Vec<Key<'s>>),
}

/// A key of a list's items, with the value that an absent one stands for.
#[derive(Debug)]
pub(super) struct Key<'s> {
    pub(super) name: &'s str,
    pub(super) absent: Option<&'s str>,
}

impl<'s> Schema<'s> {
    /// Reads a schema; what is absent takes everything.
    pub(super) fn read(node: Option<Node<'s>>) -> Self {
        let mut schema = Self::default();
        for entry in node.into_iter().flat_map(Node::entries) {
            schema.keyword(entry.name(), entry.value);
        }
        if let Some(node) = node {
            schema.bounds = Bounds::read(node).map(Box::new);
            schema.junction = Junction::read(node).map(Box::new);
            schema.unique = Unique::read(node);
        }
        schema.properties.sort_by_key(|(name, _)| *name);
        schema
    }

    /// The schema of a field that is named.
    pub(super) fn property(&self, name: &str) -> Option<&Self> {
        let at = self
            .properties
            .binary_search_by(|(own, _)| (*own).cmp(name));
        Some(&self.properties[at.ok()?].1)
    }

    /// The names of the fields.
    pub(super) fn names(&self) -> impl Iterator<Item = &'s str> + Clone {
        self.properties.iter().map(|(name, _)| *name)
    }

    fn keyword(&mut self, name: &str, value: Node<'s>) {
        let set = value.bool() == Some(true);
        match name {
            "type" if self.kind != Type::IntOrString => self.kind = Type::parse(value),
            "x-kubernetes-int-or-string" if set => self.kind = Type::IntOrString,
            "x-kubernetes-preserve-unknown-fields" => self.flags.open |= set,
            "x-kubernetes-embedded-resource" => self.flags.embedded = set,
            "nullable" => self.flags.nullable = set,
            "default" => self.flags.defaulted = true,
            "properties" => {
                let properties = value.entries();
                self.properties = properties
                    .map(|entry| (entry.name(), Self::read(Some(entry.value))))
                    .collect();
            }
            "additionalProperties" if value.is_mapping() => {
                self.values = Some(Box::new(Self::read(Some(value))));
            }
            "additionalProperties" => self.flags.open |= set,
            "items" => self.items = Some(Box::new(Self::read(Some(value)))),
            "required" => self.required = value.items().filter_map(Node::text).collect(),
            "enum" => self.words = value.items().collect(),
            _ => {}
        }
    }
}

impl<'s> Unique<'s> {
    fn read(node: Node<'s>) -> Self {
        let list_type = node.get("x-kubernetes-list-type").and_then(Node::text);
        match (list_type, node.get("x-kubernetes-list-map-keys")) {
            (Some("set"), _) => Self::Value,
            (Some("map"), Some(keys)) => {
                let properties = node.at(&["items", "properties"]);
                let key = |name| Key {
                    name,
                    absent: properties
                        .and_then(|properties| properties.at(&[name, "default"]))
                        .and_then(Node::text),
                };
                Self::Keys(keys.items().filter_map(Node::text).map(key).collect())
            }
            _ => Self::Nothing,
        }
    }
}

impl Type {
    fn parse(node: Node<'_>) -> Self {
        match node.text() {
            Some("string") => Self::Text,
            Some("integer") => Self::Integer,
            Some("number") => Self::Number,
            Some("boolean") => Self::Boolean,
            Some("array") => Self::Array,
            Some("object") => Self::Object,
            _ => Self::Any,
        }
    }
}
