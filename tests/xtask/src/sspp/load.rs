//! `cargo xtask load`: what SSPP takes on this machine, stores and load together on it.
//!
//! ```text
//! wrk ──▶ sspp api ──▶ Redis or PostgreSQL ──▶ sspp worker ──▶ PostgreSQL
//!                                                   └────────▶ a search double
//! ```
#![expect(
    clippy::cast_precision_loss,
    reason = "no number here is near 2^52, and all are rounded when shown"
)]

mod conditions;
mod figures;
mod intake;
mod pace;
mod process;
mod wrk;

use std::fs;
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};

use super::stack::{Ports, Stack, free_port};
use super::{http, wait};
use crate::bench::between;
use crate::test::Stop;
use crate::workspace::Workspace;
use crate::{command, fixtures, host, image};
use figures::Figures;
pub(crate) use process::seconds as seconds_used;
pub(crate) use wrk::milliseconds;

pub(crate) const USAGE: &str = "\
usage: cargo xtask load [--quick] [--write]

Builds SSPP as it is in its image and measures it on this machine: single events, batches, the worker's pace and what an
ordinary minute costs. A goal that is missed is said, and fails nothing.

  --quick   a third of the time, for trying the command out
  --write   put the table into docs/performance-sspp.md

";

const PAGE: &str = "docs/performance-sspp.md";

/// How long each part takes, in seconds.
#[derive(Clone, Copy)]
struct Times {
    burst: u64,
    minute: u64,
}

const WHOLE: Times = Times {
    burst: 10,
    minute: 60,
};
const QUICK: Times = Times {
    burst: 3,
    minute: 20,
};

/// What all measurements have in common.
struct Load {
    program: PathBuf,
    folder: PathBuf,
    times: Times,
    figures: Figures,
}

/// Measures what `arguments` ask for.
pub(crate) fn main(arguments: &[String]) -> ExitCode {
    let known = ["--quick", "--write"];
    if let Some(unknown) = arguments
        .iter()
        .find(|word| !known.contains(&word.as_str()))
    {
        eprint!("cargo xtask load: unknown argument {unknown}\n\n{USAGE}");
        return ExitCode::from(3);
    }
    let asked = |word: &str| arguments.iter().any(|argument| argument == word);
    match run(asked("--quick"), asked("--write")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Failed(reason) | Stop::Skipped(reason)) => {
            eprintln!("cargo xtask load: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(quick: bool, write: bool) -> Result<(), Stop> {
    let workspace = Workspace::find()?;
    host::require(&["sh", "-c", "command -v wrk"], &["wrk"])?;
    super::stores::install(&workspace)?;
    let program = image::program(&workspace, "sspp", "release")?;
    // On a disk, where another user may look: PostgreSQL does not run as root.
    let folder = PathBuf::from(format!("/var/tmp/sspp-load-{}", std::process::id()));
    fixtures::empty(&folder)?;
    let conditions = conditions::told(&folder)?;
    println!("{conditions}");
    let mut load = Load {
        program,
        folder: folder.clone(),
        times: if quick { QUICK } else { WHOLE },
        figures: Figures::default(),
    };
    let measured = load.all();
    let removed = fs::remove_dir_all(&folder);
    measured?;
    removed.map_err(|error| format!("{}: {error}", folder.display()))?;
    let table = format!("{conditions}\n{}", load.figures.table());
    println!("\n{table}\n{} goals missed", load.figures.missed());
    if write {
        let page = workspace.root.join(PAGE);
        let failed = |error: std::io::Error| format!("{PAGE}: {error}");
        let text = fs::read_to_string(&page).map_err(failed)?;
        fs::write(&page, between(PAGE, &text, "load", &table)?).map_err(failed)?;
        println!("written: {PAGE}");
    }
    Ok(())
}

impl Load {
    fn all(&mut self) -> Result<(), String> {
        self.intake()?;
        self.pace()?;
        self.minute()
    }

    /// Empty stores, migrated, for roles with these settings.
    fn stores(&self, settings: &[(&str, &str)]) -> Result<Stack, String> {
        let folder = self.folder.join("stores");
        fixtures::empty(&folder)?;
        let always = [("LOG_LEVEL", "info"), ("QUEUE_HIGH_WATER", "100000000")];
        let settings = [&always[..], settings].concat();
        let stack = Stack::stores(self.program.clone(), folder, Ports::free()?, &settings)?;
        command::output(stack.command("migrate").stdout(Stdio::null()))?;
        Ok(stack)
    }

    /// Starts a role, waits until it is ready, and returns its port.
    fn role(
        &self,
        stack: &mut Stack,
        role: &str,
        settings: &[(&str, &str)],
    ) -> Result<String, String> {
        let port = free_port()?;
        let log = fs::File::create(self.folder.join(format!("{role}.log")));
        let mut command = stack.command(role);
        command.env("PORT", &port).envs(settings.iter().copied());
        command.stdout(log.map_err(|error| error.to_string())?);
        stack.spawn(role, &mut command)?;
        let ready = || http::get(&port, "/health/ready");
        if wait::until(|| ready().is_ok_and(|answer| answer.status == 200)) {
            return Ok(port);
        }
        Err(format!("{role} does not become ready: {:?}", ready()))
    }
}

/// The processes of a stack, by what they are called here.
fn processes(stack: &Stack) -> Vec<(&'static str, u32)> {
    let names = [
        ("API", "api"),
        ("worker", "worker"),
        ("Redis", "redis"),
        ("PostgreSQL", "postgres"),
    ];
    let running = names
        .iter()
        .filter_map(|(shown, name)| Some((*shown, stack.id(name)?)));
    running.collect()
}
