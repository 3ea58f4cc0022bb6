//! From a question of the API server to its answer: pure, with no clock and no network.
//!
//! ```text
//! body ──▶ Request ──▶ passed by? ──▶ judged by the checker's rules ──▶ Verdict ──▶ answer
//!          review.rs   exempt.rs      judge.rs                         verdict.rs  answer.rs
//! ```

mod answer;
mod exempt;
mod judge;
mod review;
mod text;
mod verdict;

pub use crate::view::Surroundings;
pub use answer::answer;
pub use exempt::Pass;
pub use judge::{Audited, Failure, audit, judge};
pub use review::{
    GroupVersionKind, GroupVersionResource, Operation, Request, ReviewError, UserInfo,
};
pub(crate) use text::cleaned;
pub use verdict::{Decision, OnUpdate, Verdict};
