//! What SSPP is about: events that sales tools report, and the signals that are read from them.

mod event;
mod metadata;
mod moment;
mod parse;
mod score;

pub(crate) use event::{Event, EventType, Fingerprint};
pub(crate) use parse::{Batch, FieldError, Parsed, Parser};
pub(crate) use score::{Score, Signal};
