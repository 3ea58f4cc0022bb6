//! What a running process and its children use, as the kernel accounts for it.

use std::fs;
use std::time::Instant;

/// Processor time is told in hundredths of a second, on every Linux there is.
pub(super) const TICKS: f64 = 100.0;

/// The processor time of some processes, from one moment on.
pub(super) struct Meter {
    processes: Vec<(&'static str, u32)>,
    start: Instant,
    used: Vec<f64>,
}

impl Meter {
    /// Of `processes`: what each is called and its id.
    pub(super) fn start(processes: Vec<(&'static str, u32)>) -> Self {
        let used = processes.iter().map(|(_, id)| seconds(*id)).collect();
        Self {
            processes,
            start: Instant::now(),
            used,
        }
    }

    /// How much of a core each has used since then.
    pub(super) fn cores(&self) -> Vec<(&'static str, f64)> {
        let time = self.start.elapsed().as_secs_f64();
        let processes = self.processes.iter().zip(&self.used);
        processes
            .map(|((name, id), before)| (*name, (seconds(*id) - before) / time))
            .collect()
    }
}

/// The processor seconds that a process and its children have used; those of children that have ended, too.
pub(crate) fn seconds(id: u32) -> f64 {
    let children = fs::read_dir("/proc").into_iter().flatten();
    let children = children.filter_map(|entry| {
        let child = entry.ok()?.file_name().to_str()?.parse().ok()?;
        (stat(child)?.parent == id).then_some(child)
    });
    let all = std::iter::once(id).chain(children);
    all.filter_map(|id| Some(stat(id)?.ticks)).sum::<f64>() / TICKS
}

/// The most memory that it has had, in MiB.
pub(super) fn peak_memory(id: u32) -> Result<f64, String> {
    let path = format!("/proc/{id}/status");
    let text = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    peak.map(|peak| peak / 1024.0)
        .ok_or_else(|| format!("{path} does not tell the peak of its memory"))
}

struct Stat {
    parent: u32,
    ticks: f64,
}

fn stat(id: u32) -> Option<Stat> {
    fields(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
}

/// The name, in brackets, may hold anything; what is counted stands behind it.
fn fields(stat: &str) -> Option<Stat> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    // The process's own time, the system's for it, and both of its children that have ended.
    let ticks = fields.get(11..15)?.iter().map(|ticks| ticks.parse::<f64>());
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        ticks: ticks.sum::<Result<f64, _>>().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_read_behind_the_name() {
        let line = "7 (a) b) S 3 7 7 0 -1 4194560 1 2 3 4 10 20 30 40 20 0 1 0 5";
        let stat = fields(line).unwrap();
        assert_eq!((stat.parent, stat.ticks), (3, 100.0));
        assert!(fields("7 (a").is_none());
    }

    #[test]
    fn this_process_has_used_something() {
        let id = std::process::id();
        assert!(peak_memory(id).unwrap() > 1.0);
        assert!(seconds(id) >= 0.0);
        assert_eq!(Meter::start(vec![("own", id)]).cores().len(), 1);
    }
}
