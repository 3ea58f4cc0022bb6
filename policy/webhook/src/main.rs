//! `plimsoll-webhook`.

use std::process::ExitCode;

/// Small texts and trees by the thousand, as in the command line (docs/decisions/0009-allocator.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    plimsoll_webhook::run(std::env::args_os())
}
