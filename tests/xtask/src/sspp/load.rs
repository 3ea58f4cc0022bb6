//! `cargo xtask load`: what SSPP takes on this machine, stores and load together on it.

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use super::stack::{API_PORT, Stack, WORKER_PORT};
use crate::test::Stop;
use crate::workspace::Workspace;
use crate::{command, fixtures, host};

pub(crate) const USAGE: &str = "\
usage: cargo xtask load

Measures SSPP on this machine: single events, batches, and the worker's pace.
";

const CONNECTIONS: &str = "32";
const SECONDS: &str = "10";

pub(crate) fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Failed(reason) | Stop::Skipped(reason)) => {
            eprintln!("cargo xtask: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Stop> {
    host::require(&["sh", "-c", "command -v wrk"], &["wrk"])?;
    let workspace = Workspace::find()?;
    for durability in ["redis", "postgres-outbox"] {
        measure(&workspace, durability)?;
    }
    Ok(())
}

fn measure(workspace: &Workspace, durability: &str) -> Result<(), Stop> {
    let folder = std::env::temp_dir().join("sspp-load");
    fixtures::empty(&folder)?;
    let settings = [
        ("DURABILITY", durability),
        ("LOG_LEVEL", "info"),
        ("QUEUE_HIGH_WATER", "100000000"),
    ];
    let mut stack = Stack::start(workspace, "quick", folder.clone(), &settings)?;
    println!("\n== {durability}; appendfsync everysec, PostgreSQL's defaults, log level info");
    stack.role("api", API_PORT, false)?;
    let event = r#"{"accountId":"acc-1","userId":"user-1","eventType":"email_opened","timestamp":"2025-12-22T09:00:00Z","metadata":{"interactionCount":5,"campaign":"winter"}}"#;
    println!("\nPOST /api/v1/events, {CONNECTIONS} connections, {SECONDS} s");
    wrk(&folder, "events", event)?;
    let batch = format!("{{\"events\":[{}]}}", vec![event; 100].join(","));
    println!("\nPOST /api/v1/events/batch of 100, {CONNECTIONS} connections, {SECONDS} s");
    wrk(&folder, "events/batch", &batch)?;
    memory(&stack, "api");
    drain(&mut stack)
}

fn wrk(folder: &std::path::Path, path: &str, body: &str) -> Result<(), String> {
    let script = folder.join("load.lua");
    let text = format!("wrk.method = 'POST'\nwrk.body = [==[{body}]==]\n");
    fixtures::write(&script, &text)?;
    let mut wrk = Command::new("wrk");
    wrk.args(["-t1", "-c", CONNECTIONS, "-d", SECONDS, "--latency", "-s"]);
    wrk.arg(script);
    wrk.arg(format!("http://127.0.0.1:{API_PORT}/api/v1/{path}"));
    let said = command::output(&mut wrk)?;
    let shown = ["50%", "99%", "Requests/sec", "Non-2xx", "Socket errors"];
    for line in said.lines() {
        if shown.iter().any(|word| line.contains(word)) {
            println!("  {}", line.trim());
        }
    }
    Ok(())
}

/// The worker's pace over what the load has left in the queue.
fn drain(stack: &mut Stack) -> Result<(), Stop> {
    let start = Instant::now();
    stack.role("worker", WORKER_PORT, false)?;
    let mut before = 0;
    for tick in 1..=3 {
        let next = Duration::from_secs(5 * tick);
        std::thread::park_timeout(next.saturating_sub(start.elapsed()));
        let now = done()?;
        println!("  worker: {} events/s", (now - before) / 5);
        before = now;
    }
    memory(stack, "worker");
    Ok(())
}

fn done() -> Result<u64, String> {
    let url = format!("http://127.0.0.1:{WORKER_PORT}/metrics");
    let text = command::output(Command::new("curl").args(["-sS", &url]))?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("signal_jobs_total{result=\"completed\"} "));
    Ok(line
        .and_then(|count| count.parse().ok())
        .unwrap_or_default())
}

fn memory(stack: &Stack, role: &str) {
    let Some(id) = stack.id(role) else { return };
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    if let Some(peak) = status.lines().find(|line| line.starts_with("VmHWM")) {
        println!("  {role}: {peak}");
    }
}
