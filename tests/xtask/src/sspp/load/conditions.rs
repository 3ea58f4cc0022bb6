//! What a reader of the figures has to know of the machine.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::process::TICKS;
use crate::command;
use crate::sspp::wait;

const SYNCS: u32 = 100;
/// A machine that uses more of its cores than this before anything is measured is doing something else.
const QUIET: f64 = 0.2;
/// How long that is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// One paragraph; `folder` is on the disk that the stores write to.
pub(super) fn told(folder: &Path) -> Result<String, String> {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let others = others()?;
    let busy = if others < QUIET {
        ""
    } else {
        "\n**The machine was busy: the rates say little, the costs of one event still something.**\n"
    };
    let redis = version(Command::new("redis-server").arg("--version"), "v=")?;
    let postgres = version(Command::new("psql").arg("--version"), "(PostgreSQL) ")?;
    let sync = sync(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(format!(
        "{cores} cores for everything, the load too; before the run others used {others:.2} of them; an fsync of 8 KiB takes \
         {sync:.2} ms.\nPostgreSQL {postgres} as it comes: fsync and synchronous_commit on; Redis {redis} with its \
         append-only file. The binary of the\nimage (musl, release), log level info, everything else at its default.\n{busy}"
    ))
}

/// How many cores are in use, or kept by the host of a virtual machine, while nothing of ours runs.
fn others() -> Result<f64, String> {
    let used = || -> Result<f64, String> {
        let text =
            fs::read_to_string("/proc/stat").map_err(|error| format!("/proc/stat: {error}"))?;
        let times = text.lines().next().unwrap_or_default().split_whitespace();
        let times: Vec<f64> = times.filter_map(|time| time.parse().ok()).collect();
        // Of user, nice, system, idle, iowait, irq, softirq, steal: what follows is in the first ones already.
        let used = times.iter().take(8).enumerate();
        let used = used.filter(|(place, _)| ![3, 4].contains(place));
        Ok(used.map(|(_, time)| time).sum::<f64>() / TICKS)
    };
    let before = used()?;
    wait::pause(LOOK);
    Ok((used()? - before) / LOOK.as_secs_f64())
}

/// The word behind `before`.
fn version(command: &mut Command, before: &str) -> Result<String, String> {
    let said = command::output(command)?;
    let version = said
        .split_once(before)
        .and_then(|(_, rest)| rest.split_whitespace().next());
    version.map(str::to_owned).ok_or(said)
}

/// Milliseconds for some data to reach the disk.
fn sync(folder: &Path) -> std::io::Result<f64> {
    let path = folder.join("sync");
    let mut file = File::create(&path)?;
    let start = Instant::now();
    for _ in 0..SYNCS {
        file.write_all(&[0; 8192])?;
        file.sync_data()?;
    }
    let time = start.elapsed().as_secs_f64() * 1000.0 / f64::from(SYNCS);
    fs::remove_file(path)?;
    Ok(time)
}
