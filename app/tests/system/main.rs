//! SSPP as it is run: the binary, real PostgreSQL and Redis, requests over HTTP.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod api;
mod drills;
mod inputs;
mod jobs;
mod keys;
mod rolling;
mod schema;
mod search;
mod search_contract;
mod slow;
mod support;
mod surface;
mod tls;
#[cfg(feature = "otel")]
mod traces;
