//! The pre-commit hooks, end to end: the real pre-commit installs them from a snapshot of this
//! workspace into a repository made for the test, and Git runs them on commits there.

use std::process::{Command, Output};

use crate::fixtures::{AROUND, BROKEN_RULE, GOOD, bad};
use crate::git::Repository;
use crate::test::Stop;
use crate::workspace::{self, Workspace};
use crate::{command, fixtures, host, install, python};

pub(crate) fn check(workspace: &Workspace) -> Result<(), Stop> {
    host::require(&["git", "--version"], &["git"])?;
    let user = User::set_up(workspace)?;
    a_good_commit_passes(&user)?;
    a_bad_commit_is_refused(&user)?;
    a_change_is_judged_with_its_context(&user)?;
    the_tree_hook_judges_what_did_not_change(&user)?;
    Ok(())
}

fn a_good_commit_passes(user: &User<'_>) -> Result<(), String> {
    user.repository.write("web.yaml", GOOD)?;
    user.repository.write("around.yaml", AROUND)?;
    expect_passed("the good commit", &user.commit()?)
}

fn a_bad_commit_is_refused(user: &User<'_>) -> Result<(), String> {
    let before = user.repository.head()?;
    user.repository.write("web.yaml", &bad())?;
    expect_refused("the bad commit", &user.commit()?)?;
    if user.repository.head()? == before {
        Ok(())
    } else {
        Err("the bad commit was refused, and yet made".to_owned())
    }
}

/// What the Deployment refers to is in a file that the commit leaves alone.
fn a_change_is_judged_with_its_context(user: &User<'_>) -> Result<(), String> {
    user.repository
        .write("web.yaml", &GOOD.replace("replicas: 3", "replicas: 4"))?;
    expect_passed("the commit of one file", &user.commit()?)
}

fn the_tree_hook_judges_what_did_not_change(user: &User<'_>) -> Result<(), String> {
    user.repository.write("web.yaml", &bad())?;
    user.repository.git(&["add", "--all"])?;
    user.repository
        .git(&["commit", "--quiet", "--no-verify", "--message=Unchecked"])?;
    user.repository.write(
        "around.yaml",
        &AROUND.replace("LOG_LEVEL: info", "LOG_LEVEL: warn"),
    )?;
    expect_passed("the commit beside a bad file", &user.commit()?)?;
    let mut whole = python::tool_command(user.workspace, "pre-commit")?;
    whole.args(["run", "plimsoll-tree", "--hook-stage", "manual"]);
    expect_refused("the whole tree", &user.run(&mut whole)?)
}

fn expect_passed(what: &str, output: &Output) -> Result<(), String> {
    let said = command::said(output);
    if output.status.success() && said.contains("Passed") {
        Ok(())
    } else {
        Err(format!("{what} should have passed:\n{said}"))
    }
}

fn expect_refused(what: &str, output: &Output) -> Result<(), String> {
    let said = command::said(output);
    if output.status.success() {
        return Err(format!("{what} should have been refused:\n{said}"));
    }
    fixtures::expect_all(
        &format!("the refusal of {what}"),
        &said,
        &["web.yaml", BROKEN_RULE],
    )
}

/// Somebody who has the hooks in a repository of their own.
struct User<'w> {
    workspace: &'w Workspace,
    repository: Repository,
}

impl<'w> User<'w> {
    fn set_up(workspace: &'w Workspace) -> Result<Self, String> {
        let folder = workspace.target.join("hook");
        let hooks = Repository::snapshot(workspace, folder.join("plimsoll"))?;
        let repository = Repository::create(folder.join("user"))?;
        let user = User {
            workspace,
            repository,
        };
        let revision = hooks.head()?;
        user.forget_other_revisions(&revision)?;
        user.repository
            .write(".pre-commit-config.yaml", &config(&hooks, &revision))?;
        let mut install = python::tool_command(workspace, "pre-commit")?;
        install.args(["install", "--install-hooks"]);
        let output = user.run(&mut install)?;
        if output.status.success() {
            Ok(user)
        } else {
            Err(format!(
                "pre-commit cannot install the hooks:\n{}",
                command::said(&output)
            ))
        }
    }

    /// pre-commit keeps what it has built of every revision; only the present one is worth its room.
    fn forget_other_revisions(&self, revision: &str) -> Result<(), String> {
        let cache = self.cache();
        let stamp = cache.join("plimsoll-revision");
        if std::fs::read_to_string(&stamp).is_ok_and(|kept| kept == revision) {
            return Ok(());
        }
        fixtures::empty(&cache)?;
        fixtures::write(&stamp, revision)
    }

    fn cache(&self) -> std::path::PathBuf {
        self.workspace.target.join("hook/cache")
    }

    fn commit(&self) -> Result<Output, String> {
        self.repository.git(&["add", "--all"])?;
        self.run(Command::new("git").args(["commit", "--message=Change"]))
    }

    fn run(&self, command: &mut Command) -> Result<Output, String> {
        let folder = install::shared_registry(self.workspace)?;
        let path = workspace::variable("PATH").unwrap_or_default();
        let path = std::iter::once(folder).chain(std::env::split_paths(&path));
        let path = std::env::join_paths(path).map_err(|error| error.to_string())?;
        let command = self.repository.isolate(command);
        let command = install::sharing(install::quick(self.workspace, command))?;
        command
            .env("PATH", path)
            .env("PRE_COMMIT_HOME", self.cache());
        command::capture(command)
    }
}

fn config(hooks: &Repository, revision: &str) -> String {
    let folder = hooks.folder.display();
    format!(
        "\
repos:
  - repo: '{folder}'
    rev: {revision}
    hooks:
      - id: plimsoll
      - id: plimsoll-tree
        stages: [manual]
"
    )
}
