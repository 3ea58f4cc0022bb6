//! Other checkers, where they are installed: the same trees, as multiples of what Plimsoll costs.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::cost::Costs;
use super::goals::Bench;
use super::results::{Peer, Results};
use super::tree;
use crate::command;
use crate::workspace::{self, Workspace};

/// How a peer is installed and called.
struct Program {
    name: &'static str,
    /// What `go install` takes; empty for what every machine has.
    module: &'static str,
    version: &'static [&'static str],
    /// Words before the path.
    check: &'static [&'static str],
    /// It wants every file named, because it reads no folders.
    files: bool,
    /// Objects that it takes seconds for, not minutes.
    at_most: usize,
}

const PROGRAMS: &[Program] = &[
    Program {
        name: "kube-score",
        module: "github.com/zegl/kube-score/cmd/kube-score@v1.20.0",
        version: &["version"],
        check: &["score", "--output-format", "ci"],
        files: true,
        at_most: usize::MAX,
    },
    Program {
        name: "kube-linter",
        module: "golang.stackrox.io/kube-linter/cmd/kube-linter@latest",
        version: &["version"],
        check: &["lint", "--add-all-built-in", "--format", "json"],
        files: false,
        at_most: usize::MAX,
    },
    Program {
        name: "kubeconform",
        module: "github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0",
        version: &["-v"],
        check: &["-output", "json", "-ignore-missing-schemas"],
        files: false,
        at_most: usize::MAX,
    },
    Program {
        name: "polaris",
        module: "github.com/fairwindsops/polaris@latest",
        version: &["version"],
        check: &["audit", "--format", "json", "--audit-path"],
        files: false,
        // Its cost grows with the square of the tree.
        at_most: 1000,
    },
    Program {
        name: "pluto",
        module: "github.com/fairwindsops/pluto/v5@latest",
        version: &["version"],
        check: &["detect-files", "--ignore-deprecations", "--directory"],
        files: false,
        at_most: usize::MAX,
    },
    Program {
        name: "cat",
        module: "",
        version: &[],
        check: &[],
        files: true,
        at_most: usize::MAX,
    },
];

/// Installs the peers that can be had here; says of the others why not.
pub(crate) fn install(workspace: &Workspace) {
    for program in PROGRAMS.iter().filter(|program| !program.module.is_empty()) {
        println!("installing {}", program.module);
        let mut install = Command::new("go");
        install
            .args(["install", program.module])
            .current_dir(&workspace.target)
            .env("GOBIN", tools(workspace));
        if let Err(reason) = command::output(&mut install) {
            println!("{} is not installed: {reason}", program.name);
        }
    }
}

/// Measures every peer that is there.
pub(crate) fn measure(bench: &Bench<'_>, schemas: Option<&Path>, results: &mut Results) {
    results.peer_objects = bench.middle().objects;
    for program in PROGRAMS {
        match program.command(bench, schemas) {
            Ok(base) => {
                println!("measuring {}", program.name);
                match program.measure(bench, &base) {
                    Ok(peer) => results.peers.push(peer),
                    Err(reason) => results.skipped.push(format!("{}: {reason}", program.name)),
                }
            }
            Err(reason) => results.skipped.push(format!("{}: {reason}", program.name)),
        }
    }
}

/// A program with the words that its calls begin with.
struct Base {
    program: PathBuf,
    words: Vec<String>,
}

impl Base {
    fn call(&self, paths: impl IntoIterator<Item = PathBuf>) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.words).args(paths);
        command
    }
}

impl Program {
    fn command(&self, bench: &Bench<'_>, schemas: Option<&Path>) -> Result<Base, String> {
        let program = find(bench.workspace, self.name)
            .ok_or("not found (`cargo xtask bench --install-peers`)")?;
        let mut words: Vec<String> = self.check.iter().map(ToString::to_string).collect();
        if self.name == "kubeconform" {
            // Without them it would measure the network.
            let schemas = schemas.ok_or("needs a folder of schemas (`--schemas DIR`)")?;
            let pattern = "{{.ResourceKind}}{{.KindSuffix}}.json";
            words.extend([
                "-schema-location".to_owned(),
                format!("{}/{pattern}", schemas.display()),
            ]);
        }
        Ok(Base { program, words })
    }

    fn measure(&self, bench: &Bench<'_>, base: &Base) -> Result<Peer, String> {
        let trees = bench.trees.iter().rev();
        let most = self.at_most.min(bench.middle().objects);
        let tree = trees
            .into_iter()
            .find(|tree| tree.objects <= most)
            .ok_or("no tree is small enough")?;
        let paths = if self.files {
            tree::files(&tree.folder)?
        } else {
            vec![tree.folder.clone()]
        };
        let mut commands = [bench.check(&tree.folder, 2), base.call(paths)];
        let costs = Costs::in_turn(bench.rounds.min(3), &mut commands)?;
        let ratio = |of: fn(&Costs) -> f64| of(&costs[1]) / of(&costs[0]);
        let mut version = self.installed_version(base);
        if tree.objects < bench.middle().objects {
            version = format!("{version} ({} objects)", tree.objects);
        }
        Ok(Peer {
            name: self.name,
            version,
            tree: [
                ratio(|costs| costs.cpu().median),
                ratio(|costs| costs.memory().median),
            ],
            one: if self.module.is_empty() {
                None
            } else {
                Some(self.one_file(bench, base)?)
            },
        })
    }

    fn one_file(&self, bench: &Bench<'_>, base: &Base) -> Result<f64, String> {
        let file = tree::one_file(bench.workspace)?;
        // What takes a folder is given the folder that holds the file alone.
        let path = if self.files {
            file.clone()
        } else {
            file.parent().unwrap_or(&file).to_owned()
        };
        let mut commands = [bench.check(&file, 2), base.call([path])];
        let costs = Costs::in_turn(bench.rounds * 2, &mut commands)?;
        Ok(costs[1].wall().median / costs[0].wall().median)
    }

    /// The first thing in what it says of itself that looks like a version.
    fn installed_version(&self, base: &Base) -> String {
        if self.version.is_empty() {
            return String::new();
        }
        let said =
            command::output(Command::new(&base.program).args(self.version)).unwrap_or_default();
        let word = said
            .split([' ', '\n', ',', '"'])
            .map(|word| word.trim_start_matches('v'))
            .find(|word| {
                word.starts_with(|first: char| first.is_ascii_digit()) && word.contains('.')
            });
        let pinned = || self.module.rsplit_once("@v").map(|(_, version)| version);
        word.or_else(pinned).unwrap_or_default().to_owned()
    }
}

fn tools(workspace: &Workspace) -> PathBuf {
    workspace.target.join("tools/bin")
}

/// A program below the build folder, or on the search path.
pub(crate) fn find(workspace: &Workspace, name: &str) -> Option<PathBuf> {
    let path = workspace::variable("PATH").unwrap_or_default();
    std::iter::once(tools(workspace))
        .chain(std::env::split_paths(&path))
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_peer_that_is_installed_has_a_name_of_its_own() {
        let mut names: Vec<_> = PROGRAMS.iter().map(|program| program.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), PROGRAMS.len());
    }
}
