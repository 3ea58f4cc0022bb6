//! SSPP on this machine: its stores installed, all of it run, its image built and tried, its speed measured.

mod http;
pub(crate) mod image;
pub(crate) mod load;
mod search_double;
mod stack;
pub(crate) mod stores;
pub(crate) mod up;
mod wait;
