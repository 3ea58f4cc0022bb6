//! `plimsoll`: the command line.

mod args;
mod catalogue;
mod check;
mod classify;
mod config_file;
mod deploy;
mod disk;
mod format;
mod host;
mod init;
mod progress;
mod read;
mod render;
mod schema;
mod settings;
mod walk;
mod webhook;

use std::process::ExitCode;

/// Why not the system's: docs/decisions/0009-allocator.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(args::run(std::env::args_os()))
}
