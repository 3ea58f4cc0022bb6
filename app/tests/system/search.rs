//! The search index follows PostgreSQL, whatever the search engine does.

use reqwest::Method;
use serde_json::json;

use crate::support::{Mood, Search, World, event, eventually};

/// A world for each search engine.
async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for search in Search::both().await {
        worlds.push(World::new().await.searching(search));
    }
    worlds
}

impl World {
    fn search(&self) -> &Search {
        self.search.as_ref().unwrap()
    }

    async fn set_index(&self, settings: serde_json::Value) {
        let body = Some(settings.to_string());
        let (status, answer) = self.search().request(Method::PUT, "_settings", body).await;
        assert_eq!(status, 200, "{answer}");
    }

    async fn backlog(&self) -> Vec<(bool, String)> {
        let query = "SELECT refused, reason FROM search_backlog";
        let query = sqlx::query_as(query);
        query.fetch_all(&self.database).await.unwrap()
    }
}

#[tokio::test]
async fn what_is_indexed_is_found_by_its_whole_name() {
    for world in worlds().await {
        let api = world.start("api").await;
        // The worker finds jobs at once, and must make the index before it sends the first of them.
        api.client.deliver(0, 200).await;
        let _worker = world.start("worker").await;
        world.settles_at(200).await;
        let path = "/api/v1/signals/search?q=acc-7&limit=1";
        let found = api.client.get(path).await.json();
        assert_eq!(found["pagination"]["total"], 2);
        assert_eq!(found["data"][0]["signalType"], "engagement");
        let search = world.search();
        let (_, answer) = search.request(Method::GET, "_mapping", None).await;
        let mappings = &answer[&search.index]["mappings"];
        assert_eq!(mappings["dynamic"], "strict");
        assert_eq!(mappings["properties"]["accountId"]["type"], "keyword");
    }
}

#[tokio::test]
async fn what_is_not_taken_now_is_taken_later() {
    for mood in [Mood::Overloaded, Mood::Choosy, Mood::Slow, Mood::Reset] {
        let world = World::new().await.searchable().await;
        world.double().set(mood);
        let (api, worker) = (world.start("api").await, world.start("worker").await);
        api.client.deliver(0, 60).await;
        eventually("the queue does not wait for the index", async || {
            world.rows().await == 60 && world.redis.number("ZCARD", ":leases").await == 0
        })
        .await;
        world.double().set(Mood::Well);
        world.settles_at(60).await;
        eventually("nothing is owed", async || {
            let text = worker.client.get("/metrics").await.text;
            text.contains("\nsearch_backlog 0\n")
        })
        .await;
    }
}

#[tokio::test]
async fn a_blocked_index_is_no_documents_fault() {
    let blocks = ["index.blocks.read_only_allow_delete", "index.blocks.write"];
    for world in worlds().await {
        let (api, _worker) = (world.start("api").await, world.start("worker").await);
        api.client.deliver(0, 20).await;
        world.settles_at(20).await;
        for (block, done) in blocks.into_iter().zip([20, 40]) {
            world.set_index(json!({block: true})).await;
            api.client.deliver(done, done + 20).await;
            eventually("they are owed", async || world.backlog().await.len() == 20).await;
            let (refused, reason) = &world.backlog().await[0];
            assert!(!refused && reason.starts_with("cluster_block_exception"));
            world.set_index(json!({block: null})).await;
            world.settles_at((done + 20).into()).await;
            eventually("it is paid", async || world.backlog().await.is_empty()).await;
        }
    }
}

#[tokio::test]
async fn what_is_refused_is_kept_with_its_reason_and_not_sent_again() {
    for world in worlds().await {
        // Somebody else's index, in which accounts are numbers.
        let properties = json!({"accountId": {"type": "long"}});
        let body = json!({"mappings": {"properties": properties}}).to_string();
        let made = world.search().request(Method::PUT, "", Some(body)).await;
        assert_eq!(made.0, 200, "{made:?}");
        let (api, _worker) = (world.start("api").await, world.start("worker").await);
        let named = |account: &str| {
            let mut event = event();
            event["accountId"] = json!(account);
            event
        };
        let batch = json!({"events": [named("1"), named("acc-bad"), named("2")]});
        api.client.post("/api/v1/events/batch", &batch).await;
        eventually("the others are indexed", async || {
            world.search().count().await == 2
        })
        .await;
        eventually("it is written down", async || {
            world.backlog().await.len() == 1
        })
        .await;
        let (refused, reason) = &world.backlog().await[0];
        assert!(*refused && reason.starts_with("mapper_parsing_exception"));
        if world.search().double.is_some() {
            let requests = world.double().requests();
            tokio::time::sleep(std::time::Duration::from_secs(3)).await;
            assert_eq!(world.double().requests(), requests);
        }
    }
}

/// Where the search engine does not make indices by itself, as it should not for these.
#[tokio::test]
async fn an_index_that_is_deleted_is_made_again() {
    let Some(mut search) = Search::real().await else {
        return;
    };
    search.index = format!("{}-deleted", search.index);
    let settings = json!({"persistent": {"action.auto_create_index": "-*-deleted,+*"}});
    let request = search.client.request(Method::PUT, "/_cluster/settings");
    let request = request.header("content-type", "application/json");
    let answer = search.client.send(request.body(settings.to_string())).await;
    assert_eq!(answer.unwrap().status, 200);
    let world = World::new().await.searching(search);
    let (api, _worker) = (world.start("api").await, world.start("worker").await);
    api.client.deliver(0, 20).await;
    world.settles_at(20).await;
    let deleted = world.search().request(Method::DELETE, "", None).await;
    assert_eq!(deleted.0, 200, "{deleted:?}");
    api.client.deliver(20, 60).await;
    eventually("those that came since are indexed", async || {
        world.search().count().await == 40
    })
    .await;
    let (_, answer) = world.search().request(Method::GET, "_mapping", None).await;
    let mappings = &answer[&world.search().index]["mappings"];
    assert_eq!(mappings["dynamic"], "strict");
    eventually("nothing is owed", async || world.backlog().await.is_empty()).await;
}

#[tokio::test]
async fn an_index_whose_name_is_refused_costs_no_signal() {
    for mut world in worlds().await {
        let right = world.search().index.clone();
        world.set("SEARCH_INDEX", "Signals");
        let (api, worker) = (world.start("api").await, world.start("worker").await);
        api.client.deliver(0, 20).await;
        eventually("they are owed", async || world.backlog().await.len() == 20).await;
        let (refused, reason) = &world.backlog().await[0];
        assert!(
            !refused && reason.contains("invalid_index_name_exception"),
            "{reason}"
        );
        drop(worker);
        world.set("SEARCH_INDEX", &right);
        let _worker = world.start("worker").await;
        world.settles_at(20).await;
    }
}
