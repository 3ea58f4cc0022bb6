//! The admission webhook: what `plimsoll check` refuses in a pull request is refused at the API server's door, by the
//! same rules, configuration and exemptions, in the same words.
//!
//! It is never the outage itself: a fault of its own is answered as one, so that the API server follows its
//! `failurePolicy`, and what cannot be answered in time is turned away at once.

pub mod admission;
pub mod audit;
pub mod break_glass;
pub mod certificates;
mod cli;
mod clock;
mod cluster;
mod doctor;
pub mod lease;
pub mod manifests;
pub mod metrics;
pub mod policy;
mod preflight;
mod replay;
mod say;
mod serve;
pub mod server;
mod trial;
pub mod view;

pub use cli::run;
