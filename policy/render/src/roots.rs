//! Roots: what is deployed, by what, with which parameters.
//!
//! ```text
//! plain files that no kustomization takes in ──┐
//! kustomizations that nobody refers to ────────┴▶ build ──▶ objects ──▶ Flux Kustomizations, `HelmRelease`s,
//!                                                   ▲                   Applications, ApplicationSets
//!                                                   └── path, parameters ───┘   until nothing new is found
//! ```
//!
//! Objects that deploy something are taken from what is rendered, not from the files: parents patch them, and give values
//! to the variables in their paths. What stands on its own in the files and is also rendered counts as it is rendered.

mod appset;
mod argo;
mod argo_kustomize;
mod directory;
mod discover;
mod envsubst;
mod finish;
mod flux;
mod generated;
mod graph;
mod ground;
mod helm_release;
mod look;
mod name;
mod pattern;
mod plan;
mod scan;
mod substitute;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use plimsoll_yaml::Span;

use crate::kustomize::object::Object;
use crate::{Build, Fault};

/// What makes a root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RootKind {
    /// A kustomization that nothing refers to and nothing deploys.
    Kustomization,
    /// Flux's Kustomization.
    FluxKustomization,
    /// Flux's `HelmRelease`.
    HelmRelease,
    /// Argo CD's Application, written or made by an `ApplicationSet`.
    Application,
}

/// One thing that is deployed.
#[derive(Clone, Debug)]
pub struct Root<'s> {
    /// The name of the object that deploys it, with what tells it from its namesakes; or the folder.
    pub name: String,
    /// What makes it a root.
    pub kind: RootKind,
    /// The folder, as the path of a source; empty for the one the program runs in, and where there is none here.
    pub folder: String,
    /// The object that deploys it.
    pub declared_at: Option<Span>,
    /// The root that this one's object is deployed by, as an index into the list.
    pub parent: Option<usize>,
    /// The cluster that it is deployed to, where one is written.
    pub cluster: Option<String>,
    /// The namespace that its objects are deployed into where they name none.
    pub namespace: Option<String>,
    /// What is deployed.
    pub objects: Vec<Object<'s>>,
    /// What is wrong with it, and what of it is not known.
    pub faults: Vec<Fault>,
}

/// All that is deployed.
#[derive(Clone, Debug, Default)]
pub struct Deployed<'s> {
    /// The roots. The order is always the same: what is found in the files first, by path, then what those deploy.
    pub roots: Vec<Root<'s>>,
    /// Every file that was built from. Their objects are deployed as they are rendered, not as they stand.
    pub used: BTreeSet<String>,
    /// Files that are no whole objects though no root uses them: kustomizations, patches, data, and what only components
    /// take in.
    pub partial: BTreeSet<String>,
}

/// Finds and renders all that is deployed. `remotes` are URLs that this repository is known by, beside those in its `.git`.
pub fn discover<'s>(build: &dyn Build<'s>, remotes: &[String]) -> Deployed<'s> {
    discover::discover(build, remotes)
}
