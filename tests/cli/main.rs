//! The command line as people and programs use it: the real binary, real files, an empty environment.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod bad_input;
mod catalogue;
mod configuration;
mod deployers;
mod documents;
mod formats;
mod kustomize;
mod rendering;
mod schema;
mod support;
mod walking;
mod webhook;
