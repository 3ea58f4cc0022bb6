//! Types from an OpenAPI document, as a kustomization's `openapi.path` names one.

use std::collections::HashMap;

use crate::fault::{Fault, Result};
use crate::value::Value;

/// More references in a row than any document has; one that refers to itself ends here.
const MOST_REFERENCES: usize = 64;

/// A document's definitions.
#[derive(Debug)]
pub(super) struct Document {
    definitions: HashMap<String, Property>,
    /// The definition of an API version and a kind.
    kinds: HashMap<(String, String), String>,
}

/// What a definition or one of its fields says.
#[derive(Debug, Default)]
pub(super) struct Property {
    /// The keys of a list that is merged.
    pub(super) keys: Option<Vec<String>>,
    reference: Option<String>,
    fields: HashMap<String, Property>,
    /// What all fields are that have no entry of their own.
    others: Option<Box<Property>>,
    items: Option<Box<Property>>,
}

impl Document {
    pub(super) fn read(value: &Value<'_>) -> Result<Self> {
        if !value.is_map() {
            let text = "the schema is no OpenAPI document";
            return Err(Fault::broken(text)
                .at(value.origin.span)
                .help("write a map with `definitions`, as `kustomize openapi fetch` prints it"));
        }
        let mut document = Self {
            definitions: HashMap::new(),
            kinds: HashMap::new(),
        };
        let definitions = value.get("definitions").map_or(&[][..], Value::entries);
        for entry in definitions {
            let name = entry.key.to_string();
            for kind in entry
                .value
                .get("x-kubernetes-group-version-kind")
                .map_or(&[][..], Value::items)
            {
                document.kinds.insert(api_and_kind(kind)?, name.clone());
            }
            document
                .definitions
                .insert(name, Property::read(&entry.value));
        }
        Ok(document)
    }

    pub(super) fn of(&self, api_version: &str, kind: &str) -> Option<&Property> {
        let name = self.kinds.get(&(api_version.to_owned(), kind.to_owned()))?;
        self.definitions.get(name)
    }

    pub(super) fn field<'a>(&'a self, of: &'a Property, name: &str) -> Option<&'a Property> {
        self.resolve(of.fields.get(name).or(of.others.as_deref())?)
    }

    pub(super) fn items<'a>(&'a self, of: &'a Property) -> Option<&'a Property> {
        self.resolve(of.items.as_deref()?)
    }

    fn resolve<'a>(&'a self, mut property: &'a Property) -> Option<&'a Property> {
        for _ in 0..MOST_REFERENCES {
            let Some(reference) = &property.reference else {
                return Some(property);
            };
            property = self.definitions.get(reference)?;
        }
        None
    }
}

fn api_and_kind(value: &Value<'_>) -> Result<(String, String)> {
    let part = |name| value.get(name).and_then(Value::text);
    let (Some(version), Some(kind)) = (part("version"), part("kind")) else {
        return Err(
            Fault::broken("`x-kubernetes-group-version-kind` lacks a version or a kind")
                .at(value.origin.span)
                .help("give each of its items `group`, `version` and `kind`"),
        );
    };
    let api_version = match part("group") {
        None | Some("") => version.to_owned(),
        Some(group) => format!("{group}/{version}"),
    };
    Ok((api_version, kind.to_owned()))
}

impl Property {
    fn read(value: &Value<'_>) -> Self {
        let inner = |name| value.get(name).filter(|value| value.is_map());
        let boxed = |name| inner(name).map(|value| Box::new(Self::read(value)));
        let fields = inner("properties").map_or(&[][..], Value::entries);
        Self {
            keys: merge_keys(value),
            reference: value.get("$ref").and_then(Value::text).map(definition_name),
            fields: fields
                .iter()
                .map(|field| (field.key.to_string(), Self::read(&field.value)))
                .collect(),
            others: boxed("additionalProperties"),
            items: boxed("items")
                .filter(|_| value.get("type").and_then(Value::text) == Some("array")),
        }
    }
}

/// A list is merged if its strategy says so. Keys without a strategy say nothing, and several keys win over one.
fn merge_keys(value: &Value<'_>) -> Option<Vec<String>> {
    let strategy = value
        .get("x-kubernetes-patch-strategy")
        .and_then(Value::text)?;
    if !strategy.split(',').any(|part| part == "merge") {
        return None;
    }
    if let Some(keys) = value.get("x-kubernetes-list-map-keys") {
        let keys = keys.items().iter().filter_map(Value::text);
        return Some(keys.map(str::to_owned).collect());
    }
    let key = value
        .get("x-kubernetes-patch-merge-key")
        .and_then(Value::text);
    Some(key.map(str::to_owned).into_iter().collect())
}

fn definition_name(reference: &str) -> String {
    let name = reference
        .strip_prefix("#/definitions/")
        .unwrap_or(reference);
    name.replace("~1", "/").replace("~0", "~")
}
