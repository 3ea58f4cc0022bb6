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

mod admission;
mod alerting;
mod amount;
mod api_versions;
mod backup;
mod budget;
mod clusters;
pub mod config;
mod context;
mod cron;
mod date;
mod demand;
mod deployed;
mod deprecations;
mod engine;
mod exemption;
mod exposure;
mod failures;
mod finding;
mod gate;
mod gitops;
mod holds;
mod host;
mod host_path;
mod image;
mod indexes;
mod inventory;
mod keda;
mod kind;
mod labels;
mod leftover;
mod monitoring;
mod namespaces;
mod naming;
mod network;
mod object;
mod operated;
mod place;
mod plan;
mod pod_security;
mod port;
mod probe;
mod produced;
mod quantity;
pub mod rbac;
mod reference;
mod report;
mod resource;
mod rollout;
mod routing;
pub mod rule;
pub mod rules;
mod said;
mod scaling;
mod schema;
mod search;
pub mod secret;
mod selection;
mod selector;
mod shutdown;
mod spread;
mod unknown;
mod utilization;
mod within;
mod workload;

pub use amount::Amount;
pub use budget::{Budget, Guarded, guarded};
pub use config::Config;
pub use context::Context;
pub use cron::{Cron, CronError};
pub use date::Date;
pub use deployed::{Deployed, Failure, Given, Root, RootIndex};
pub use engine::{Options, check};
pub use finding::{Finding, Findings, Label, Suppression};
pub use gate::{Chosen, Gate};
pub use image::ImageRef;
pub use inventory::Inventory;
pub use kind::{Kind, Scope};
pub use labels::Labels;
pub use place::Place;
pub use plimsoll_yaml::{Source, Sources, Use};
pub use produced::Existence;
pub use quantity::Quantity;
pub use report::{Counts, NotChecked, Reason, Report};
pub use resource::{Resource, ResourceIndex, ResourceName};
pub use rule::{Check, Item, Needs, Rule, Severity, Standard};
pub use scaling::{Pods, Resolution, Scaler, ScalerKind, Scaling, Target};
pub use selector::Selector;
pub use utilization::{Utilization, has_metrics, utilization};
pub use workload::{Container, Role, Workload, WorkloadIndex};
