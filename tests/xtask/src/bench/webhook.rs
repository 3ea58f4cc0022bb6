//! `cargo xtask bench webhook`: what a review costs, server and load on this machine, over TLS on loopback.

use std::fs;
use std::process::ExitCode;

use serde_json::Value;

use super::api_server;
use super::between;
use super::cost::Sample;
use super::results::{Goal, Results};
use crate::command;
use crate::workspace::Workspace;

const PAGE: &str = "docs/webhook.md";
const MIB: f64 = 1024.0 * 1024.0;

#[derive(Debug, Default, PartialEq)]
struct Arguments {
    quick: bool,
    soak: bool,
    write: bool,
    api_server: bool,
}

pub(crate) fn main(arguments: &[String]) -> ExitCode {
    let arguments = match read(arguments) {
        Ok(arguments) => arguments,
        Err(complaint) => {
            eprint!("cargo xtask bench webhook: {complaint}\n\n{}", super::USAGE);
            return ExitCode::from(3);
        }
    };
    match Workspace::find().and_then(|workspace| run(&workspace, &arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("cargo xtask bench webhook: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn read(arguments: &[String]) -> Result<Arguments, String> {
    let mut read = Arguments::default();
    for argument in arguments {
        match argument.as_str() {
            "--quick" => read.quick = true,
            "--soak" => read.soak = true,
            "--write" => read.write = true,
            "--api-server" => read.api_server = true,
            _ => return Err(format!("unknown argument {argument}")),
        }
    }
    Ok(read)
}

fn run(workspace: &Workspace, arguments: &Arguments) -> Result<(), String> {
    println!("building the release binary and the load");
    let mut build = workspace.command("cargo");
    build.args([
        "build",
        "--release",
        "--locked",
        "--package",
        "plimsoll-webhook",
    ]);
    command::run(build.args(["--bin", "plimsoll-webhook", "--example", "load"]))?;
    let mut results = Results::default();
    let (rounds, seconds) = if arguments.quick { (1, 3) } else { (5, 10) };
    let mark = if arguments.api_server {
        api_server::measure(workspace, rounds, seconds, &mut results)?;
        "api-server"
    } else {
        let seconds = &seconds.to_string();
        let load = Load {
            workspace,
            rounds,
            seconds,
        };
        load.throughput(&mut results)?;
        load.latency(&mut results)?;
        if arguments.soak {
            load.soak(&mut results)?;
        }
        "webhook"
    };
    let table = results.figures_table(false);
    println!("\n{table}\n{} goals missed", results.missed());
    if arguments.write {
        let page = workspace.root.join(PAGE);
        let failed = |error: std::io::Error| format!("{PAGE}: {error}");
        let text = fs::read_to_string(&page).map_err(failed)?;
        fs::write(&page, between(PAGE, &text, mark, &table)?).map_err(failed)?;
        println!("written: {PAGE}");
    }
    Ok(())
}

struct Load<'w> {
    workspace: &'w Workspace,
    rounds: usize,
    seconds: &'w str,
}

impl Load<'_> {
    /// What each of several runs says.
    fn runs(&self, mode: &str) -> Result<Vec<Value>, String> {
        println!("measuring {mode}");
        (0..self.rounds)
            .map(|_| self.run(mode, self.seconds))
            .collect()
    }

    fn run(&self, mode: &str, seconds: &str) -> Result<Value, String> {
        let release = self.workspace.target.join("release");
        let mut load = self.workspace.command(release.join("examples/load"));
        load.arg(release.join("plimsoll-webhook"))
            .args([mode, seconds]);
        let said = command::output(&mut load)?;
        serde_json::from_str(&said).map_err(|error| format!("{said}: {error}"))
    }

    fn throughput(&self, results: &mut Results) -> Result<(), String> {
        let runs = self.runs("throughput")?;
        let what = "reviews a second, one thread, 16 connections";
        results.add(
            "throughput",
            what,
            "",
            of(&runs, "per_second"),
            Goal::AtLeast(15_000.0),
        );
        results.add(
            "cpu",
            "the server's CPU a review",
            "µs",
            of(&runs, "server_cpu_us"),
            Goal::None,
        );
        let memory = of(&runs, "rss_bytes").times(1.0 / MIB);
        results.add(
            "memory",
            "memory after it, without a cluster view",
            "MiB",
            memory,
            Goal::AtMost(40.0),
        );
        let runs = self.runs("connect")?;
        let what = "reviews a second, each on a connection of its own";
        results.add("connect", what, "", of(&runs, "per_second"), Goal::None);
        Ok(())
    }

    fn latency(&self, results: &mut Results) -> Result<(), String> {
        let runs = self.runs("single")?;
        let what = "half of the answers on one connection, within";
        results.add(
            "single",
            what,
            "µs",
            of(&runs, "p50_us"),
            Goal::AtMost(60.0),
        );
        let runs = self.runs("echo")?;
        let what = "half of as many bytes there and back, between two threads that only pass them on, within";
        results.add("echo", what, "µs", of(&runs, "p50_us"), Goal::None);
        let runs = self.runs("paced")?;
        let what = "99 % of the answers at 5,000 a second, from when they were due, within";
        let sample = of(&runs, "p99_us").times(1e-3);
        results.add("paced", what, "ms", sample, Goal::AtMost(2.0));
        Ok(())
    }

    /// Memory at the end of ten minutes over memory after ten seconds.
    fn soak(&self, results: &mut Results) -> Result<(), String> {
        println!("soaking, ten minutes");
        let memory = |run: Value| run["rss_bytes"].as_f64().unwrap_or_default();
        let short = memory(self.run("throughput", "10")?);
        let long = memory(self.run("throughput", "600")?);
        let what = "memory after ten minutes of it, over ten seconds";
        results.count("soak", what, "×", long / short, Goal::AtMost(1.1));
        Ok(())
    }
}

fn of(runs: &[Value], field: &str) -> Sample {
    let values = runs
        .iter()
        .map(|run| run[field].as_f64().unwrap_or_default());
    Sample::of(values.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_refused() {
        let words =
            |words: &[&str]| read(&words.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert!(words(&["--quick", "--soak"]).unwrap().soak);
        assert_eq!(words(&["--fast"]).unwrap_err(), "unknown argument --fast");
    }
}
