//! How many events the API accepts, one by one and in batches, by what accepted means.

use super::figures::Figure;
use super::process::{Meter, peak_memory};
use super::wrk::{self, CONNECTIONS};
use super::{Load, processes};
use crate::bench::Goal;
use crate::sspp::stack::Stack;

const SINGLE: &str = "/api/v1/events";
const BATCH: &str = "/api/v1/events/batch";
const IN_BATCH: usize = 100;

/// When an event is accepted.
#[derive(Clone, Copy)]
struct Promise {
    durability: &'static str,
    /// When Redis has its append-only file written to the disk.
    sync: &'static str,
    /// It has goals of its own: the others are shown for themselves.
    judged: bool,
}

const PROMISES: [Promise; 3] = [
    Promise {
        durability: "redis",
        sync: "everysec",
        judged: true,
    },
    Promise {
        durability: "redis",
        sync: "always",
        judged: false,
    },
    Promise {
        durability: "postgres-outbox",
        sync: "everysec",
        judged: true,
    },
];

impl Promise {
    fn shown(self) -> String {
        let Self {
            durability, sync, ..
        } = self;
        match durability {
            "redis" => format!("{durability}, appendfsync {sync}"),
            _ => durability.to_owned(),
        }
    }

    fn goal(self, goal: Goal) -> Goal {
        if self.judged { goal } else { Goal::None }
    }
}

impl Load {
    pub(super) fn intake(&mut self) -> Result<(), String> {
        for promise in PROMISES {
            let mut stack = self.stores(&[("DURABILITY", promise.durability)])?;
            stack.redis(&["CONFIG", "SET", "appendfsync", promise.sync])?;
            let port = self.role(&mut stack, "api", &[])?;
            self.singles(&stack, &port, promise)?;
            self.batches(&stack, &port, promise)?;
            self.memory(&stack, "api", &format!("{}, after both", promise.shown()))?;
            stack.end("api")?;
        }
        Ok(())
    }

    fn singles(&mut self, stack: &Stack, port: &str, promise: Promise) -> Result<(), String> {
        let meter = Meter::start(processes(stack));
        let seen = wrk::run(&self.folder, port, SINGLE, 0, self.times.burst)?;
        let cores = meter.cores();
        let settings = format!("{}, {CONNECTIONS} connections", promise.shown());
        for (what, value, unit, goal) in [
            ("requests", seen.rate, "/s", Goal::AtLeast(10_000.0)),
            ("99th percentile", seen.most, "ms", Goal::AtMost(15.0)),
            ("median", seen.half, "ms", Goal::None),
        ] {
            self.figures.add(Figure {
                what: format!("`POST {SINGLE}`, {what}"),
                settings: settings.clone(),
                value,
                unit,
                goal: promise.goal(goal),
                cores: if what == "requests" {
                    cores.clone()
                } else {
                    Vec::new()
                },
            });
        }
        Ok(())
    }

    fn batches(&mut self, stack: &Stack, port: &str, promise: Promise) -> Result<(), String> {
        let meter = Meter::start(processes(stack));
        let seen = wrk::run(&self.folder, port, BATCH, IN_BATCH, self.times.burst)?;
        self.figures.add(Figure {
            what: format!("`POST {BATCH}`, events"),
            settings: format!(
                "{}, {CONNECTIONS} connections, {IN_BATCH} in a request, p99 {:.0} ms",
                promise.shown(),
                seen.most
            ),
            value: seen.rate * IN_BATCH as f64,
            unit: "/s",
            goal: promise.goal(Goal::AtLeast(80_000.0)),
            cores: meter.cores(),
        });
        Ok(())
    }

    pub(super) fn memory(
        &mut self,
        stack: &Stack,
        role: &str,
        settings: &str,
    ) -> Result<(), String> {
        let id = stack
            .id(role)
            .ok_or_else(|| format!("no {role} is running"))?;
        self.figures.add(Figure {
            what: format!("`sspp {role}`, peak memory"),
            settings: settings.to_owned(),
            value: peak_memory(id)?,
            unit: "MiB",
            goal: Goal::AtMost(64.0),
            cores: Vec::new(),
        });
        Ok(())
    }
}
