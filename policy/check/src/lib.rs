//! The checker: what the objects of a repository mean, and what is wrong with them.
//!
//! ```text
//! Sources ──▶ Inventory ──▶ rules ──▶ exemptions ──▶ Report
//!             resources     one plain function each,
//!             workloads     in parallel over the objects
//!             selections
//! ```
//!
//! Pure and synchronous: it reads no file, no clock and no network. The command line and the webhook give it sources
//! and the date; it gives back a [`Report`] that is the same whatever the number of threads.

pub mod config;
mod context;
mod date;
mod engine;
mod exemption;
mod finding;
mod host_path;
mod image;
mod inventory;
mod kind;
mod labels;
mod leftover;
mod place;
mod plan;
mod pod_security;
mod quantity;
pub mod rbac;
mod report;
mod resource;
pub mod rule;
pub mod rules;
pub mod secret;
mod selection;
mod selector;
mod source;
mod workload;

pub use config::Config;
pub use context::Context;
pub use date::Date;
pub use engine::{Options, check};
pub use finding::{Finding, Label, Suppression};
pub use image::ImageRef;
pub use inventory::Inventory;
pub use kind::{Kind, Scope};
pub use labels::Labels;
pub use place::Place;
pub use quantity::Quantity;
pub use report::{Counts, NotChecked, Reason, Report};
pub use resource::{Resource, ResourceIndex, ResourceName};
pub use rule::{Check, Item, Rule, Severity, Standard};
pub use selector::Selector;
pub use source::{Origin, Source, Sources};
pub use workload::{Container, Role, Workload, WorkloadIndex};
