//! `cargo xtask drill redis`: what an operator sees before, while and after Redis is away.

mod clients;
mod logs;

use std::fs::{self, File};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use super::stack::{API_PORT, Stack, WORKER_PORT, pause};
use crate::test::Stop;
use crate::workspace::Workspace;
use crate::{command, fixtures};

use clients::Clients;
use logs::Log;

pub(crate) const USAGE: &str = "\
usage: cargo xtask drill redis

Kills Redis under load, starts it again, and shows what the API and the worker
say meanwhile: their logs, their metrics, and whether they are ready. First in
outbox mode, where Redis comes back empty, then in redis mode.
";

const BEFORE: Duration = Duration::from_secs(4);
const AWAY: Duration = Duration::from_secs(8);
const SETTLING: Duration = Duration::from_mins(1);
/// The metrics that tell of it.
const TELLING: [&str; 9] = [
    "events_total",
    "http_requests_total{method=\"POST\"",
    "signal_queue_depth",
    "signal_queue_oldest_age_seconds",
    "signal_jobs_total",
    "outbox_waiting",
    "outbox_oldest_age_seconds",
    "outbox_relayed_total",
    "search_backlog",
];

pub(crate) fn main(arguments: &[String]) -> ExitCode {
    if arguments != ["redis"] {
        eprint!("{USAGE}");
        return ExitCode::from(3);
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Failed(reason) | Stop::Skipped(reason)) => {
            eprintln!("cargo xtask: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Stop> {
    let workspace = Workspace::find()?;
    Drill::start(&workspace, "postgres-outbox")?.through(true)?;
    Drill::start(&workspace, "redis")?.through(false)
}

struct Drill {
    stack: Stack,
    clients: Clients,
    logs: Vec<Log>,
}

impl Drill {
    fn start(workspace: &Workspace, durability: &str) -> Result<Self, Stop> {
        let folder = std::env::temp_dir().join("sspp-drill");
        fixtures::empty(&folder)?;
        let settings = [("DURABILITY", durability)];
        let mut stack = Stack::start(workspace, "dev", folder.clone(), &settings)?;
        println!("\n# DURABILITY={durability}");
        let mut logs = Vec::new();
        for (role, port) in [("api", API_PORT), ("worker", WORKER_PORT)] {
            let path = folder.join(format!("{role}.log"));
            let file = File::create(&path).map_err(|error| error.to_string())?;
            stack.logging_to(role, port, file)?;
            logs.push(Log::at(path));
        }
        until("SSPP is ready", || {
            ready(API_PORT) == "200" && ready(WORKER_PORT) == "200"
        })?;
        Ok(Self {
            stack,
            clients: Clients::start(),
            logs,
        })
    }

    fn through(mut self, forgets: bool) -> Result<(), Stop> {
        pause(BEFORE);
        self.show("before")?;
        self.stack.kill("redis");
        println!("\nRedis is killed.");
        pause(AWAY);
        self.show("while Redis is away")?;
        if forgets {
            let data = self.stack.folder.join("redis");
            fs::remove_dir_all(data).map_err(|error| error.to_string())?;
        }
        self.stack.start_redis()?;
        let how = if forgets { " empty" } else { "" };
        println!("\nRedis is started again{how}.");
        pause(BEFORE);
        let accepted = self.clients.stop();
        let settled = until("every accepted event is a signal", || {
            signals().is_ok_and(|signals| signals >= accepted)
        });
        self.show("after")?;
        println!("\n{accepted} events accepted, {} signals", signals()?);
        // Without the outbox a kill may cost what Redis had put off writing.
        if forgets {
            settled.map_err(Stop::Failed)
        } else {
            Ok(())
        }
    }

    fn show(&mut self, when: &str) -> Result<(), String> {
        println!("\n## {when}\n\nclients: {}", self.clients.summary());
        for (role, port) in [("api", API_PORT), ("worker", WORKER_PORT)] {
            println!("{role} /health/ready: {}", ready(port));
        }
        for log in &mut self.logs {
            println!("\n{}", log.news()?);
        }
        for (role, port) in [("api", API_PORT), ("worker", WORKER_PORT)] {
            println!("\n{role} /metrics:");
            let text = get(port, "/metrics")?;
            let told = |line: &&str| TELLING.iter().any(|name| line.starts_with(name));
            let mut lines: Vec<&str> = text.lines().filter(told).collect();
            lines.sort_unstable();
            println!("  {}", lines.join("\n  "));
        }
        Ok(())
    }
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) -> Result<(), String> {
    let start = Instant::now();
    while !is_so() {
        if start.elapsed() > SETTLING {
            return Err(format!("not within {} s: {what}", SETTLING.as_secs()));
        }
        pause(Duration::from_millis(200));
    }
    Ok(())
}

fn get(port: &str, path: &str) -> Result<String, String> {
    let url = format!("http://127.0.0.1:{port}{path}");
    command::output(Command::new("curl").args(["-sS", &url]))
}

/// The status of the readiness endpoint.
fn ready(port: &str) -> String {
    let url = format!("http://127.0.0.1:{port}/health/ready");
    let mut curl = Command::new("curl");
    curl.args(["-s", "-o", "/dev/null", "-w", "%{http_code}", &url]);
    command::output(&mut curl).unwrap_or_default()
}

/// How many signals there are.
fn signals() -> Result<u64, String> {
    let text = get(API_PORT, "/api/v1/signals?limit=1")?;
    let answer: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
    let total = &answer["pagination"]["total"];
    total.as_u64().ok_or(text)
}
