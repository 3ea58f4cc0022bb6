//! The measurements that have a goal.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::cost::{Costs, Sample};
use super::results::{Goal, Results};
use super::tree::{self, Tree};
use crate::command;
use crate::workspace::Workspace;

const MIB: f64 = 1024.0 * 1024.0;

/// What is measured, and how often.
pub(crate) struct Bench<'w> {
    pub(crate) workspace: &'w Workspace,
    /// The release binary.
    pub(crate) plimsoll: PathBuf,
    /// The example of the YAML crate that reads folders step by step.
    pub(crate) parse: PathBuf,
    pub(crate) rounds: usize,
    pub(crate) trees: Vec<Tree>,
}

impl Bench<'_> {
    /// A run of the checker with all its rules, as a program would call it: every finding is printed in full.
    pub(crate) fn check(&self, path: &Path, threads: usize) -> Command {
        self.check_as("json", path, threads)
    }

    /// The same as people call it: what is printed is the same whatever the number of findings.
    pub(crate) fn check_as(&self, format: &str, path: &Path, threads: usize) -> Command {
        let mut check = self.workspace.command(&self.plimsoll);
        check
            .args(["check", "--all-rules", "--format", format])
            .arg(path)
            .env("RAYON_NUM_THREADS", threads.to_string());
        check
    }

    fn parse(&self, mode: &str, tree: &Tree) -> Command {
        let mut parse = self.workspace.command(&self.parse);
        parse.arg(mode).arg(&tree.folder);
        parse
    }

    /// The tree that most is measured on: 10,000 objects, where there is no reason to be quick.
    pub(crate) fn middle(&self) -> &Tree {
        &self.trees[self.trees.len().min(3) - 1]
    }

    /// From 1,000 objects on, an object costs the same in every tree. One thread, which is what is least disturbed.
    pub(crate) fn flat(&self, results: &mut Results) -> Result<(), String> {
        let trees = &self.trees[1..];
        let mut commands: Vec<_> = trees
            .iter()
            .map(|tree| self.check(&tree.folder, 1))
            .collect();
        let costs = Costs::in_turn(self.rounds, &mut commands)?;
        let each: Vec<Sample> = trees
            .iter()
            .zip(&costs)
            .map(|(tree, costs)| costs.cpu().times(1e6 / tree.objects as f64))
            .collect();
        for (tree, sample) in trees.iter().zip(&each) {
            let what = format!("CPU an object, {} objects", tree.objects);
            results.add("object", what, "µs", *sample, Goal::None);
        }
        for (tree, sample) in trees.iter().zip(&each).skip(1) {
            let what = format!(
                "CPU an object, {} objects over {}",
                tree.objects, trees[0].objects
            );
            results.add("flat", what, "×", sample.over(each[0]), Goal::AtMost(1.15));
        }
        for (tree, costs) in trees.iter().zip(&costs) {
            let allowed = (6.0 * tree.bytes as f64 + 20.0 * MIB) / MIB;
            let what = format!("peak memory, {} objects", tree.objects);
            results.add(
                "memory",
                what,
                "MiB",
                costs.memory().times(1.0 / MIB),
                Goal::AtMost(allowed),
            );
        }
        Ok(())
    }

    /// The whole check beside the bare parse of the same bytes, and the steps between, on one thread.
    pub(crate) fn parsing(&self, results: &mut Results) -> Result<(), String> {
        let tree = self.middle();
        let mut commands = vec![
            self.check_as("human", &tree.folder, 1),
            self.check(&tree.folder, 1),
        ];
        commands.extend(["read", "events", "granit", "tree"].map(|mode| self.parse(mode, tree)));
        let costs = Costs::in_turn(self.rounds, &mut commands)?;
        let cpu: Vec<Sample> = costs.iter().map(Costs::cpu).collect();
        let [check, json, read, events, granit, own] = cpu[..] else {
            return Err("six commands have six costs".to_owned());
        };
        let bare = events.beyond(read);
        let parts = [
            ("check over bare parse", check, Goal::AtMost(2.5)),
            (
                "check, every finding as JSON, over bare parse",
                json,
                Goal::AtMost(2.5),
            ),
            (
                "walking and reading the files over bare parse",
                read,
                Goal::None,
            ),
            (
                "trees by the full parser over bare parse",
                granit.beyond(read),
                Goal::None,
            ),
            (
                "trees by our own reader over bare parse",
                own.beyond(read),
                Goal::None,
            ),
            (
                "all after the trees (objects, rules, JSON) over bare parse",
                json.beyond(own),
                Goal::None,
            ),
        ];
        for (what, sample, goal) in parts {
            let what = format!("{what}, {} objects", tree.objects);
            results.add("parse", what, "×", sample.over(bare), goal);
        }
        Ok(())
    }

    /// Two threads against one.
    pub(crate) fn threads(&self, results: &mut Results) -> Result<(), String> {
        if std::thread::available_parallelism().map_or(1, usize::from) < 2 {
            results
                .skipped
                .push("two threads: there is one core".to_owned());
            return Ok(());
        }
        let tree = self.middle();
        let formats = ["human", "json"];
        let mut commands: Vec<_> = formats
            .iter()
            .flat_map(|format| [1, 2].map(|threads| self.check_as(format, &tree.folder, threads)))
            .collect();
        let costs = Costs::in_turn(self.rounds, &mut commands)?;
        for (format, costs) in ["", ", every finding as JSON"].iter().zip(costs.chunks(2)) {
            let what = format!("speed-up by two threads{format}, {} objects", tree.objects);
            let ratio = costs[0].wall().over(costs[1].wall());
            results.add("threads", what, "×", ratio, Goal::AtLeast(1.7));
        }
        let cpu = costs[3].cpu();
        let what = format!("CPU on two threads, {} objects", tree.objects);
        results.add(
            "tree",
            what,
            "s",
            cpu,
            Goal::AtMost(0.9 * tree.objects as f64 / 10_000.0),
        );
        Ok(())
    }

    /// A cold process on one Deployment.
    pub(crate) fn one_file(&self, results: &mut Results) -> Result<(), String> {
        let file = tree::one_file(self.workspace)?;
        let costs = Costs::of(self.rounds * 10, self.check(&file, 2))?;
        results.add(
            "one-wall",
            "one Deployment of 3 KB, wall",
            "ms",
            costs.wall().times(1e3),
            Goal::AtMost(5.0),
        );
        let memory = costs.memory().times(1.0 / MIB);
        results.add(
            "one-memory",
            "one Deployment of 3 KB, peak memory",
            "MiB",
            memory,
            Goal::AtMost(16.0),
        );
        Ok(())
    }

    /// Instructions, which do not depend on what else the machine does.
    pub(crate) fn instructions(&self, results: &mut Results) -> Result<(), String> {
        let tree = &self.trees[1];
        let check = self.check(&tree.folder, 1);
        let mut counted = self.workspace.command("valgrind");
        counted
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(check.get_program())
            .args(check.get_args())
            .env("RAYON_NUM_THREADS", "1");
        let Ok(output) = command::capture(&mut counted) else {
            results
                .skipped
                .push("instructions: there is no valgrind".to_owned());
            return Ok(());
        };
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let collected = said
            .lines()
            .find_map(|line| line.split_once("Collected : "));
        let count: f64 = collected
            .and_then(|(_, count)| count.trim().parse().ok())
            .ok_or_else(|| format!("valgrind counted nothing:\n{said}"))?;
        let what = format!("instructions a byte, {} objects", tree.objects);
        results.count(
            "instructions",
            what,
            "",
            count / tree.bytes as f64,
            Goal::None,
        );
        Ok(())
    }

    /// What is shipped.
    pub(crate) fn size(&self, results: &mut Results) -> Result<(), String> {
        let bytes = self
            .plimsoll
            .metadata()
            .map_err(|error| error.to_string())?
            .len();
        results.count(
            "binary",
            "release binary",
            "MiB",
            bytes as f64 / MIB,
            Goal::AtMost(12.0),
        );
        let mut list = self.workspace.command("cargo");
        list.args([
            "tree",
            "--locked",
            "--package",
            "plimsoll",
            "--edges",
            "normal,build",
        ]);
        list.args(["--prefix", "none", "--format", "{p}"]);
        let listed = command::output(&mut list)?;
        let packages: std::collections::BTreeSet<_> = listed
            .lines()
            .map(|line| line.trim_end_matches(" (*)"))
            .filter(|line| !line.is_empty())
            .collect();
        results.count(
            "packages",
            "packages in the CLI's dependency tree",
            "",
            packages.len() as f64,
            Goal::AtMost(180.0),
        );
        Ok(())
    }
}
