//! What a GitOps repository deploys, with the place of every node.
//!
//! ```text
//! Sources ──read──▶ Value ──kustomize──▶ objects ──▶ Tree   nodes stand where the text stands they come from
//!                   cheap copies,  ▲     built as
//!                   an origin each │     kustomize v5.5 does
//!                                  └──roots── what Argo CD and Flux ask for, found in the files and in what is rendered
//! ```

mod emit;
mod fault;
pub mod kustomize;
pub mod patch;
mod read;
mod repository;
mod request;
pub mod roots;
mod scalar;
mod tree;
mod value;

pub use emit::{Annotate, emit, emit_all, emit_with};
pub use fault::{At, Fault, FaultKind, Result};
pub use read::value;
pub use repository::{FileKind, Files, Repository, beginning, folder, join};
pub use request::{Build, Built, Generate, Request};
pub use scalar::{Json, json, resolve};
pub use tree::tree;
pub use value::{Content, Entry, Origin, Scalar, Text, TrailLink, Value};
