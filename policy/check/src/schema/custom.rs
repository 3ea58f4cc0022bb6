//! Custom kinds, as the `CustomResourceDefinition`s of the repository describe them.
//!
//! A definition's schemas are read when the first object of its kind asks, and only that of the version asked for.

mod bounds;
mod junction;
mod read;
mod walk;

use std::sync::OnceLock;

use foldhash::HashMap;
use plimsoll_yaml::Node;

use super::fault::Fault;
use crate::naming::{has_placeholder, shortened};
use crate::{Inventory, Kind, Resource};
use read::Schema;

/// What the repository defines, by kind.
#[derive(Debug)]
pub(crate) struct CustomKinds<'s>(HashMap<&'s str, Vec<CustomKind<'s>>>);

/// A kind of one definition. A repository may hold several of one kind: for other clusters, or out of date.
#[derive(Debug)]
struct CustomKind<'s> {
    group: &'s str,
    /// The name of the definition.
    definition: &'s str,
    versions: Vec<Version<'s>>,
}

#[derive(Debug)]
struct Version<'s> {
    name: &'s str,
    served: bool,
    written: Option<Node<'s>>,
    read: OnceLock<Schema<'s>>,
}

impl<'s> CustomKinds<'s> {
    pub(crate) fn new(inventory: &Inventory<'s>) -> Self {
        let mut kinds: HashMap<&str, Vec<_>> = HashMap::default();
        for definition in inventory.of_kind(Kind::CustomResourceDefinition) {
            // The versions before left out what is asked for here, and no API server takes them any more.
            if definition.api_version != "apiextensions.k8s.io/v1" {
                continue;
            }
            if let Some((kind, custom)) = read_kind(definition) {
                kinds.entry(kind).or_default().push(custom);
            }
        }
        Self(kinds)
    }

    /// What of an object its definition does not take; `None` if there is no definition, or none with a schema.
    pub(super) fn faults(&self, resource: &Resource<'s>) -> Option<Vec<Fault<'s>>> {
        // An object that one of them takes is right where that one is.
        let all = self.of(resource).filter_map(|kind| kind.faults(resource));
        all.min_by_key(Vec::len)
    }

    /// Whether there is a schema for an object.
    pub(super) fn describes(&self, resource: &Resource<'_>) -> bool {
        self.of(resource)
            .filter_map(|kind| kind.version(resource))
            .any(|version| version.written.is_some())
    }

    fn of(&self, resource: &Resource<'_>) -> impl Iterator<Item = &CustomKind<'s>> {
        let group = resource.group();
        let named = self.0.get(resource.kind_name).into_iter().flatten();
        named.filter(move |kind| kind.group == group)
    }
}

fn read_kind<'s>(definition: &Resource<'s>) -> Option<(&'s str, CustomKind<'s>)> {
    let text = |path| definition.field(path).and_then(Node::text);
    let versions = definition.field("spec.versions")?.items();
    let versions = versions.filter_map(|version| {
        Some(Version {
            name: version.get("name")?.text()?,
            served: version.get("served").and_then(Node::bool) == Some(true),
            written: version
                .at(&["schema", "openAPIV3Schema"])
                .filter(|schema| schema.is_mapping()),
            read: OnceLock::new(),
        })
    });
    let kind = CustomKind {
        group: text("spec.group")?,
        definition: definition.name,
        versions: versions.collect(),
    };
    Some((text("spec.names.kind")?, kind))
}

impl<'s> CustomKind<'s> {
    fn version(&self, resource: &Resource<'_>) -> Option<&Version<'s>> {
        let own = resource.api_version.rsplit('/').next()?;
        self.versions.iter().find(|version| version.name == own)
    }

    /// `None` if there is nothing to hold the object against.
    fn faults(&self, resource: &Resource<'s>) -> Option<Vec<Fault<'s>>> {
        match self.version(resource) {
            Some(version) if version.served => {
                let schema = version.read.get_or_init(|| Schema::read(version.written));
                version.written?;
                Some(walk::faults(schema, resource))
            }
            _ if has_placeholder(resource.api_version) => None,
            _ => Some(self.unserved(resource).into_iter().collect()),
        }
    }

    /// The object is of a version that its definition does not serve.
    fn unserved(&self, resource: &Resource<'s>) -> Option<Fault<'s>> {
        let served: Vec<_> = self
            .versions
            .iter()
            .filter(|version| version.served)
            .map(|version| format!("`{}/{}`", self.group, version.name))
            .collect();
        let message = format!(
            "`{}` {} is not served: {} serves {}",
            shortened(resource.api_version),
            shortened(resource.kind_name),
            shortened(self.definition),
            if served.is_empty() {
                "none".to_owned()
            } else {
                served.join(", ")
            }
        );
        let help = served.first().map(|version| {
            let version = version.trim_matches('`');
            format!("write `apiVersion: {version}`; fields may differ")
        });
        Some(Fault::new(resource.node.get("apiVersion")?, message).helped(help))
    }
}
