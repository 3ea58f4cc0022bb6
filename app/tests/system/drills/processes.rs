//! SSPP's own processes are killed, or told to end.

use std::time::Duration;

use super::{EVENTS, Load, all_is_well, rows_reach};
use crate::support::{World, free_port};

#[tokio::test]
async fn a_worker_is_killed_in_the_middle_of_a_batch() {
    let mut world = World::new().await.indexed().await;
    world.set("QUEUE_BATCH", "200");
    world.set("QUEUE_LEASE_SECONDS", "2");
    let api = world.start("api").await;
    let (mut one, other) = (world.start("worker").await, world.start("worker").await);
    let load = Load::of(&api.client, 0..EVENTS);
    load.reaches(1000).await;
    one.kill_in_the_middle(&world).await;
    load.ends().await;
    all_is_well(&world, &api.client, EVENTS).await;
    let said = other.said("jobs of a worker that has ended were queued again");
    assert!(!said.is_empty(), "it had jobs in hand");
}

#[tokio::test]
async fn the_api_is_killed() {
    for durability in ["redis", "postgres-outbox"] {
        let mut world = World::new().await.indexed().await;
        world.set("DURABILITY", durability);
        world.set("PORT", &free_port().to_string());
        let mut api = world.start("api").await;
        world.set("PORT", "0");
        let _worker = world.start("worker").await;
        let load = Load::of(&api.client, 0..EVENTS);
        load.reaches(1000).await;
        api.kill();
        load.go_on();
        tokio::time::sleep(Duration::from_millis(300)).await;
        let port = api.client.base.rsplit(':').next().unwrap().to_owned();
        world.set("PORT", &port);
        let again = world.start("api").await;
        assert!(load.ends().await > 0, "it was missed");
        all_is_well(&world, &again.client, EVENTS).await;
    }
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
    assert!(old.terminate().await.success());
    let (again, events) = load.await.unwrap();
    assert_eq!(again, 0, "no request failed");
    world.settles_at(events.into()).await;
}
