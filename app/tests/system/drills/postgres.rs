//! PostgreSQL is away.

use super::{AWAY, EVENTS, Load, all_is_well};
use crate::support::{World, eventually};

#[tokio::test]
#[ignore = "takes its time: cargo xtask test --only drills"]
async fn postgresql_is_away_for_a_while() {
    let mut world = World::with_postgres().await.indexed().await;
    let (api, worker) = (world.start("api").await, world.start("worker").await);
    let load = Load::of(&api.client, 0..EVENTS);
    load.reaches(1000).await;
    world.postgres.as_mut().unwrap().stop();
    load.go_on();
    let back = tokio::time::Instant::now() + AWAY;
    eventually("the API says that it is not ready", async || {
        api.client.get("/health/ready").await.status == 503
    })
    .await;
    assert_eq!(load.ends().await, 0, "accepting needs no PostgreSQL");
    tokio::time::sleep_until(back).await;
    assert_eq!(worker.client.get("/health/ready").await.status, 503);
    world.postgres.as_mut().unwrap().resume().await;
    all_is_well(&world, &api.client, EVENTS).await;
    let metrics = worker.client.get("/metrics").await.text;
    assert!(
        !metrics.contains("result=\"retried\"} 1"),
        "no job paid for it"
    );
}

/// What cannot be written down is not accepted, and what is not accepted is sent again.
#[tokio::test]
#[ignore = "takes its time: cargo xtask test --only drills"]
async fn postgresql_is_away_and_the_outbox_with_it() {
    let mut world = World::with_postgres().await.indexed().await;
    world.set("DURABILITY", "postgres-outbox");
    let (api, _worker) = (world.start("api").await, world.start("worker").await);
    let load = Load::of(&api.client, 0..EVENTS);
    load.reaches(1000).await;
    world.postgres.as_mut().unwrap().stop();
    load.go_on();
    tokio::time::sleep(AWAY).await;
    world.postgres.as_mut().unwrap().resume().await;
    assert!(load.ends().await > 0, "it was missed");
    all_is_well(&world, &api.client, EVENTS).await;
}
