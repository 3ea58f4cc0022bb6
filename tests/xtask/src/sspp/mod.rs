//! SSPP on this machine: its stores installed, all of it run, its speed measured.

pub(crate) mod load;
mod stack;
pub(crate) mod stores;
pub(crate) mod up;
