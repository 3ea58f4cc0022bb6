//! `cargo xtask`: sets up what the tests need and runs them all, measures, and runs SSPP.
#![expect(clippy::print_stdout, reason = "it is for a terminal")]
#![expect(clippy::print_stderr, reason = "it is for a terminal")]

mod action;
mod bench;
mod cargo;
mod cluster;
mod command;
mod deny;
mod fixtures;
mod git;
mod hook;
mod host;
mod image;
mod install;
mod layout;
mod python;
mod schemas;
mod sspp;
mod task;
mod test;
mod workspace;

fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    task::run(&arguments)
}
