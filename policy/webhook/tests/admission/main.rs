//! The webhook behind a real API server, with real controllers and kubectl: what users see, and what holds when it fails.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod audit;
mod conditions;
mod controllers;
mod failures;
mod kinds;
mod printed;
mod restarts;
mod support;
mod weight;
