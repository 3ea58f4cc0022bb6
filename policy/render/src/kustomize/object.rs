//! One object on its way through a build, with what kustomize remembers of it.

use plimsoll_yaml::Span;

use super::id::{Gvk, Id};
use crate::{Origin, Text, Value};

/// What a generator does where an object of the name exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behavior {
    /// It is a fault.
    #[default]
    Create,
    /// The generated one takes its place.
    Replace,
    /// The generated one's data is added to it.
    Merge,
}

/// What kustomize remembers of an object while it builds: where it can be found by names it had before, and what is to
/// be done at the end.
#[derive(Clone, Debug, Default)]
pub struct History<'s> {
    /// Names it had, the oldest first. Kind and name as they were, the namespace as it counted.
    pub previous: Vec<Id<'s>>,
    /// Prefixes that were put before its name, the first first.
    pub prefixes: Vec<Text<'s>>,
    /// Suffixes that were put behind its name, the first first.
    pub suffixes: Vec<Text<'s>>,
    /// Its name gets the hash of its data in the end.
    pub needs_hash: bool,
    /// What it does to an object of its name, if a generator made it.
    pub behavior: Behavior,
    /// Objects that name it.
    pub referred_by: Vec<Id<'s>>,
    /// Variables that read it.
    pub variables: Vec<Text<'s>>,
    /// Kustomize would have written annotations for its own use by now, so that there is a map of them to patch.
    pub annotated: bool,
    /// The entries by which it was taken in, from the kustomization nearest to it outwards.
    pub taken_in_by: Vec<Span>,
}

/// One object.
#[derive(Clone, Debug)]
pub struct Object<'s> {
    /// The whole object. Nothing, an empty map, once a patch has deleted it.
    pub value: Value<'s>,
    /// What kustomize remembers of it.
    pub history: History<'s>,
}

impl<'s> Object<'s> {
    /// An object as it stands in a file.
    pub fn new(value: Value<'s>) -> Self {
        Self {
            value,
            history: History::default(),
        }
    }

    fn shared(&self, keys: &[&str]) -> Text<'s> {
        let text = self.value.at(keys).and_then(Value::shared_text);
        text.cloned().unwrap_or_default()
    }

    /// Group, version and kind.
    pub fn gvk(&self) -> Gvk<'s> {
        Gvk::new(&self.shared(&["apiVersion"]), self.shared(&["kind"]))
    }

    /// `kind`.
    pub fn kind(&self) -> &str {
        self.value
            .get("kind")
            .and_then(Value::text)
            .unwrap_or_default()
    }

    /// `metadata.name`.
    pub fn name(&self) -> &str {
        let name = self.value.at(&["metadata", "name"]);
        name.and_then(Value::text).unwrap_or_default()
    }

    /// `metadata.namespace`.
    pub fn namespace(&self) -> &str {
        let namespace = self.value.at(&["metadata", "namespace"]);
        namespace.and_then(Value::text).unwrap_or_default()
    }

    /// What names it now.
    pub fn id(&self) -> Id<'s> {
        Id {
            gvk: self.gvk(),
            name: self.shared(&["metadata", "name"]),
            namespace: self.shared(&["metadata", "namespace"]),
        }
    }

    /// What named it before, the oldest first; group and version are those it has now.
    pub fn previous_ids(&self) -> impl Iterator<Item = Id<'s>> + '_ {
        let now = self.gvk();
        self.history.previous.iter().map(move |id| Id {
            gvk: Gvk {
                kind: id.gvk.kind.clone(),
                ..now.clone()
            },
            ..id.clone()
        })
    }

    /// What named it first.
    pub fn original_id(&self) -> Id<'s> {
        self.previous_ids().next().unwrap_or_else(|| self.id())
    }

    /// Whether one of the names it has or had is accepted.
    pub fn any_id(&self, mut accepts: impl FnMut(&Id<'s>) -> bool) -> bool {
        accepts(&self.id()) || self.previous_ids().any(|id| accepts(&id))
    }

    /// Remembers the names it has now, before they change.
    pub fn remember(&mut self) {
        let id = self.id();
        let namespace = id.canonical().namespace;
        self.history.previous.push(Id { namespace, ..id });
        self.history.annotated = true;
    }

    /// Nothing is left of it.
    pub fn is_deleted(&self) -> bool {
        self.value.is_null() || (self.value.is_map() && self.value.entries().is_empty())
    }

    /// One annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.value.at(&["metadata", "annotations", key])?.text()
    }

    /// Sets `metadata.name` or `metadata.namespace` to a text; `by` is the place to change from then on.
    pub fn set_metadata(&mut self, key: &'static str, text: impl Into<Text<'s>>, by: Span) {
        let Some(metadata) = self.value.map_at("metadata", by) else {
            return;
        };
        match metadata.get_mut(key) {
            Some(value) => value.replace_text(text, by),
            None => metadata.set(key, Value::string(text, Origin::at(by))),
        }
    }

    /// Sets an annotation.
    pub fn annotate(&mut self, key: &str, text: impl Into<Text<'s>>, by: Span) {
        let metadata = self.value.map_at("metadata", by);
        let annotations = metadata.and_then(|metadata| metadata.map_at("annotations", by));
        if let Some(annotations) = annotations {
            annotations.set(key.to_owned(), Value::string(text, Origin::at(by)));
        }
    }
}
