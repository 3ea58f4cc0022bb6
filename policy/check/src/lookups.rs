//! Indexes that only some rules look things up in, each made when the first asks.

use std::sync::OnceLock;

use crate::Inventory;
use crate::admission::AdmissionPolicies;
use crate::exposure::Exposures;
use crate::namespaces::Namespaces;

/// The indexes of an inventory, as far as somebody has asked.
#[derive(Debug, Default)]
pub(crate) struct Lookups<'s> {
    namespaces: OnceLock<Namespaces<'s>>,
    admission: OnceLock<AdmissionPolicies>,
    exposures: OnceLock<Exposures<'s>>,
}

impl<'s> Inventory<'s> {
    /// What it holds of each namespace.
    pub(crate) fn namespaces(&self) -> &Namespaces<'s> {
        self.lookups
            .namespaces
            .get_or_init(|| Namespaces::new(self))
    }

    /// The admission policies that it brings along.
    pub(crate) fn admission(&self) -> AdmissionPolicies {
        *self
            .lookups
            .admission
            .get_or_init(|| AdmissionPolicies::new(self))
    }

    /// What of it stands open to the outside.
    pub(crate) fn exposures(&self) -> &Exposures<'s> {
        self.lookups.exposures.get_or_init(|| Exposures::new(self))
    }
}
