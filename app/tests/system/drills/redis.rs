//! Redis is killed, and started again.

use std::time::Duration;

use super::{EVENTS, Load, all_is_well};
use crate::support::World;

#[tokio::test]
async fn redis_is_killed_and_forgets_everything() {
    let world = World::with_redis(&["--appendonly", "no"]).await;
    let mut world = world.indexed().await;
    world.set("DURABILITY", "postgres-outbox");
    let (api, _worker) = (world.start("api").await, world.start("worker").await);
    let load = Load::of(&api.client, 0..EVENTS);
    for delivered in [1000, 6000] {
        load.reaches(delivered).await;
        world.redis.kill();
        load.go_on();
        tokio::time::sleep(Duration::from_millis(500)).await;
        world.redis.resume().await;
    }
    assert_eq!(load.ends().await, 0, "accepting needs no Redis");
    all_is_well(&world, &api.client, EVENTS).await;
    let left = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM events_outbox");
    assert_eq!(left.fetch_one(&world.database).await.unwrap(), 0);
}

#[tokio::test]
async fn redis_is_killed_and_remembers_what_it_confirmed() {
    let options = ["--appendonly", "yes", "--appendfsync", "always"];
    let mut world = World::with_redis(&options).await.indexed().await;
    let (api, _worker) = (world.start("api").await, world.start("worker").await);
    let load = Load::of(&api.client, 0..EVENTS);
    load.reaches(1000).await;
    world.redis.kill();
    load.go_on();
    tokio::time::sleep(Duration::from_millis(500)).await;
    world.redis.resume().await;
    load.ends().await;
    all_is_well(&world, &api.client, EVENTS).await;
}
