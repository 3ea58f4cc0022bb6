//! Running other programs, with errors that say which command failed and how.

use std::process::{Command, Output, Stdio};

/// Runs `command` with its output going where ours goes; standard input is empty.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|error| not_started(command, &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{}` ended with {status}", shown(command)))
    }
}

/// Runs `command` quietly and returns its standard output; a failure shows all it said.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let output = capture(command)?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let (status, said) = (output.status, said(&output));
        Err(format!("`{}` ended with {status}\n{said}", shown(command)))
    }
}

/// Runs `command` quietly, whatever its exit code.
pub(crate) fn capture(command: &mut Command) -> Result<Output, String> {
    command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| not_started(command, &error))
}

/// Standard output and then standard error.
pub(crate) fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&text).into_owned()
}

pub(crate) fn not_started(command: &Command, error: &std::io::Error) -> String {
    format!("`{}` could not be started: {error}", shown(command))
}

pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command_and_what_it_said() {
        let mut command = Command::new("git");
        command.args(["no-such-command"]);
        let error = output(&mut command).unwrap_err();
        assert!(error.starts_with("`git no-such-command` ended with exit status: 1"));
        assert!(error.contains("is not a git command"));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = run(&mut Command::new("plimsoll-no-such-program")).unwrap_err();
        assert!(error.starts_with("`plimsoll-no-such-program` could not be started"));
    }
}
