//! SSPP on this machine: its stores installed, all of it run, its speed measured, its failures shown.

pub(crate) mod drill;
pub(crate) mod load;
pub(crate) mod search;
mod stack;
pub(crate) mod stores;
pub(crate) mod up;
