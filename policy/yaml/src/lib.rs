//! YAML as Kubernetes reads it, with the place of every node.
//!
//! ```text
//! bytes ──decode──▶ text ──parse──▶ Tree ──root──▶ Node ──get("spec")──▶ Node ──span──▶ Span
//!                                    │
//!                                    ├─ documents   one per `---`
//!                                    ├─ comments    for exemptions beside the line they excuse
//!                                    └─ errors      with their places; the other documents are still there
//! ```
//!
//! Two readers write the same tree: a fast one for the simple block style of nearly all manifests, and one for all of
//! YAML, which the fast one leaves every file to that holds anything else. [`apply`] writes changes back, byte for byte
//! where nothing changed.
//!
//! A [`Tree`] holds one file: its text and a tape of fixed-size slots in document order. A [`Node`] is a `Copy`
//! cursor into it, so rules pass nodes around freely and a finding keeps only a [`Span`].
//!
//! [`Sources`] holds the files of a run. A tree that is rendered from them is written with a [`Builder`]; its nodes stand
//! where the text stands that they come from.
//!
//! Scalars follow `sigs.k8s.io/yaml`, which every Kubernetes client uses: YAML 1.1 booleans and octal numbers, but no
//! base-60 numbers (`1:20` is a string there), and timestamps stay strings.

mod block_scalar;
mod builder;
mod cooked;
mod decode;
mod edit;
mod entries;
mod error;
mod events;
mod explain;
mod fast;
mod limits;
mod mappings;
mod merge;
mod node;
pub mod number;
mod origin;
mod parse;
mod path;
mod rare;
mod scalar;
mod source;
mod span;
mod tape;
mod tree;

pub use builder::{Builder, TrailId};
pub use decode::{DecodeError, decode};
pub use edit::{Edit, EditError, apply};
pub use entries::Entries;
pub use error::{ErrorKind, SyntaxError};
pub use limits::Limits;
pub use node::{Entry, Kind, Node, NodeId};
pub use origin::{Step as OriginStep, Trace, Trail};
pub use parse::Reader;
pub use path::Step;
pub use scalar::{Scalar, ScalarStyle};
pub use source::{Source, Sources, Use};
pub use span::{LineCursor, LineIndex, Position, SourceId, Span};
pub use tree::{Comment, Document, Tree};
