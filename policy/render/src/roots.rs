//! What is deployed.
mod envsubst;
mod pattern;
mod substitute;
