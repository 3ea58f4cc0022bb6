//! The webhook as the API server meets it: the real binary, TLS, reviews; and what it says, held to what `check` says.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod kept;
mod manifests;
mod operation;
mod parity;
mod reviews;
mod rotation;
mod support;
mod trials;
mod view;
