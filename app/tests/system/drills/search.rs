//! The search engine is away: it hangs, or nobody listens.

use tokio::time::{Instant, sleep_until};

use super::{AWAY, EVENTS, Load, all_is_well, rows_reach};
use crate::support::{Node, Process, Search, World, eventually};

/// Delivers events `first..` while `node` is taken away and given back.
async fn through(
    api: &Process,
    first: u32,
    node: &mut Node,
    take: impl FnOnce(&mut Node),
) -> Instant {
    let load = Load::of(&api.client, first..first + EVENTS);
    load.reaches(1000).await;
    take(node);
    load.go_on();
    let back = Instant::now() + AWAY;
    eventually("the API says that it is not ready", async || {
        api.client.get("/health/ready").await.status == 503
    })
    .await;
    assert_eq!(load.ends().await, 0, "accepting needs no search engine");
    back
}

#[tokio::test]
#[ignore = "takes its time: cargo xtask test --only drills"]
async fn the_search_engine_hangs_and_then_is_gone() {
    if crate::support::prepared().is_none() {
        return;
    }
    let mut node = Node::start().await;
    let search = Search::at(&node.url());
    let world = World::new().await.searching(search);
    let (api, _worker) = (world.start("api").await, world.start("worker").await);

    let back = through(&api, 0, &mut node, |node| node.signal("STOP")).await;
    // Before it is back: signals do not wait for the index.
    rows_reach(&world, EVENTS.into()).await;
    assert!(world.search.as_ref().unwrap().is_away().await);
    sleep_until(back).await;
    node.signal("CONT");
    all_is_well(&world, &api.client, EVENTS).await;

    let back = through(&api, EVENTS, &mut node, Node::kill).await;
    rows_reach(&world, (2 * EVENTS).into()).await;
    sleep_until(back).await;
    node.resume().await;
    all_is_well(&world, &api.client, 2 * EVENTS).await;
}
