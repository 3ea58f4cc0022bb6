//! The power goes: of Redis' log is left what has reached the disk, and no more.
//!
//! A killed process leaves everything it has written to the kernel. So Redis' log is cut to the length
//! that it had when the last fsync that returned began, which is the least that a power failure leaves.
//!
//! With `everysec` Redis may answer before it has even written: while an fsync is under way it puts
//! writes off, for up to two seconds. So an fsync covers for certain only what was accepted before the
//! one before it began: in between all that had been put off was written.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Client, Process, Recorder, Redis, World, eventually, named_event};

/// An event whose 202 has arrived, and when, in milliseconds since 1970.
struct Accepted {
    job: Uuid,
    at: u64,
}

fn now() -> u64 {
    let now = chrono::Utc::now().timestamp_millis();
    u64::try_from(now).unwrap()
}

/// Sends batches, one after the other, until one is not accepted.
async fn send(client: Client, mut number: u32) -> Vec<Accepted> {
    let mut accepted = Vec::new();
    loop {
        let events: Vec<Value> = (number..number + 10).map(named_event).collect();
        number += 10;
        let body = json!({"events": events}).to_string();
        let request = client.request(Method::POST, "/api/v1/events/batch");
        match client.send(request.body(body)).await {
            Ok(answer) if answer.status == 202 => {
                let at = now();
                let jobs = answer.json()["jobs"].as_array().unwrap().clone();
                accepted.extend(jobs.iter().map(|job| {
                    let job = job["jobId"].as_str().unwrap().parse().unwrap();
                    Accepted { job, at }
                }));
            }
            _ => return accepted,
        }
    }
}

struct Failure {
    drill: Drill,
    world: World,
    _processes: Vec<Process>,
    accepted: Vec<Accepted>,
    lost: Vec<Accepted>,
    /// What was accepted before this is safe.
    safe: u64,
    killed: u64,
}

/// What Redis is set to, and what happens to it.
#[derive(Clone, Copy)]
struct Drill {
    fsync: &'static str,
    /// How slow the disk is.
    milliseconds: u32,
    with_worker: bool,
    /// Or only the process ends.
    power_fails: bool,
}

const EVERYSEC: Drill = Drill {
    fsync: "everysec",
    milliseconds: 0,
    with_worker: false,
    power_fails: true,
};

/// Four clients send for a while, then it happens, and Redis is started again.
async fn run(drill: Drill) -> Failure {
    let options = ["--appendonly", "yes", "--appendfsync", drill.fsync];
    let mut recorder = Recorder::new();
    recorder.milliseconds = drill.milliseconds;
    let redis = Redis::recorded(&options, Some(recorder)).await;
    let mut world = World::with_this(redis).await;
    world.set("QUEUE_LEASE_SECONDS", "2");
    let mut processes = vec![world.start("api").await];
    if drill.with_worker {
        processes.push(world.start("worker").await);
    }
    let client = &processes[0].client;
    let clients = [0, 1, 2, 3].map(|one| tokio::spawn(send(client.clone(), one * 10_000_000)));
    eventually("the log was synced", async || {
        world.redis.recorder().synced().len() >= 3
    })
    .await;
    // Anywhere between two fsyncs.
    let more = Duration::from_millis(fastrand::u64(500..1500));
    tokio::time::sleep(more).await;
    let killed = now();
    world.redis.kill();
    let mut accepted = Vec::new();
    for client in clients {
        accepted.extend(client.await.unwrap());
    }
    let [.., before, last] = world.redis.recorder().synced()[..] else {
        panic!("the log was synced less than twice");
    };
    if drill.power_fails {
        let log = std::fs::File::options().write(true).open(world.redis.log());
        log.unwrap().set_len(last.length).unwrap();
    }
    world.redis.resume().await;
    if !drill.with_worker {
        processes.push(world.start("worker").await);
    }
    eventually("the queue is empty", async || world.queued().await == 0).await;
    world.settles_at(world.rows().await).await;
    let there = written(&world).await;
    let gone = accepted.extract_if(.., |one| !there.contains(&one.job));
    Failure {
        drill,
        lost: gone.collect(),
        world,
        _processes: processes,
        accepted,
        safe: before.at,
        killed,
    }
}

async fn written(world: &World) -> HashSet<Uuid> {
    let query = sqlx::query_scalar("SELECT event_id FROM sales_signals");
    let rows: Vec<Uuid> = query.fetch_all(&world.database).await.unwrap();
    let there: HashSet<Uuid> = rows.iter().copied().collect();
    assert_eq!(rows.len(), there.len(), "each event once");
    there
}

impl Failure {
    /// For the page on durability, where no captured output hides it.
    fn tell(&self) {
        let Drill {
            fsync,
            milliseconds,
            with_worker,
            power_fails,
        } = self.drill;
        let what = if power_fails { "power failure" } else { "kill" };
        let worker = if with_worker { "a" } else { "no" };
        let (lost, all) = (self.lost.len(), self.accepted.len() + self.lost.len());
        let mut line = format!(
            "{what}, {fsync}, fsync + {milliseconds} ms, {worker} worker: {lost} of {all} accepted events lost"
        );
        if let Some(first) = self.lost.iter().map(|one| one.at).min() {
            let before = self.killed.saturating_sub(first);
            let _ = write!(line, ", the oldest accepted {before} ms before");
        }
        line.push('\n');
        let _ = std::io::stderr().write_all(line.as_bytes());
    }

    fn took_only_what_was_new(&self) {
        self.tell();
        for lost in &self.lost {
            assert!(lost.at >= self.safe, "it was on the disk");
        }
        assert!(!self.accepted.is_empty(), "it was synced before");
    }
}

#[tokio::test]
async fn with_everysec_a_power_failure_takes_what_came_after_the_last_fsync() {
    for milliseconds in [0, 900] {
        let failure = run(Drill {
            milliseconds,
            ..EVERYSEC
        })
        .await;
        failure.took_only_what_was_new();
    }
}

#[tokio::test]
async fn with_everysec_a_kill_takes_at_most_what_redis_had_put_off_writing() {
    for milliseconds in [0, 900] {
        let drill = Drill {
            milliseconds,
            power_fails: false,
            ..EVERYSEC
        };
        run(drill).await.took_only_what_was_new();
    }
}

/// What was done since the last fsync comes back, and so do leases of batches that were settled.
#[tokio::test]
async fn with_everysec_jobs_that_were_done_and_come_back_harm_nothing() {
    let failure = run(Drill {
        with_worker: true,
        ..EVERYSEC
    })
    .await;
    failure.took_only_what_was_new();
    assert_eq!(failure.world.redis.number("LLEN", ":dead").await, 0);
}

#[tokio::test]
async fn with_always_a_power_failure_takes_nothing() {
    for with_worker in [false, true] {
        let drill = Drill {
            fsync: "always",
            with_worker,
            ..EVERYSEC
        };
        let failure = run(drill).await;
        failure.tell();
        assert!(failure.accepted.len() > 100);
        assert!(failure.lost.is_empty());
    }
}
