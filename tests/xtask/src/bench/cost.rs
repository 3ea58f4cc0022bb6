//! What a process costs: all of it, from its start to its end, as the system accounts for it.

use std::process::{Command, Stdio};
use std::time::Instant;

use wait4::Wait4;

use crate::command;

/// One run of a process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// Processor seconds, its own and the system's for it, over all threads.
    pub(crate) cpu: f64,
    /// Seconds from start to end.
    pub(crate) wall: f64,
    /// Bytes of memory at the peak. Never below what this program itself has, a few MiB: a child begins as its copy.
    pub(crate) memory: f64,
}

/// Several runs of a process.
#[derive(Clone, Debug)]
pub(crate) struct Costs(Vec<Cost>);

impl Cost {
    /// Runs a command. Its exit code does not matter: checkers say with it what they found.
    pub(crate) fn of(command: &mut Command) -> Result<Self, String> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let started = Instant::now();
        let child = command
            .spawn()
            .map_err(|error| command::not_started(command, &error))?;
        let used = child.wait4().map_err(|error| error.to_string())?;
        let wall = started.elapsed().as_secs_f64();
        if used.status.code().is_none_or(|code| code > 2) {
            return Err(format!(
                "`{}` ended with {}",
                command::shown(command),
                used.status
            ));
        }
        Ok(Self {
            cpu: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
            wall,
            memory: used.rusage.maxrss as f64,
        })
    }
}

impl Costs {
    /// Runs commands in turn, so many rounds of all, so that what disturbs the machine disturbs all alike. The first
    /// round fills the caches and does not count.
    pub(crate) fn in_turn(rounds: usize, commands: &mut [Command]) -> Result<Vec<Self>, String> {
        let mut costs = vec![Self(Vec::new()); commands.len()];
        for round in 0..=rounds {
            for (command, costs) in commands.iter_mut().zip(&mut costs) {
                let cost = Cost::of(command)?;
                if round > 0 {
                    costs.0.push(cost);
                }
            }
        }
        Ok(costs)
    }

    /// The same for one command.
    pub(crate) fn of(rounds: usize, command: Command) -> Result<Self, String> {
        let mut costs = Self::in_turn(rounds, &mut [command])?;
        costs.pop().ok_or_else(|| "no command".to_owned())
    }

    pub(crate) fn cpu(&self) -> Sample {
        self.sample(|cost| cost.cpu)
    }

    pub(crate) fn wall(&self) -> Sample {
        self.sample(|cost| cost.wall)
    }

    pub(crate) fn memory(&self) -> Sample {
        self.sample(|cost| cost.memory)
    }

    fn sample(&self, of: impl Fn(&Cost) -> f64) -> Sample {
        Sample::of(self.0.iter().map(of).collect())
    }
}

/// The middle of several measurements, and how far the middle half of them lies apart, as a share of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sample {
    pub(crate) median: f64,
    pub(crate) spread: f64,
}

impl Sample {
    /// Of at least one value.
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |quarter: usize| values[((values.len() - 1) * quarter + 2) / 4];
        let median = at(2);
        Self {
            median,
            spread: if median > 0.0 {
                (at(3) - at(1)) / median
            } else {
                0.0
            },
        }
    }

    /// One measurement over another; their spreads add up.
    pub(crate) fn over(self, other: Self) -> Self {
        Self {
            median: self.median / other.median,
            spread: self.spread + other.spread,
        }
    }

    /// What one measurement has beyond another that is a part of it.
    pub(crate) fn beyond(self, other: Self) -> Self {
        let median = self.median - other.median;
        let noise = self.spread * self.median + other.spread * other.median;
        Self {
            median,
            spread: noise / median.max(f64::MIN_POSITIVE),
        }
    }

    /// In another unit.
    pub(crate) fn times(self, factor: f64) -> Self {
        Self {
            median: self.median * factor,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_half_is_the_spread() {
        let sample = Sample::of(vec![9.0, 4.0, 5.0, 1.0, 6.0]);
        assert_eq!(
            sample,
            Sample {
                median: 5.0,
                spread: 0.4
            }
        );
        assert_eq!(
            Sample::of(vec![2.0]),
            Sample {
                median: 2.0,
                spread: 0.0
            }
        );
    }

    #[test]
    fn a_process_costs_time_and_memory() {
        let cost = Cost::of(Command::new("git").arg("--version")).unwrap();
        assert!(cost.wall > 0.0 && cost.memory > 0.0);
        assert!(Cost::of(&mut Command::new("plimsoll-no-such-program")).is_err());
    }
}
