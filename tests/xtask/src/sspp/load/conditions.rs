//! What a reader of the figures has to know of the machine.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::command;

const SYNCS: u32 = 100;
/// A machine that did more than this in the last minute is doing something else.
const QUIET: f64 = 1.0;

/// One paragraph; `folder` is on the disk that the stores write to.
pub(super) fn told(folder: &Path) -> Result<String, String> {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    let busy = match load.parse::<f64>() {
        Ok(load) if load < QUIET => "",
        _ => {
            "\n**The machine was busy: the rates say little, the costs of one event still something.**\n"
        }
    };
    let redis = version(Command::new("redis-server").arg("--version"), "v=")?;
    let postgres = version(Command::new("psql").arg("--version"), "(PostgreSQL) ")?;
    let sync = sync(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(format!(
        "{cores} cores for everything, the load too; load average before the run {load}; an fsync of 8 KiB takes \
         {sync:.2} ms.\nPostgreSQL {postgres} as it comes: fsync and synchronous_commit on; Redis {redis} with its \
         append-only file. The binary of the\nimage (musl, release), log level info, everything else at its default.\n{busy}"
    ))
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
