//! What rendering costs: many roots in one process, overlays inside each other, and beside kustomize.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::cost::{Costs, Sample};
use super::goals::Bench;
use super::overlays::Overlays;
use super::peers;
use super::results::{Goal, Results};
use crate::command;

const MIB: f64 = 1024.0 * 1024.0;

/// How many roots others render, each in a process of its own; what all would cost them is scaled up.
const SAMPLE: usize = 20;

/// Repositories of a corpus with fewer roots are over too soon to be measured.
const FEW: usize = 50;

/// Programs that render one root in a process, with what they are called with before it.
const OTHERS: [(&str, &[&str], &[&str]); 2] = [
    ("kustomize", &["build"], &["version"]),
    ("kubectl", &["kustomize"], &["version", "--client"]),
];

impl Bench<'_> {
    /// All of it; `corpus` has folders with `tree` and `roots.json`.
    pub(crate) fn rendering(
        &self,
        quick: bool,
        corpus: Option<&Path>,
        results: &mut Results,
    ) -> Result<(), String> {
        let sizes: &[usize] = if quick {
            &[100, 1000]
        } else {
            &[100, 1000, 10_000]
        };
        let trees = sizes
            .iter()
            .map(|roots| Overlays::make(self.workspace, *roots));
        let trees = trees.collect::<Result<Vec<_>, _>>()?;
        println!("measuring roots in one process");
        self.many(&trees, results)?;
        println!("measuring overlays inside each other");
        self.depth(results)?;
        if let Some(corpus) = corpus {
            self.corpus(corpus, results)?;
        }
        // Last: a process begins with the memory of this one, which here holds what is rendered.
        println!("measuring check with rendering");
        self.rendered_and_plain(&trees[1], results)?;
        Ok(())
    }

    fn render(&self, tree: &Overlays) -> Command {
        let mut render = Command::new(&self.plimsoll);
        render
            .arg("render")
            .args(&tree.roots)
            .current_dir(&tree.folder);
        render
    }

    /// The same, after it was seen to succeed.
    fn renders(&self, tree: &Overlays) -> Result<Command, String> {
        succeeds(&mut self.render(tree))?;
        Ok(self.render(tree))
    }

    /// A root costs the same among few and among many.
    fn many(&self, trees: &[Overlays], results: &mut Results) -> Result<(), String> {
        let commands = trees.iter().map(|tree| self.renders(tree));
        let mut commands = commands.collect::<Result<Vec<_>, _>>()?;
        let costs = Costs::in_turn(self.rounds, &mut commands)?;
        let each =
            |costs: &Costs, tree: &Overlays| costs.cpu().times(1.0 / tree.roots.len() as f64);
        let first = each(&costs[0], &trees[0]);
        for (tree, costs) in trees.iter().zip(&costs) {
            let (roots, own) = (tree.roots.len(), each(costs, tree));
            results.add(
                "render-root",
                format!("CPU a root, {roots} roots"),
                "µs",
                own.times(1e6),
                Goal::None,
            );
            if roots > trees[0].roots.len() {
                let what = format!("CPU a root, {roots} roots over {}", trees[0].roots.len());
                results.add(
                    "render-flat",
                    what,
                    "×",
                    own.over(first),
                    Goal::AtMost(1.15),
                );
            }
        }
        for (tree, costs) in trees.iter().zip(&costs) {
            let what = format!("peak memory, {} roots", tree.roots.len());
            results.add(
                "render-memory",
                what,
                "MiB",
                costs.memory().times(1.0 / MIB),
                Goal::None,
            );
        }
        self.beside(&trees[1], "1000 roots", costs[1].cpu(), results)
    }

    /// Others, a process for each root of a sample.
    fn beside(
        &self,
        tree: &Overlays,
        what: &str,
        own: Sample,
        results: &mut Results,
    ) -> Result<(), String> {
        for (name, words, version) in OTHERS {
            let Some(program) = peers::find(self.workspace, name) else {
                results
                    .skipped
                    .push(format!("rendering {what} with {name}: not found"));
                continue;
            };
            let every = tree.roots.len().div_ceil(SAMPLE);
            let sample: Vec<&String> = tree.roots.iter().step_by(every).collect();
            let mut commands: Vec<Command> = sample
                .iter()
                .map(|root| {
                    let mut command = Command::new(&program);
                    command.args(words).arg(root).current_dir(&tree.folder);
                    command
                })
                .collect();
            for command in &mut commands {
                succeeds(command)?;
            }
            let costs = Costs::in_turn(1, &mut commands)?;
            let total: f64 = costs.iter().map(|costs| costs.cpu().median).sum();
            let all = total / sample.len() as f64 * tree.roots.len() as f64;
            let said = command::output(Command::new(&program).args(version)).unwrap_or_default();
            let title = format!(
                "{} {}, {what}, one process a root ({} measured), CPU over ours",
                name,
                kustomize_version(&said),
                sample.len()
            );
            results.count(
                "render-beside",
                title,
                "×",
                all / own.median,
                Goal::AtLeast(50.0),
            );
        }
        Ok(())
    }

    /// A level costs the same wherever it is.
    fn depth(&self, results: &mut Results) -> Result<(), String> {
        let chain = |depth| self.renders(&Overlays::chain(self.workspace, depth)?);
        let mut commands = [chain(1)?, chain(4)?, chain(16)?];
        let costs = Costs::in_turn(self.rounds * 5, &mut commands)?;
        for (depth, costs) in ["1 overlay", "4 overlays", "16 overlays"]
            .iter()
            .zip(&costs)
        {
            let what = format!("a root of 60 objects, a chain of {depth}, CPU");
            results.add(
                "render-depth",
                what,
                "ms",
                costs.cpu().times(1e3),
                Goal::None,
            );
        }
        let ratio = costs[2].cpu().over(costs[1].cpu());
        results.add(
            "render-linear",
            "a chain of 16 over one of 4",
            "×",
            ratio,
            Goal::AtMost(4.0),
        );
        Ok(())
    }

    /// What rendering adds to a check: the same objects as files.
    fn rendered_and_plain(&self, tree: &Overlays, results: &mut Results) -> Result<(), String> {
        let printed = command::output(&mut self.render(tree))?;
        let texts: Vec<String> = printed
            .split("---\n# ")
            .map(|text| format!("# {text}"))
            .collect();
        let plain = tree.plain(self.workspace, &texts)?;
        let mut commands = [
            self.check_as("human", &tree.folder, 1),
            self.check_as("human", &plain, 1),
        ];
        let costs = Costs::in_turn(self.rounds.min(5), &mut commands)?;
        let roots = tree.roots.len();
        let what = format!("check --all-rules of {roots} roots, CPU");
        results.add("render-check", what, "s", costs[0].cpu(), Goal::None);
        let ratio = costs[0].cpu().over(costs[1].cpu());
        results.add(
            "render-plain",
            "the same over a check of the same objects as files",
            "×",
            ratio,
            Goal::None,
        );
        let memory = costs[0].memory().over(costs[1].memory());
        results.add(
            "render-plain-memory",
            "its peak memory over theirs",
            "×",
            memory,
            Goal::None,
        );
        Ok(())
    }

    /// Repositories that others wrote.
    fn corpus(&self, corpus: &Path, results: &mut Results) -> Result<(), String> {
        for (name, tree) in repositories(corpus)? {
            println!("measuring {name}");
            let costs = Costs::of(self.rounds, self.renders(&tree)?)?;
            let roots = tree.roots.len();
            let what = format!("the {roots} roots of {name}");
            let most = 0.2 * roots as f64 / 310.0;
            results.add(
                "render-corpus",
                format!("{what}, wall"),
                "s",
                costs.wall(),
                Goal::AtMost(most.max(0.05)),
            );
            results.add(
                "render-corpus",
                format!("{what}, CPU"),
                "s",
                costs.cpu(),
                Goal::None,
            );
            let memory = costs.memory().times(1.0 / MIB);
            results.add(
                "render-corpus",
                format!("{what}, peak memory"),
                "MiB",
                memory,
                Goal::None,
            );
            self.beside(&tree, &what, costs.cpu(), results)?;
        }
        Ok(())
    }
}

/// Runs a command for its exit code.
fn succeeds(command: &mut Command) -> Result<(), String> {
    command::run(command.stdout(Stdio::null()))
}

/// The repositories of a corpus with the roots that are known to render.
fn repositories(corpus: &Path) -> Result<Vec<(String, Overlays)>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", corpus.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(corpus).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let Ok(list) = fs::read_to_string(path.join("roots.json")) else {
            continue;
        };
        let roots = renderable(&list).map_err(|error| format!("{}: {error}", path.display()))?;
        if roots.len() >= FEW {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let folder: PathBuf = path.join("tree");
            found.push((name, Overlays { folder, roots }));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

fn renderable(list: &str) -> Result<Vec<String>, serde_json::Error> {
    let list: Vec<serde_json::Value> = serde_json::from_str(list)?;
    let roots = list.iter().filter(|root| root.get("expected").is_some());
    Ok(roots
        .filter_map(|root| root["path"].as_str().map(str::to_owned))
        .collect())
}

/// The version of kustomize that a program says it has.
fn kustomize_version(said: &str) -> &str {
    let line = said
        .lines()
        .rfind(|line| line.contains("Kustomize Version: "));
    let version = line.map_or(said, |line| line.trim_start_matches("Kustomize Version: "));
    version.trim().trim_start_matches('v')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_kustomize_is_found() {
        assert_eq!(kustomize_version("v5.7.1\n"), "5.7.1");
        let kubectl = "Client Version: v1.32.1\nKustomize Version: v5.5.0\n";
        assert_eq!(kustomize_version(kubectl), "5.5.0");
    }

    #[test]
    fn roots_that_do_not_render_are_left_out() {
        let list = r#"[{"path": "a", "expected": "0.yaml"}, {"path": "b", "error": "1.txt"}]"#;
        assert_eq!(renderable(list).unwrap(), ["a"]);
    }
}
