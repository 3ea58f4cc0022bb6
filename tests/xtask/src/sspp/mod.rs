//! SSPP on this machine: its stores installed, all of it run, its image built and tried, its speed measured, its failures
//! shown.

pub(crate) mod drill;
mod http;
pub(crate) mod image;
pub(crate) mod load;
pub(crate) mod search;
mod search_double;
mod stack;
pub(crate) mod stores;
pub(crate) mod up;
mod wait;
