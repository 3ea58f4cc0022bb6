//! The steps, in the order of what they cost, and the summary of how they went.

use std::fmt;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::sspp::{image, search, stores};
use crate::workspace::Workspace;
use crate::{action, cargo, cluster, deny, hook, layout, python};

const USAGE: &str = "\
usage: cargo xtask test [--only STEP]...

Sets up what the tests need below target/, runs them all, and ends with the
number that passed, failed and were skipped. Steps:
";

/// Why a step did not pass.
pub(crate) enum Stop {
    /// The change, or the machine, is at fault; the text says which and what to do.
    Failed(String),
    /// What the step needs is out of reach from here; the text says what that is.
    Skipped(String),
}

impl From<String> for Stop {
    fn from(reason: String) -> Self {
        Stop::Failed(reason)
    }
}

struct Step {
    name: &'static str,
    about: &'static str,
    run: fn(&Workspace) -> Result<(), Stop>,
}

/// Cheap steps first: most mistakes are told within seconds.
const STEPS: &[Step] = &[
    Step {
        name: "layout",
        about: "no Rust file is longer than its budget",
        run: layout::check,
    },
    Step {
        name: "fmt",
        about: "rustfmt has nothing to change",
        run: cargo::fmt,
    },
    Step {
        name: "python",
        about: "pre-commit, shellcheck and zizmor are installed below target/",
        run: python::set_up,
    },
    Step {
        name: "shell",
        about: "shellcheck has nothing to say of the scripts",
        run: python::shellcheck,
    },
    Step {
        name: "zizmor",
        about: "zizmor has nothing to say of the workflows and the action",
        run: python::zizmor,
    },
    Step {
        name: "clippy",
        about: "clippy has nothing to say",
        run: cargo::clippy,
    },
    Step {
        name: "deny",
        about: "licences, bans and sources of the dependencies",
        run: deny::policy,
    },
    Step {
        name: "advisories",
        about: "no dependency has a known vulnerability",
        run: deny::advisories,
    },
    Step {
        name: "stores",
        about: "PostgreSQL, Redis and HAProxy are installed, for the tests of SSPP",
        run: stores::install,
    },
    Step {
        name: "search",
        about: "OpenSearch is fetched, for the tests of SSPP",
        run: search::install,
    },
    Step {
        name: "unit",
        about: "the tests of every crate, but for the drills",
        run: cargo::test,
    },
    Step {
        name: "compose",
        about: "docker-compose can read what it is given to try SSPP out",
        run: image::compose,
    },
    Step {
        name: "image",
        about: "SSPP's image, built and run as the manifests have it run",
        run: image::check,
    },
    Step {
        name: "drills",
        about: "SSPP loses nothing: its parts are killed, stopped and hung under load",
        run: cargo::drills,
    },
    Step {
        name: "action",
        about: "the GitHub action's scripts, in the environment that GitHub gives them",
        run: action::check,
    },
    Step {
        name: "hook",
        about: "the pre-commit hooks, run by pre-commit in a repository of their own",
        run: hook::check,
    },
    Step {
        name: "cluster",
        about: "a Kubernetes control plane, built below target/: what the tests of the webhook stand on",
        run: cluster::control_plane,
    },
    Step {
        name: "admission",
        about: "the admission webhook behind a real API server: refusals, failures, restarts",
        run: cluster::admission,
    },
    Step {
        name: "node",
        about: "a Kubernetes node that runs Pods, with containerd: as root alone",
        run: cluster::node,
    },
    Step {
        name: "in-cluster",
        about: "the webhook as gitops/ deploys it, on a node: killed, restarted and renewed under load; as root alone",
        run: cluster::in_cluster,
    },
];

/// Prints what can be asked for, below the complaint about what was.
pub(crate) fn usage(complaint: &str) -> ExitCode {
    eprint!("cargo xtask: {complaint}\n\n{USAGE}");
    for step in STEPS {
        eprintln!("  {:<12}{}", step.name, step.about);
    }
    ExitCode::from(3)
}

/// Runs the steps that `arguments` choose, all of them also after one has failed.
pub(crate) fn main(arguments: &[String]) -> ExitCode {
    let steps = match chosen(arguments) {
        Ok(steps) => steps,
        Err(complaint) => return usage(&complaint),
    };
    let workspace = match Workspace::find() {
        Ok(workspace) => workspace,
        Err(reason) => {
            eprintln!("cargo xtask: {reason}");
            return ExitCode::FAILURE;
        }
    };
    let mut summary = Summary::default();
    for step in steps {
        summary.add(step, &workspace);
    }
    println!("\n{summary}");
    if summary.failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn chosen(arguments: &[String]) -> Result<Vec<&'static Step>, String> {
    let mut names = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.strip_prefix("--only=") {
            Some(name) => names.push(name),
            None if argument == "--only" => {
                names.push(rest.next().ok_or("--only needs the name of a step")?);
            }
            None => return Err(format!("unknown argument {argument}")),
        }
    }
    if let Some(unknown) = names
        .iter()
        .find(|name| STEPS.iter().all(|step| step.name != **name))
    {
        return Err(format!("there is no step {unknown}"));
    }
    let wanted = |step: &&Step| names.is_empty() || names.contains(&step.name);
    Ok(STEPS.iter().filter(wanted).collect())
}

#[derive(Default)]
struct Summary {
    passed: usize,
    failed: Vec<String>,
    skipped: Vec<String>,
}

impl Summary {
    fn add(&mut self, step: &Step, workspace: &Workspace) {
        println!("\n== {}: {}", step.name, step.about);
        let start = Instant::now();
        let outcome = (step.run)(workspace);
        let time = seconds(start.elapsed());
        match outcome {
            Ok(()) => {
                self.passed += 1;
                println!("-- {} passed in {time}", step.name);
            }
            Err(Stop::Failed(reason)) => {
                println!("-- {} FAILED in {time}: {reason}", step.name);
                self.failed.push(step.name.to_owned());
            }
            Err(Stop::Skipped(reason)) => {
                println!("-- {} SKIPPED: {reason}", step.name);
                self.skipped.push(format!("{}: {reason}", step.name));
            }
        }
    }
}

/// What was not run and what failed, then the counts on a line of their own.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for skipped in &self.skipped {
            writeln!(f, "SKIPPED {skipped}")?;
        }
        for failed in &self.failed {
            writeln!(
                f,
                "FAILED {failed} (again: cargo xtask test --only {failed})"
            )?;
        }
        let Summary {
            passed,
            failed,
            skipped,
        } = self;
        write!(
            f,
            "{passed} passed, {} failed, {} skipped",
            failed.len(),
            skipped.len()
        )
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(arguments: &[&str]) -> Result<Vec<&'static str>, String> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        chosen(&arguments).map(|steps| steps.iter().map(|step| step.name).collect())
    }

    #[test]
    fn without_arguments_every_step_is_chosen() {
        assert_eq!(names(&[]).unwrap().len(), STEPS.len());
    }

    #[test]
    fn only_chooses_and_keeps_the_order() {
        assert_eq!(
            names(&["--only", "unit", "--only=fmt"]).unwrap(),
            ["fmt", "unit"]
        );
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert_eq!(
            names(&["--only", "nothing"]).unwrap_err(),
            "there is no step nothing"
        );
        assert_eq!(
            names(&["--only"]).unwrap_err(),
            "--only needs the name of a step"
        );
        assert_eq!(names(&["--fast"]).unwrap_err(), "unknown argument --fast");
    }

    #[test]
    fn the_summary_ends_with_the_counts_alone() {
        let summary = Summary {
            passed: 2,
            failed: vec!["unit".to_owned()],
            skipped: vec!["advisories: no database".to_owned()],
        };
        let text = summary.to_string();
        assert_eq!(text.lines().last(), Some("2 passed, 1 failed, 1 skipped"));
        assert_eq!(text.lines().next(), Some("SKIPPED advisories: no database"));
    }
}
