//! Nothing is lost: under load, each part is ended as a crash ends it, or is away for a while. Afterwards
//! every accepted event is in PostgreSQL once, is found in the search engine, and nothing is left over.
//!
//! What waits for tens of seconds is ignored unless asked for: `cargo xtask test --only drills`.

mod postgres;
mod power;
mod processes;
mod redis;
mod search;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::support::{Client, World, eventually};

const EVENTS: u32 = 10_000;
/// How long a store is away.
const AWAY: Duration = Duration::from_secs(20);

/// Clients that deliver events, several at once, each a part of them.
///
/// They stop half-way until they are told that it has happened: however slow the machine is, there are
/// events before and events after.
struct Load {
    delivered: Arc<AtomicU32>,
    happened: watch::Sender<bool>,
    clients: Vec<JoinHandle<u32>>,
}

impl Load {
    fn of(client: &Client, events: Range<u32>) -> Self {
        const CLIENTS: u32 = 8;
        let share = u32::try_from(events.len()).unwrap() / CLIENTS;
        let (happened, gate) = watch::channel(false);
        let delivered = Arc::new(AtomicU32::new(0));
        let clients = (0..CLIENTS).map(|number| {
            let first = events.start + number * share;
            let (client, gate) = (client.clone(), gate.clone());
            let delivered = Arc::clone(&delivered);
            tokio::spawn(deliver(client, first..first + share, gate, delivered))
        });
        Self {
            clients: clients.collect(),
            delivered,
            happened,
        }
    }

    /// Returns in the middle of it.
    async fn reaches(&self, count: u32) {
        eventually("events are accepted", async || {
            self.delivered.load(Ordering::Relaxed) >= count
        })
        .await;
    }

    /// It has happened.
    fn go_on(&self) {
        self.happened.send_replace(true);
    }

    /// Waits until all is delivered. Gives how many requests were not accepted at once.
    async fn ends(self) -> u32 {
        self.go_on();
        let mut again = 0;
        for client in self.clients {
            again += client.await.unwrap();
        }
        again
    }
}

async fn deliver(
    client: Client,
    events: Range<u32>,
    mut gate: watch::Receiver<bool>,
    delivered: Arc<AtomicU32>,
) -> u32 {
    let half = u32::midpoint(events.start, events.end);
    let mut again = 0;
    for first in events.clone().step_by(20) {
        if first >= half {
            let _ = gate.wait_for(|happened| *happened).await;
        }
        let next = events.end.min(first + 20);
        again += client.deliver(first, next).await;
        delivered.fetch_add(next - first, Ordering::Relaxed);
    }
    again
}

async fn rows_reach(world: &World, count: i64) {
    eventually("work is under way", async || world.rows().await >= count).await;
}

/// Nothing is lost, nothing is there twice, nothing is left over, and clients find what they sent.
async fn all_is_well(world: &World, api: &Client, events: u32) {
    world.settles_at(events.into()).await;
    for account in ["acc-0", "acc-57", "acc-99"] {
        let path = format!("/api/v1/signals/search?q={account}&limit=1");
        let found = api.get(&path).await.json();
        assert_eq!(found["pagination"]["total"], events / 100, "{account}");
    }
}
