//! `plimsoll webhook`: runs `plimsoll-webhook`, as git runs its commands. It is a program of its own, so that whoever
//! builds the checker builds no server (docs/decisions/0002-two-binaries.md).

use std::ffi::OsString;
use std::io::{Error, ErrorKind};
use std::path::PathBuf;
use std::process::Command;

use crate::args::USAGE;
use crate::host;

const PROGRAM: &str = "plimsoll-webhook";

/// Runs it with the arguments as they are; returns its exit code, where it does not take this process' place.
pub(crate) fn run(arguments: &[OsString]) -> u8 {
    let beside = beside();
    let program = beside.unwrap_or_else(|| PathBuf::from(PROGRAM));
    let mut command = Command::new(&program);
    command.args(arguments);
    match become_it(&mut command) {
        Ok(code) => code,
        Err(error) => {
            anstream::eprintln!("{}", fault(&program, &error));
            USAGE
        }
    }
}

/// Where it lies if it was installed with this program.
fn beside() -> Option<PathBuf> {
    let own = host::program()?;
    let name = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    let path = own.with_file_name(name);
    path.is_file().then_some(path)
}

fn fault(program: &std::path::Path, error: &Error) -> String {
    if error.kind() == ErrorKind::NotFound {
        format!(
            "error: {PROGRAM} is not installed: it is neither beside plimsoll nor in PATH\n  \
             help: cargo install --git {} --locked {PROGRAM}",
            env!("CARGO_PKG_REPOSITORY")
        )
    } else {
        format!("error: {} cannot be run: {error}", program.display())
    }
}

/// Signals and the exit code are the program's own.
#[cfg(unix)]
fn become_it(command: &mut Command) -> Result<u8, Error> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> Result<u8, Error> {
    let code = command.status()?.code();
    Ok(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(70))
}
