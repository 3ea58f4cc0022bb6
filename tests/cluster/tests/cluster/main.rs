//! The cluster as the tests of other crates use it. `cargo xtask test` runs the modules of the control plane in one
//! step and those of the node in another.

mod control_plane;
mod control_plane_crash;
mod node;
mod node_crash;
mod support;
