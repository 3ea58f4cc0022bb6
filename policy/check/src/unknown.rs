//! Kinds that nobody here says anything about: one entry each, however many clusters have objects of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use foldhash::HashSet;
use plimsoll_yaml::{Node, Sources, Span};

use crate::config::Config;
use crate::deployed::RootIndex;
use crate::kind::{BUILT_IN_GROUPS, FAMILIAR_GROUPS};
use crate::report::{NotChecked, Reason};
use crate::{Inventory, Kind, Resource, ResourceName};

/// Group and kind, with the objects that are of it.
#[derive(Debug, Default)]
pub(crate) struct UnknownKinds(BTreeMap<(String, String), BTreeSet<Object>>);

/// Where an object stands, and what it is called where it is deployed.
type Object = (Span, Option<RootIndex>, Arc<ResourceName>);

impl UnknownKinds {
    /// Takes in the objects of one cluster.
    pub(crate) fn add(&mut self, inventory: &Inventory<'_>, config: &Config) {
        let defined: HashSet<_> = inventory
            .of_kind(Kind::CustomResourceDefinition)
            .filter_map(defined_kind)
            .collect();
        for resource in inventory.of_kind(Kind::Other) {
            let key = (resource.group(), resource.kind_name);
            let familiar = FAMILIAR_GROUPS
                .iter()
                .chain(BUILT_IN_GROUPS.iter().filter(|group| !group.is_empty()));
            let known = resource.api_version.find('/').is_none()
                || familiar.into_iter().any(|group| key.0.ends_with(group));
            if !known && !defined.contains(&key) && !config.knows_kind(resource) {
                let objects = self.0.entry((key.0.to_owned(), key.1.to_owned()));
                objects.or_default().insert((
                    resource.node.span(),
                    resource.root,
                    resource.identity(),
                ));
            }
        }
    }

    /// One entry for each kind, at its first object.
    pub(crate) fn entries<'a>(&'a self, sources: &'a Sources) -> impl Iterator<Item = NotChecked> {
        self.0.iter().filter_map(|((group, kind), objects)| {
            let places = objects.iter().map(|(span, ..)| *span);
            let first = places.min_by(|a, b| sources.order(*a, *b))?;
            let times = match objects.len() {
                1 => String::new(),
                count => format!(", {count} objects"),
            };
            Some(NotChecked {
                file: sources.path(first.source).to_owned(),
                reason: Reason::UnknownKind,
                detail: format!("kind {kind} of {group}{times}: not known whether it runs pods"),
                place: Some(first.start_point()),
            })
        })
    }
}

/// Group and kind that a `CustomResourceDefinition` defines.
fn defined_kind<'s>(definition: &Resource<'s>) -> Option<(&'s str, &'s str)> {
    let text = |path| definition.field(path).and_then(Node::text);
    Some((text("spec.group")?, text("spec.names.kind")?))
}
