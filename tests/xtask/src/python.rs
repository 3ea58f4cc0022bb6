//! The tools that come from PyPI, in a virtual environment below the build folder.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::test::Stop;
use crate::workspace::Workspace;
use crate::{command, host};

/// Of shellcheck's optional checks, those that find mistakes and not only tastes.
const SHELL_CHECKS: &str = "require-variable-braces,quote-safe-variables,avoid-nullary-conditions,check-unassigned-uppercase";

/// What the newest of the tools asks for, and what Debian splits off into a package of its own.
const NEW_ENOUGH: &str = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))";

const REQUIREMENTS: &str = "tests/requirements.txt";

pub(crate) fn set_up(workspace: &Workspace) -> Result<(), Stop> {
    for tool in ["pre-commit", "shellcheck", "zizmor"] {
        command::output(tool_command(workspace, tool)?.arg("--version"))?;
    }
    Ok(())
}

pub(crate) fn shellcheck(workspace: &Workspace) -> Result<(), Stop> {
    let files = workspace.files()?;
    let scripts = files.iter().filter(|file| is_script(file));
    let mut check = tool_command(workspace, "shellcheck")?;
    check
        .args(["--norc", "--enable", SHELL_CHECKS])
        .args(scripts);
    Ok(command::run(&mut check)?)
}

fn is_script(file: &Path) -> bool {
    file.extension() == Some(OsStr::new("sh")) || file == Path::new(".ci/run")
}

pub(crate) fn zizmor(workspace: &Workspace) -> Result<(), Stop> {
    let mut audit = tool_command(workspace, "zizmor")?;
    audit.args([
        "--offline",
        "--no-progress",
        "--strict-collection",
        ".github",
        "action.yml",
    ]);
    Ok(command::run(&mut audit)?)
}

/// A command that runs one of the installed tools at the root of the repository.
pub(crate) fn tool_command(workspace: &Workspace, tool: &str) -> Result<Command, String> {
    Ok(workspace.command(environment(workspace)?.join("bin").join(tool)))
}

/// The virtual environment, made anew whenever the list of requirements has changed.
pub(crate) fn environment(workspace: &Workspace) -> Result<PathBuf, String> {
    let folder = workspace.target.join("venv");
    let stamp = folder.join("requirements.txt");
    let wanted = fs::read_to_string(workspace.root.join(REQUIREMENTS))
        .map_err(|error| format!("{REQUIREMENTS} cannot be read: {error}"))?;
    let python = folder.join("bin/python");
    // The interpreter is a link; it dangles after the machine's Python was replaced.
    if python.is_file() && fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) {
        return Ok(folder);
    }
    println!("installing {REQUIREMENTS}");
    host::require(&["python3", "-c", NEW_ENOUGH], &["python3", "python3-venv"])?;
    let mut create = workspace.command("python3");
    command::output(create.args(["-m", "venv", "--clear"]).arg(&folder))?;
    install(workspace, REQUIREMENTS)?;
    // The stamp comes last, so that an installation that was cut short is not taken for a whole one.
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))?;
    Ok(folder)
}

/// Installs a list of requirements into the environment.
pub(crate) fn install(workspace: &Workspace, requirements: &str) -> Result<(), String> {
    let mut install = workspace.command(workspace.target.join("venv/bin/python"));
    install.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]);
    install.args(["--require-hashes", "--requirement", requirements]);
    command::output(&mut install).map(drop)
}
