//! The GitHub action's scripts, outside GitHub, with the environment that GitHub gives them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::fixtures::{AROUND, BROKEN_RULE, GOOD, bad};
use crate::test::Stop;
use crate::workspace::{self, Workspace};
use crate::{command, fixtures, host, install};

/// Wrong usage, as the exit codes of `plimsoll` have it.
const USAGE: i32 = 3;

pub(crate) fn check(workspace: &Workspace) -> Result<(), Stop> {
    host::require(&["curl", "--version"], &["curl", "ca-certificates"])?;
    let runner = Runner::set_up(workspace)?;
    the_checkout_is_built(&runner)?;
    findings_are_told_in_every_form(&runner)?;
    a_clean_tree_passes(&runner)?;
    inputs_reach_the_program(&runner)?;
    a_release_is_fetched_and_verified(&runner)?;
    a_version_that_is_not_there_is_refused(&runner)?;
    Ok(())
}

fn the_checkout_is_built(runner: &Runner<'_>) -> Result<(), String> {
    let step = runner.install(&[])?;
    step.expect_code("the build", 0)?;
    let binary = runner.binary();
    fixtures::expect_all(
        "the step's output",
        &step.outputs,
        &[&format!("binary={binary}")],
    )
}

fn findings_are_told_in_every_form(runner: &Runner<'_>) -> Result<(), String> {
    let step = runner.check(&[("INPUT_PATH", "bad")])?;
    step.expect_code("the bad tree", 1)?;
    let annotation = ["::error ", "file=bad/web.yaml", "line=", BROKEN_RULE];
    fixtures::expect_all("standard output", &step.stdout(), &annotation)?;
    fixtures::expect_all(
        "the job summary",
        &step.summary,
        &[BROKEN_RULE, "bad/web.yaml"],
    )?;
    let file = runner.temp().join("plimsoll.sarif");
    let outputs = ["exit-code=1", &format!("sarif-file={}", file.display())];
    fixtures::expect_all("the step's output", &step.outputs, &outputs)?;
    let sarif = read(&file)?;
    fixtures::expect_all(
        "the SARIF file",
        &sarif,
        &["\"2.1.0\"", BROKEN_RULE, "bad/web.yaml"],
    )
}

fn a_clean_tree_passes(runner: &Runner<'_>) -> Result<(), String> {
    let step = runner.check(&[("INPUT_PATH", "good")])?;
    step.expect_code("the good tree", 0)?;
    fixtures::expect_all(
        "the step's output",
        &step.outputs,
        &["exit-code=0", "sarif-file="],
    )
}

fn inputs_reach_the_program(runner: &Runner<'_>) -> Result<(), String> {
    let never = [("INPUT_PATH", "good\nbad"), ("INPUT_FAIL_ON", "never")];
    let step = runner.check(&never)?;
    step.expect_code("the bad tree that may not fail", 0)?;
    fixtures::expect_all("standard output", &step.stdout(), &[BROKEN_RULE])?;
    let config = [
        ("INPUT_PATH", "good"),
        ("INPUT_CONFIG", "no-such-file.yaml"),
    ];
    runner
        .check(&config)?
        .expect_code("a configuration that is not there", USAGE)?;
    let rules = [("INPUT_PATH", "good"), ("INPUT_ALL_RULES", "maybe")];
    runner
        .check(&rules)?
        .expect_code("all-rules: maybe", USAGE)?;
    let args = [("INPUT_PATH", "good"), ("INPUT_ARGS", "--no-such-option")];
    runner
        .check(&args)?
        .expect_code("args: --no-such-option", USAGE)
}

/// The release is in a folder, laid out as GitHub lays out its downloads.
fn a_release_is_fetched_and_verified(runner: &Runner<'_>) -> Result<(), String> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let target = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    let name = format!("plimsoll-9.9.9-{target}.tar.gz");
    let release = runner
        .folder
        .join("github/plimsoll/plimsoll/releases/download/v9.9.9");
    fixtures::write(
        &release.join("plimsoll"),
        "#!/bin/sh\necho plimsoll 9.9.9, released\n",
    )?;
    let mut pack = Command::new("sh");
    pack.current_dir(&release).args(["-c", PACK, "sh", &name]);
    command::output(&mut pack)?;
    let wanted = [("INPUT_VERSION", "v9.9.9")];
    let step = runner.install(&wanted)?;
    step.expect_code("the release", 0)?;
    fixtures::expect_all("standard output", &step.stdout(), &["9.9.9, released"])?;
    fixtures::write(&release.join(&name), "something else")?;
    let step = runner.install(&wanted)?;
    step.expect_code("the release that was tampered with", USAGE)?;
    fixtures::expect_all(
        "standard output",
        &step.stdout(),
        &["::error", "is not the file"],
    )
}

const PACK: &str = r#"chmod +x plimsoll && tar -czf "$1" plimsoll && sha256sum "$1" >"$1.sha256""#;

fn a_version_that_is_not_there_is_refused(runner: &Runner<'_>) -> Result<(), String> {
    let step = runner.install(&[("INPUT_VERSION", "8.8.8")])?;
    step.expect_code("the version that is not there", USAGE)?;
    fixtures::expect_all(
        "standard output",
        &step.stdout(),
        &["::error", "no release 8.8.8"],
    )
}

/// What stands in for GitHub's runner.
struct Runner<'w> {
    workspace: &'w Workspace,
    folder: PathBuf,
}

impl<'w> Runner<'w> {
    fn set_up(workspace: &'w Workspace) -> Result<Self, String> {
        let folder = workspace.target.join("action");
        fixtures::empty(&folder)?;
        fixtures::empty(&folder.join("temp"))?;
        let tree = folder.join("tree");
        for (name, web) in [("good", GOOD), ("bad", &bad())] {
            fixtures::write(&tree.join(name).join("web.yaml"), web)?;
            fixtures::write(&tree.join(name).join("around.yaml"), AROUND)?;
        }
        Ok(Runner { workspace, folder })
    }

    fn temp(&self) -> PathBuf {
        self.folder.join("temp")
    }

    fn binary(&self) -> String {
        self.temp()
            .join("plimsoll/bin/plimsoll")
            .display()
            .to_string()
    }

    fn install(&self, inputs: &[(&str, &str)]) -> Result<Step, String> {
        let mut script = self.script("action/install.sh");
        install::quick(self.workspace, &mut script);
        let server = format!("file://{}", self.folder.join("github").display());
        script.env("GITHUB_SERVER_URL", server);
        self.run(script, inputs)
    }

    /// Nothing of the caller's environment is left, but the search path.
    fn check(&self, inputs: &[(&str, &str)]) -> Result<Step, String> {
        let mut script = self.script("action/check.sh");
        script.env_clear();
        script.env("PATH", workspace::variable("PATH").unwrap_or_default());
        script.env("PLIMSOLL", self.binary());
        self.run(script, inputs)
    }

    fn script(&self, script: &str) -> Command {
        let mut command = Command::new(self.workspace.root.join(script));
        command.current_dir(self.folder.join("tree"));
        command
    }

    fn run(&self, mut script: Command, inputs: &[(&str, &str)]) -> Result<Step, String> {
        let (summary, outputs) = (self.folder.join("summary.md"), self.folder.join("outputs"));
        fixtures::write(&summary, "")?;
        fixtures::write(&outputs, "")?;
        script
            .envs([("CI", "true"), ("GITHUB_ACTIONS", "true")])
            .env("GITHUB_ACTION_PATH", &self.workspace.root)
            .env("GITHUB_WORKSPACE", self.folder.join("tree"))
            .env("GITHUB_STEP_SUMMARY", &summary)
            .env("GITHUB_OUTPUT", &outputs)
            .env("RUNNER_TEMP", self.temp())
            .env("ACTION_REPOSITORY", "plimsoll/plimsoll")
            .envs(inputs.iter().copied());
        Ok(Step {
            output: command::capture(&mut script)?,
            summary: read(&summary)?,
            outputs: read(&outputs)?,
        })
    }
}

/// A step of a job, after it has ended.
struct Step {
    output: Output,
    summary: String,
    outputs: String,
}

impl Step {
    fn expect_code(&self, what: &str, code: i32) -> Result<(), String> {
        let found = self.output.status;
        if found.code() == Some(code) {
            return Ok(());
        }
        let said = command::said(&self.output);
        Err(format!(
            "{what} ended with {found} instead of {code}:\n{said}"
        ))
    }

    fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}
