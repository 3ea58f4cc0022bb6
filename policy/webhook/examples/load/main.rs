//! What a review costs, for `cargo xtask bench webhook`: `load SERVER throughput|paced|single|connect|echo SECONDS [RATE]`.
//!
//! Starts the binary `SERVER` on one thread with a certificate made for it, asks it over TLS on loopback about one
//! Deployment of 4.7 KB, and prints a line of JSON: how many answers, how long they took in microseconds, and what the
//! server used of processor time and memory. `throughput` asks on sixteen connections as fast as it can, `single` on
//! one, `paced` at a rate on sixteen: an answer's time counts from when it was due, so that what waits is not left out.
//! `echo` asks nobody: it sends the same bytes through loopback to a thread that answers as many as the server would, which
//! is what any answer takes on this machine.
#![expect(
    clippy::print_stdout,
    reason = "a terminal is what this program is for"
)]

mod echo;
mod server;

use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use serde_json::json;
use server::{Connection, Server};

const DEPLOYMENT: &str = include_str!("deployment.json");

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let usage = "usage: load SERVER throughput|paced|single|connect|echo SECONDS [RATE]";
    let [binary, mode, seconds, rate @ ..] = arguments.as_slice() else {
        return Err(usage.to_owned());
    };
    let seconds = Duration::from_secs(seconds.parse().map_err(|_| usage)?);
    let rate: u32 = rate
        .first()
        .map_or(Ok(5000), |rate| rate.parse())
        .map_err(|_| usage)?;
    if mode == "echo" {
        let times = echo::drive(&review(), seconds)?;
        println!(
            "{}",
            json!({"mode": mode, "answers": times.len(), "p50_us": part(&times, 500)})
        );
        return Ok(());
    }
    let connections = match mode.as_str() {
        "throughput" | "paced" | "connect" => 16,
        "single" => 1,
        _ => return Err(usage.to_owned()),
    };
    let every = (mode == "paced").then(|| Duration::from_secs(1) * connections / rate);
    let afresh = mode == "connect";
    let server = Server::start(binary)?;
    // What is read once, and what allocates for the first time.
    drive(&server, connections, Duration::from_secs(1), None, false)?;
    let (before, began) = (server.used(), Instant::now());
    let mut times = drive(&server, connections, seconds, every, afresh)?;
    let (after, took) = (server.used(), began.elapsed());
    times.sort_unstable();
    let part = |share: usize| part(&times, share);
    println!(
        "{}",
        json!({
            "mode": mode,
            "answers": times.len(),
            "per_second": times.len() as u128 * 1000 / took.as_millis().max(1),
            "p50_us": part(500), "p99_us": part(990), "p999_us": part(999),
            "server_cpu_us": after.cpu.saturating_sub(before.cpu).as_micros() as u64 / times.len().max(1) as u64,
            "rss_bytes": after.memory,
        })
    );
    Ok(())
}

/// What so many of a thousand sorted times stay below.
fn part(times: &[u32], share: usize) -> Option<u32> {
    let last = times.len().checked_sub(1)?;
    times.get((times.len() * share / 1000).min(last)).copied()
}

/// Asks on so many connections for so long; gives back how many microseconds each answer took.
fn drive(
    server: &Server,
    connections: u32,
    seconds: Duration,
    every: Option<Duration>,
    afresh: bool,
) -> Result<Vec<u32>, String> {
    let body = review();
    let until = Instant::now() + seconds;
    let ask = |number: u32| {
        let mut connection = server.connect()?;
        let mut times = Vec::new();
        // Not all at once.
        let mut due =
            Instant::now() + every.map_or(Duration::ZERO, |every| every * number / connections);
        while Instant::now() < until {
            if let Some(every) = every {
                while let Some(left) = due.checked_duration_since(Instant::now()) {
                    std::thread::park_timeout(left);
                }
                connection.ask(&body)?;
                times.push(due.elapsed().as_micros() as u32);
                due += every;
                continue;
            }
            let began = Instant::now();
            if afresh {
                connection = server.connect()?;
            }
            connection.ask(&body)?;
            times.push(began.elapsed().as_micros() as u32);
        }
        Ok(times)
    };
    let all: Result<Vec<Vec<u32>>, String> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..connections)
            .map(|number| scope.spawn(move || ask(number)))
            .collect();
        let joined = asking.into_iter().map(ScopedJoinHandle::join);
        joined
            .map(|times| times.unwrap_or_else(|_| Err("a client panicked".into())))
            .collect()
    });
    Ok(all?.concat())
}

fn review() -> Vec<u8> {
    let kind = json!({"group": "apps", "version": "v1", "kind": "Deployment"});
    let resource = json!({"group": "apps", "version": "v1", "resource": "deployments"});
    let (head, tail) = (
        json!({
            "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
            "kind": kind, "resource": resource, "requestKind": kind, "requestResource": resource,
            "name": "web", "namespace": "shop", "operation": "CREATE",
            "userInfo": {"username": "jane", "groups": ["developers", "system:authenticated"]},
            "oldObject": null, "dryRun": false,
            "options": {"kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1"},
        })
        .to_string(),
        DEPLOYMENT.trim_end(),
    );
    let request = format!("{},\"object\":{tail}}}", &head[..head.len() - 1]);
    let text = format!(
        "{{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{request}}}"
    );
    Connection::request(text.as_bytes())
}
