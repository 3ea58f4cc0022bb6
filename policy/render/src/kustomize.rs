//! Kustomizations, built as kustomize v5.5 builds them, with the place of every node.
//!
//! ```text
//! resources ──▶ configurations, crds ──▶ generators ──▶ components ──▶ patches, namespace, prefix, suffix, labels,
//!  files, bases                                                        annotations, JSON patches, replicas, images,
//!                                                                      replacements ──▶ transformers ──▶ variables
//! of the whole build, in the end: hashes ──▶ names that changed ──▶ variables ──▶ local objects out ──▶ order
//! ```

mod address;
pub mod config;
pub mod crds;
mod defaults;
pub mod fieldspec;
mod generate;
pub mod id;
pub mod names;
pub mod object;
pub mod objects;
mod path;
pub mod replacements;
pub mod selector;
pub mod sort;
#[cfg(test)]
mod testing;
pub mod variables;
