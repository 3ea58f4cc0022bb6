//! How fast a worker empties the queue, and what an ordinary minute costs it.

use std::time::{Duration, Instant};

use super::figures::Figure;
use super::process::Meter;
use super::wrk::event;
use super::{Load, processes};
use crate::bench::Goal;
use crate::sspp::http::{self, Connection};
use crate::sspp::search_double::SearchDouble;
use crate::sspp::stack::Stack;
use crate::sspp::wait;

const COMPLETED: &str = "signal_jobs_total{result=\"completed\"} ";
/// What the seed wants one worker to take without being noticed: so many events in a minute.
const ORDINARY: u64 = 10_000;
const IN_BATCH: usize = 1000;
/// More than a worker takes while it is measured.
const QUEUED_A_SECOND: u64 = 100_000;
const BATCH: &str = "500 in a batch, 5 batches at once";

impl Load {
    /// From claim to settlement, with the search double and without.
    pub(super) fn pace(&mut self) -> Result<(), String> {
        let mut stack = self.stores(&[])?;
        let api = self.role(&mut stack, "api", &[])?;
        for searched in [true, false] {
            fill(&api, self.times.burst * QUEUED_A_SECOND)?;
            let search = SearchDouble::start()?;
            let url = search.url();
            let settings: &[(&str, &str)] = if searched {
                &[("ELASTICSEARCH_URL", &url)]
            } else {
                &[]
            };
            let port = self.role(&mut stack, "worker", settings)?;
            let named = format!(
                "redis, {BATCH}, {}",
                if searched {
                    "search double"
                } else {
                    "no search engine"
                }
            );
            self.paced(&stack, &port, &named)?;
            self.memory(&stack, "worker", &named)?;
            stack.end("worker")?;
            stack.redis(&["DEL", "signal-processing-queue"])?;
            let rows = rows(&api)?;
            if searched && rows != search.documents() as u64 {
                return Err(format!("{rows} rows, and {} documents", search.documents()));
            }
        }
        Ok(())
    }

    fn paced(&mut self, stack: &Stack, port: &str, settings: &str) -> Result<(), String> {
        // The first batches find cold caches and open connections.
        wait::pause(Duration::from_secs(1));
        let (before, start) = (completed(port)?, Instant::now());
        let meter = Meter::start(processes(stack));
        wait::pause(Duration::from_secs(self.times.burst.saturating_sub(2)));
        let (after, time, cores) = (completed(port)?, start.elapsed(), meter.cores());
        if stack.redis(&["LLEN", "signal-processing-queue"])?.trim() == "0" {
            return Err("the worker was done before it was measured".to_owned());
        }
        self.figures.add(Figure {
            what: "one worker, events from claim to settlement".to_owned(),
            settings: settings.to_owned(),
            value: (after - before) as f64 / time.as_secs_f64(),
            unit: "/s",
            goal: Goal::AtLeast(20_000.0),
            cores,
        });
        Ok(())
    }

    /// Events come evenly, one in a request.
    pub(super) fn minute(&mut self) -> Result<(), String> {
        let search = SearchDouble::start()?;
        let mut stack = self.stores(&[("ELASTICSEARCH_URL", &search.url())])?;
        let api = self.role(&mut stack, "api", &[])?;
        let worker = self.role(&mut stack, "worker", &[])?;
        let seconds = self.times.minute;
        let events = ORDINARY * seconds / 60;
        let meter = Meter::start(processes(&stack));
        evenly(&api, events, Duration::from_secs(seconds))?;
        let cores = meter.cores();
        let start = Instant::now();
        if !wait::until(|| completed(&worker).is_ok_and(|done| done >= events)) {
            return Err("the worker does not empty the queue".to_owned());
        }
        let used = cores.iter().find(|(name, _)| *name == "worker");
        self.figures.add(Figure {
            what: "one worker, share of a core".to_owned(),
            settings: format!(
                "redis, search double, {events} events in {seconds} s one by one; the last done {:.1} s later",
                start.elapsed().as_secs_f64()
            ),
            value: used.map_or(f64::NAN, |(_, cores)| cores * 100.0),
            unit: "%",
            goal: Goal::AtMost(5.0),
            cores: cores.clone(),
        });
        Ok(())
    }
}

fn fill(port: &str, events: u64) -> Result<(), String> {
    let one: Vec<String> = (0..IN_BATCH).map(event).collect();
    let body = format!(r#"{{"events":[{}]}}"#, one.join(","));
    let mut connection = Connection::open(port)?;
    for _ in 0..events.div_ceil(IN_BATCH as u64) {
        accepted(&mut connection, "/api/v1/events/batch", &body)?;
    }
    Ok(())
}

fn evenly(port: &str, events: u64, time: Duration) -> Result<(), String> {
    let mut connection = Connection::open(port)?;
    let start = Instant::now();
    for number in 0..events {
        let due = time.mul_f64(number as f64 / events as f64);
        wait::pause(due.saturating_sub(start.elapsed()));
        accepted(&mut connection, "/api/v1/events", &event(number as usize))?;
    }
    wait::pause(time.saturating_sub(start.elapsed()));
    Ok(())
}

fn accepted(connection: &mut Connection, path: &str, body: &str) -> Result<(), String> {
    let answer = connection.ask("POST", path, body)?;
    let failed = || format!("POST {path} is answered with {answer:?}");
    (answer.status == 202).then_some(()).ok_or_else(failed)
}

/// How many jobs a worker has done.
fn completed(port: &str) -> Result<u64, String> {
    let metrics = http::get(port, "/metrics")?.body;
    let count = metrics
        .lines()
        .find_map(|line| line.strip_prefix(COMPLETED));
    Ok(count
        .and_then(|count| count.parse().ok())
        .unwrap_or_default())
}

/// How many signals there are.
fn rows(port: &str) -> Result<u64, String> {
    let answer = http::get(port, "/api/v1/signals/stats")?.body;
    let stats: serde_json::Value =
        serde_json::from_str(&answer).map_err(|error| error.to_string())?;
    stats["totalSignals"].as_u64().ok_or(answer)
}
