//! The search index follows PostgreSQL, whatever the search engine does.

use serde_json::json;

use crate::support::{Mood, World, event, eventually};

#[tokio::test]
async fn what_is_indexed_is_found() {
    let world = World::new().await.searchable().await;
    let (api, _worker) = (world.start("api").await, world.start("worker").await);
    api.client.deliver(0, 200).await;
    world.settles_at(200).await;
    let found = api
        .client
        .get("/api/v1/signals/search?q=acc-7&limit=1")
        .await
        .json();
    assert_eq!(found["pagination"]["total"], 2);
    assert_eq!(found["data"][0]["signalType"], "engagement");
}

#[tokio::test]
async fn what_is_not_taken_now_is_taken_later() {
    for mood in [Mood::Overloaded, Mood::Choosy, Mood::Slow] {
        let world = World::new().await.searchable().await;
        let search = world.search.as_ref().unwrap();
        search.set(mood);
        let (api, worker) = (world.start("api").await, world.start("worker").await);
        api.client.deliver(0, 60).await;
        eventually("the queue does not wait for the index", async || {
            world.rows().await == 60 && world.redis.number("ZCARD", ":leases").await == 0
        })
        .await;
        search.set(Mood::Well);
        world.settles_at(60).await;
        eventually("nothing is owed", async || {
            let text = worker.client.get("/metrics").await.text;
            text.contains("\nsearch_backlog 0\n")
        })
        .await;
    }
}

#[tokio::test]
async fn what_is_refused_is_kept_with_its_reason_and_not_sent_again() {
    let world = World::new().await.searchable().await;
    let search = world.search.as_ref().unwrap();
    search.set(Mood::Strict);
    let (api, _worker) = (world.start("api").await, world.start("worker").await);
    let mut bad = event();
    bad["accountId"] = json!("acc-bad");
    let batch = json!({"events": [event(), bad, event()]});
    api.client.post("/api/v1/events/batch", &batch).await;
    eventually("the others are indexed", async || search.count() == 2).await;
    let query = "SELECT refused AND reason LIKE 'mapper_parsing_exception%' FROM search_backlog";
    let mut kept: Vec<bool> = Vec::new();
    eventually("it is written down", async || {
        kept = sqlx::query_scalar(query)
            .fetch_all(&world.database)
            .await
            .unwrap();
        kept == [true]
    })
    .await;
    let requests = search.requests();
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(search.requests(), requests);
}
