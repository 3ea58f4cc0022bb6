//! The webhook as `gitops/` deploys it, on a real node: the API server calls its Pods through its Service.
//!
//! ```text
//! Dockerfile ─▶ registry ─▶ containerd ─▶ two Pods ◀── Service ◀── API server ◀── load, kubectl
//! gitops/platform/plimsoll ──kubectl apply──▶ ▲
//!                      killed, restarted, reconfigured, its certificate changed
//! ```
//!
//! The tests share two nodes with an installation each, and take turns.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![expect(clippy::print_stdout, reason = "what was measured is said")]

mod disturbances;
mod doctor;
mod installation;
mod load;
mod removal;
mod usage;
mod verdicts;
