//! Nothing is lost: under load, each part is ended as a crash ends it. Afterwards every accepted
//! event is in PostgreSQL once, and indexed, and nothing is left over.

use std::time::Duration;

use crate::support::{Client, Mood, World, eventually};

const EVENTS: u32 = 10_000;

/// Delivers all events, from several clients at once, each to a part of them.
fn load(client: &Client) -> tokio::task::JoinHandle<u32> {
    const CLIENTS: u32 = 8;
    let share = EVENTS / CLIENTS;
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let client = client.clone();
            tokio::spawn(async move { client.deliver(number * share, (number + 1) * share).await })
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

#[tokio::test]
async fn a_worker_is_killed_in_the_middle_of_a_batch() {
    let mut world = World::new().await.searchable().await;
    world.set("QUEUE_BATCH", "200");
    world.set("QUEUE_LEASE_SECONDS", "2");
    world.search.as_ref().unwrap().set(Mood::Slow);
    let api = world.start("api").await;
    let (mut one, _other) = (world.start("worker").await, world.start("worker").await);
    let load = load(&api.client);
    rows_reach(&world, 1000).await;
    let leases = world.redis.number("ZCARD", ":leases").await;
    one.kill();
    assert!(leases > 0, "it had jobs in hand");
    load.await.unwrap();
    world.search.as_ref().unwrap().set(Mood::Well);
    world.settles_at(EVENTS.into()).await;
}

#[tokio::test]
async fn the_api_is_killed() {
    for durability in ["redis", "postgres-outbox"] {
        let mut world = World::new().await.searchable().await;
        world.set("DURABILITY", durability);
        world.set("PORT", &crate::support::free_port().to_string());
        let mut api = world.start("api").await;
        world.set("PORT", "0");
        let _worker = world.start("worker").await;
        let load = load(&api.client);
        rows_reach(&world, 1000).await;
        api.kill();
        tokio::time::sleep(Duration::from_millis(300)).await;
        let port = api.client.base.rsplit(':').next().unwrap().to_owned();
        world.set("PORT", &port);
        let _again = world.start("api").await;
        assert!(load.await.unwrap() > 0, "it was missed");
        world.settles_at(EVENTS.into()).await;
    }
}

#[tokio::test]
async fn redis_is_killed_and_forgets_everything() {
    let mut world = World::with_redis(&["--appendonly", "no"])
        .await
        .searchable()
        .await;
    world.set("DURABILITY", "postgres-outbox");
    let (api, _worker) = (world.start("api").await, world.start("worker").await);
    let load = load(&api.client);
    for done in [1000, 4000] {
        rows_reach(&world, done).await;
        world.redis.kill();
        tokio::time::sleep(Duration::from_millis(500)).await;
        world.redis.resume().await;
    }
    assert_eq!(load.await.unwrap(), 0, "accepting needs no Redis");
    world.settles_at(EVENTS.into()).await;
    let left = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM events_outbox");
    assert_eq!(left.fetch_one(&world.database).await.unwrap(), 0);
}

#[tokio::test]
async fn redis_is_killed_and_remembers_what_it_confirmed() {
    let options = ["--appendonly", "yes", "--appendfsync", "always"];
    let mut world = World::with_redis(&options).await.searchable().await;
    let (api, _worker) = (world.start("api").await, world.start("worker").await);
    let load = load(&api.client);
    rows_reach(&world, 1000).await;
    world.redis.kill();
    tokio::time::sleep(Duration::from_millis(500)).await;
    world.redis.resume().await;
    load.await.unwrap();
    world.settles_at(EVENTS.into()).await;
}

#[tokio::test]
async fn postgresql_is_away_for_a_while() {
    let mut world = World::with_postgres().await.searchable().await;
    let (api, worker) = (world.start("api").await, world.start("worker").await);
    let load = load(&api.client);
    rows_reach(&world, 1000).await;
    world.postgres.as_mut().unwrap().stop();
    eventually("the API says that it is not ready", async || {
        api.client.get("/health/ready").await.status == 503
    })
    .await;
    assert_eq!(load.await.unwrap(), 0, "accepting needs no PostgreSQL");
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(!worker.said("waiting for PostgreSQL").is_empty());
    world.postgres.as_mut().unwrap().resume().await;
    world.settles_at(EVENTS.into()).await;
}

#[tokio::test]
async fn an_api_that_is_told_to_end_answers_what_it_has_begun() {
    let mut world = World::new().await;
    world.set("DRAIN_SECONDS", "1");
    let mut old = world.start("api").await;
    let (new, _worker) = (world.start("api").await, world.start("worker").await);
    // As behind a balancer: who is not ready gets no new requests.
    let (leaving, staying) = (old.client.clone(), new.client.clone());
    let load = tokio::spawn(async move {
        let mut again = 0;
        let mut number = 0;
        while leaving.get("/health/ready").await.status == 200 {
            again += leaving.deliver(number, number + 20).await;
            number += 20;
        }
        (
            again + staying.deliver(number, number + 500).await,
            number + 500,
        )
    });
    rows_reach(&world, 200).await;
    assert!(old.terminate().await);
    let (again, events) = load.await.unwrap();
    assert_eq!(again, 0, "no request failed");
    world.settles_at(events.into()).await;
}
