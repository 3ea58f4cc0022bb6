//! The schemas of the API, and what of an object they do not take.
//!
//! ```text
//! kubernetes.txt ──table──▶ definitions ──built_in──┐
//!   (generated)             read when first needed  ├──▶ faults ──▶ schema-invalid
//! CustomResourceDefinitions ──custom──▶ schemas ────┘
//! ```
//!
//! As strict validation of the API server does, of `kubectl apply --validate=strict`: fields that no one knows are
//! faults as well. Null is of every type, as decoding takes it for an absent field. What other rules say better is left to
//! them (`elsewhere`).

mod advice;
mod built_in;
mod conditions;
mod custom;
mod elsewhere;
mod fault;
mod format;
mod table;
mod unique;

pub(crate) use custom::CustomKinds;
pub(crate) use fault::Fault;

use foldhash::HashSet;
use plimsoll_yaml::Span;

use crate::api_versions::group;
use crate::deployed::RootIndex;
use crate::kind::BUILT_IN_GROUPS;
use crate::secret::is_sops_encrypted;
use crate::{Inventory, Kind, Resource};
use built_in::{Mode, Walk};

/// What of an object the API server refuses, in the order of the text but for what is missing.
pub(crate) fn faults<'s>(inventory: &Inventory<'s>, resource: &Resource<'s>) -> Vec<Fault<'s>> {
    let mut walk = Walk::new(resource.kind == Kind::Secret);
    if let Some(definition) = of_built_in(resource) {
        walk.encrypted = is_sops_encrypted(resource);
        walk.root(resource, definition);
    } else if let Some(faults) = inventory.custom_kinds().faults(resource) {
        return faults;
    } else {
        without_schema(&mut walk, resource);
    }
    walk.faults
}

/// The objects of all clusters that are held against nothing but what all objects have in common.
#[derive(Debug, Default)]
pub(crate) struct Undescribed(HashSet<(Span, Option<RootIndex>)>);

impl Undescribed {
    /// Takes in the objects of one cluster.
    pub(crate) fn add(&mut self, inventory: &Inventory<'_>) {
        let described = |resource: &&Resource<'_>| {
            of_built_in(resource).is_some() || inventory.custom_kinds().describes(resource)
        };
        let without = inventory.resources().iter();
        let without = without.filter(|resource| !described(resource));
        self.0
            .extend(without.map(|resource| (resource.node.span(), resource.root)));
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }
}

fn of_built_in(resource: &Resource<'_>) -> Option<u16> {
    // Most groups of custom kinds are none of these, and are not looked up.
    let built_in = BUILT_IN_GROUPS.contains(&group(resource.api_version));
    built_in
        .then(|| table::kind(resource.api_version, resource.kind_name))
        .flatten()
}

/// Metadata is the same for all kinds, and many have a pod template, though with fields of their own.
fn without_schema<'s>(walk: &mut Walk<'s>, resource: &Resource<'s>) {
    // What Plimsoll does not know may be a file of another tool.
    let mode = match resource.kind {
        Kind::Other => Mode::Types,
        _ => Mode::Strict,
    };
    if let Some(metadata) = resource.metadata() {
        walk.named(metadata, "metadata", table::metadata(), mode);
    }
    let template = resource.kind.pod_template().filter(|path| *path != ".");
    if let Some(template) = template.and_then(|path| resource.field(path)) {
        walk.named(template, "template", table::pod_template(), Mode::Types);
    }
}
