//! `cargo xtask bench`: what a run costs, beside what it may cost and what others cost.
//!
//! ```text
//! seed ──▶ trees of 100 … 100,000 objects ──▶ whole processes, several runs of each ──▶ table
//!          target/bench                       CPU, wall, peak memory                    results.json
//!                                                                                       docs/performance.md
//! ```
#![expect(
    clippy::cast_precision_loss,
    reason = "no number here is near 2^52, and all are rounded when shown"
)]

mod api_server;
mod application;
mod around;
mod cost;
mod goals;
mod overlays;
mod peers;
mod random;
mod rendering;
mod results;
mod tree;
mod webhook;
mod workloads;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::command;
use crate::fixtures;
use crate::workspace::Workspace;
use goals::Bench;
use results::Results;
pub(crate) use results::{Goal, shown, table};
use tree::Tree;

pub(crate) const USAGE: &str = "\
usage: cargo xtask bench [--quick] [--rendering] [--write] [--install-peers] [--schemas DIR] [--corpus DIR]
       cargo xtask bench webhook [--quick] [--soak] [--write] [--api-server]

Builds the release binary and measures it on made trees; a goal that is missed is said, and fails nothing.

  --quick          small trees, few runs
  --rendering      measure rendering alone
  --write          put the tables into docs/performance.md
  --install-peers  first `go install` the peers below target/tools/bin
  --schemas DIR    JSON schemas for kubeconform, which would otherwise fetch them
  --corpus DIR     render repositories, too: folders with `tree` and `roots.json`, a list of roots by `path`, those that
                   render with `expected`
  webhook          measure what an admission review costs; --soak goes on for ten minutes;
                   --api-server measures instead what a real API server uses to ask for one

";

const PAGE: &str = "docs/performance.md";

#[derive(Debug, Default, PartialEq)]
struct Arguments {
    quick: bool,
    rendering: bool,
    write: bool,
    install_peers: bool,
    schemas: Option<PathBuf>,
    corpus: Option<PathBuf>,
}

/// Measures what `arguments` ask for.
pub(crate) fn main(arguments: &[String]) -> ExitCode {
    if let Some((word, rest)) = arguments.split_first()
        && word == "webhook"
    {
        return webhook::main(rest);
    }
    let arguments = match read(arguments) {
        Ok(arguments) => arguments,
        Err(complaint) => {
            eprint!("cargo xtask bench: {complaint}\n\n{USAGE}");
            return ExitCode::from(3);
        }
    };
    match Workspace::find().and_then(|workspace| run(&workspace, &arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("cargo xtask bench: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn read(arguments: &[String]) -> Result<Arguments, String> {
    let mut read = Arguments::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--quick" => read.quick = true,
            "--rendering" => read.rendering = true,
            "--write" => read.write = true,
            "--install-peers" => read.install_peers = true,
            "--schemas" => read.schemas = Some(folder(argument, rest.next())?),
            "--corpus" => read.corpus = Some(folder(argument, rest.next())?),
            _ => return Err(format!("unknown argument {argument}")),
        }
    }
    Ok(read)
}

fn folder(option: &str, value: Option<&String>) -> Result<PathBuf, String> {
    let folder = value.ok_or_else(|| format!("{option} needs a folder"))?;
    std::path::absolute(folder).map_err(|error| error.to_string())
}

fn run(workspace: &Workspace, arguments: &Arguments) -> Result<(), String> {
    if arguments.install_peers {
        peers::install(workspace);
    }
    let bench = prepare(workspace, arguments)?;
    let mut results = Results::default();
    if !arguments.rendering {
        check(&bench, arguments, &mut results)?;
    }
    bench.rendering(arguments.quick, arguments.corpus.as_deref(), &mut results)?;
    show(&results);
    let file = workspace.target.join("bench/results.json");
    fixtures::write(&file, &format!("{:#}\n", results.json()))?;
    println!("written: {}", file.display());
    if arguments.write {
        write(workspace, &results, arguments.rendering)?;
    }
    Ok(())
}

fn check(bench: &Bench<'_>, arguments: &Arguments, results: &mut Results) -> Result<(), String> {
    for (what, measure) in [
        ("the cost of an object", Bench::flat as Measure<'_>),
        ("the steps", Bench::parsing),
        ("two threads", Bench::threads),
        ("one file", Bench::one_file),
        ("instructions", Bench::instructions),
        ("the binary", Bench::size),
    ] {
        println!("measuring {what}");
        measure(bench, results)?;
    }
    peers::measure(bench, arguments.schemas.as_deref(), results);
    Ok(())
}

type Measure<'w> = fn(&Bench<'w>, &mut Results) -> Result<(), String>;

fn prepare<'w>(workspace: &'w Workspace, arguments: &Arguments) -> Result<Bench<'w>, String> {
    println!("building the release binary");
    let mut build = workspace.command("cargo");
    command::run(build.args(["build", "--release", "--locked", "--package", "plimsoll"]))?;
    let mut build = workspace.command("cargo");
    build.args([
        "build",
        "--release",
        "--locked",
        "--package",
        "plimsoll-yaml",
        "--example",
        "parse",
    ]);
    command::run(&mut build)?;
    let sizes: &[usize] = match (arguments.rendering, arguments.quick) {
        (true, _) => &[],
        (false, true) => &[100, 1000, 3000],
        (false, false) => &[100, 1000, 10_000, 100_000],
    };
    let trees = sizes.iter().map(|objects| Tree::make(workspace, *objects));
    Ok(Bench {
        workspace,
        plimsoll: workspace.target.join("release/plimsoll"),
        parse: workspace.target.join("release/examples/parse"),
        rounds: if arguments.quick { 3 } else { 9 },
        trees: trees.collect::<Result<_, _>>()?,
    })
}

fn show(results: &Results) {
    if results.figures_table(false).lines().count() > 2 {
        println!("\n{}", results.figures_table(false));
    }
    println!("\n{}", results.figures_table(true));
    if !results.peers.is_empty() {
        println!("{}", results.peers_table());
    }
    for skipped in &results.skipped {
        println!("not measured: {skipped}");
    }
    println!("{} goals missed", results.missed());
}

/// Puts the tables between their marks in the documentation.
fn write(workspace: &Workspace, results: &Results, rendering: bool) -> Result<(), String> {
    let page = workspace.root.join(PAGE);
    let failed = |error: std::io::Error| format!("{PAGE}: {error}");
    let text = fs::read_to_string(&page).map_err(failed)?;
    let mut text = between(PAGE, &text, "rendering", &results.figures_table(true))?;
    if !rendering {
        text = between(PAGE, &text, "figures", &results.figures_table(false))?;
        text = between(PAGE, &text, "peers", &results.peers_table())?;
    }
    fs::write(&page, text).map_err(failed)?;
    println!("written: {PAGE}");
    Ok(())
}

/// The text of a page with `new` between the marks of a name.
pub(crate) fn between(page: &str, text: &str, name: &str, new: &str) -> Result<String, String> {
    let (begin, end) = (
        format!("<!-- {name}: begin -->\n"),
        format!("<!-- {name}: end -->"),
    );
    let missing = || format!("{page} has no `{begin}` with an end");
    let (before, rest) = text.split_once(&begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once(&end).ok_or_else(missing)?;
    Ok(format!("{before}{begin}{new}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_goes_between_its_marks() {
        let text = "a\n<!-- t: begin -->\nold\n<!-- t: end -->\nb\n";
        let new = between("p", text, "t", "new\n").unwrap();
        assert_eq!(new, "a\n<!-- t: begin -->\nnew\n<!-- t: end -->\nb\n");
        assert!(between("p", text, "other", "").is_err());
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let words =
            |words: &[&str]| read(&words.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert!(words(&["--quick", "--write"]).unwrap().quick);
        assert_eq!(words(&["--fast"]).unwrap_err(), "unknown argument --fast");
        assert_eq!(
            words(&["--schemas"]).unwrap_err(),
            "--schemas needs a folder"
        );
    }
}
