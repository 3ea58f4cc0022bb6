//! `cargo xtask test`: sets up what the tests need and runs them all.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a terminal is what this program is for"
)]

mod action;
mod cargo;
mod command;
mod deny;
mod fixtures;
mod git;
mod hook;
mod host;
mod install;
mod layout;
mod python;
mod test;
mod workspace;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((name, rest)) if name == "test" => test::main(rest),
        _ => test::usage("say what to do"),
    }
}
