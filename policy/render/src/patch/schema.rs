//! Which lists a strategic merge patch merges, and by which keys: the Kubernetes API tells, or a document of one's own.

mod document;
mod table;

use crate::fault::Result;
use crate::value::Value;
use document::{Document, Property};
use table::{PLAIN, Type};

/// The types that patches are merged by.
#[derive(Debug)]
pub struct Schemas(Source);

#[derive(Debug)]
enum Source {
    Builtin,
    Document(Document),
}

/// A type of the API, or a field with its type.
#[derive(Clone, Copy, Debug)]
pub struct Schema<'a>(Place<'a>);

#[derive(Clone, Copy)]
enum Place<'a> {
    Builtin {
        keys: Option<&'static [&'static str]>,
        of: &'static Type,
    },
    Document(&'a Document, &'a Property),
}

impl std::fmt::Debug for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Builtin { keys, .. } => f
                .debug_struct("Builtin")
                .field("keys", keys)
                .finish_non_exhaustive(),
            Self::Document(_, property) => f.debug_tuple("Document").field(property).finish(),
        }
    }
}

impl Schemas {
    /// What kustomize has built in: the API of Kubernetes 1.21.2.
    pub fn builtin() -> Self {
        Self(Source::Builtin)
    }

    /// The types of an OpenAPI document. They take the place of what is built in: a kind that the document does not have
    /// is merged as an unknown one.
    pub fn read(document: &Value<'_>) -> Result<Self> {
        Document::read(document).map(|document| Self(Source::Document(document)))
    }

    /// The type of a kind.
    pub fn of(&self, api_version: &str, kind: &str) -> Option<Schema<'_>> {
        let place = match &self.0 {
            Source::Builtin => builtin(None, table::of(api_version, kind)?),
            Source::Document(document) => {
                Place::Document(document, document.of(api_version, kind)?)
            }
        };
        Some(Schema(place))
    }

    /// The type of an object by its own `apiVersion` and `kind`.
    pub fn of_object(&self, object: &Value<'_>) -> Option<Schema<'_>> {
        let text = |name| object.get(name).and_then(Value::text);
        self.of(text("apiVersion")?, text("kind")?)
    }
}

fn builtin(keys: Option<&'static [&'static str]>, of: &'static Type) -> Place<'static> {
    Place::Builtin { keys, of }
}

impl<'a> Schema<'a> {
    /// A field's type, if it is known.
    pub fn field(self, name: &str) -> Option<Self> {
        Some(Self(match self.0 {
            // Of a type of the API only fields are listed that matter; the others are known to have nothing to tell.
            Place::Builtin { of, .. } => {
                let field = of.0.iter().find(|field| field.name == name);
                field.map_or(builtin(None, &PLAIN), |field| builtin(field.keys, field.of))
            }
            Place::Document(document, of) => Place::Document(document, document.field(of, name)?),
        }))
    }

    /// The type of a list's items.
    pub fn items(self) -> Option<Self> {
        Some(Self(match self.0 {
            Place::Builtin { of, .. } => builtin(None, of),
            Place::Document(document, of) => Place::Document(document, document.items(of)?),
        }))
    }

    /// The keys by which items of a list are told apart if it is merged; none if its items are scalars, which stand for
    /// themselves. `None` if the list is replaced as a whole.
    pub fn merge_keys(self) -> Option<Vec<&'a str>> {
        match self.0 {
            Place::Builtin { keys, .. } => keys.map(<[_]>::to_vec),
            Place::Document(_, property) => {
                let keys = property.keys.as_ref()?;
                Some(keys.iter().map(String::as_str).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests;
