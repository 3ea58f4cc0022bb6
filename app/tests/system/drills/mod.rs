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
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::support::{Client, World, eventually};

const EVENTS: u32 = 10_000;
/// How long a store is away.
const AWAY: Duration = Duration::from_secs(20);

/// Delivers these events, from several clients at once, each to a part of them. Gives how many
/// requests were not accepted at once.
fn load(client: &Client, events: Range<u32>) -> JoinHandle<u32> {
    const CLIENTS: u32 = 8;
    let share = u32::try_from(events.len()).unwrap() / CLIENTS;
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let client = client.clone();
            let first = events.start + number * share;
            tokio::spawn(async move { client.deliver(first, first + share).await })
        })
        .collect();
    tokio::spawn(async move {
        let mut again = 0;
        for client in clients {
            again += client.await.unwrap();
        }
        again
    })
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
