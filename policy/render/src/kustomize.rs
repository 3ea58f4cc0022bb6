//! Kustomizations, built as kustomize v5.5 builds them, with the place of every node.
//!
//! ```text
//! resources ──▶ configurations, crds ──▶ generators ──▶ components ──▶ patches, namespace, prefix, suffix, labels,
//!  files, bases                                                        annotations, JSON patches, replicas, images,
//!                                                                      replacements ──▶ transformers ──▶ variables
//! of the whole build, in the end: hashes ──▶ names that changed ──▶ variables ──▶ local objects out ──▶ order
//! ```

mod accumulated;
mod address;
mod answer;
mod bases;
mod build;
pub mod config;
pub mod crds;
mod defaults;
pub mod fieldspec;
pub mod file;
mod finish;
mod generate;
mod hash;
mod iam;
pub mod id;
mod images;
mod inline;
mod load;
mod metadata;
pub mod names;
pub mod object;
pub mod objects;
mod patching;
mod path;
mod plugins;
mod read;
mod remote;
pub mod replacements;
mod schema;
mod scope;
pub mod selector;
pub mod sort;
mod steps;
#[cfg(test)]
mod testing;
mod transform;
pub mod variables;

pub use build::{Kustomize, Options};
pub use finish::{Files, Finished};
