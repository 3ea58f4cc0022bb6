//! What clients of the API see.

use reqwest::Method;
use serde_json::json;

use crate::support::{World, event, named_event};

#[tokio::test]
async fn an_event_is_accepted_scored_and_found() {
    let world = World::new().await;
    let (api, _worker) = (world.start("api").await, world.start("worker").await);
    let answer = api.client.post("/api/v1/events", &event()).await;
    assert_eq!(answer.status, 202);
    assert_eq!(answer.json()["status"], "accepted");
    assert_eq!(answer.json()["message"], "Event queued for processing");
    world.settles_at(1).await;

    let job = answer.json()["jobId"].as_str().unwrap().to_owned();
    let shown = api.client.get(&format!("/api/v1/jobs/{job}")).await.json();
    assert_eq!(shown["state"], "completed");
    assert_eq!(shown["returnvalue"]["signalScore"], 0.45);
    let listed = api
        .client
        .get("/api/v1/signals?accountId=acc-1&sortBy=id")
        .await;
    assert_eq!(listed.json()["pagination"]["total"], 1);
    assert_eq!(listed.json()["data"][0]["metadata"]["interactionCount"], 5);
    let stats = api.client.get("/api/v1/signals/stats").await.json();
    assert_eq!(
        stats["bySignalType"],
        json!([{"name": "engagement", "count": 1}])
    );
    let said = &api.said("event accepted")[0];
    assert_eq!(said["accountId"], "acc-1");
    assert!(!said.to_string().contains("interactionCount"));
}

#[tokio::test]
async fn every_bad_field_is_named() {
    let world = World::new().await;
    let api = world.start("api").await;
    let bad = json!({"accountId": "", "eventType": "x", "colour": "red"});
    let answer = api.client.post("/api/v1/events", &bad).await;
    assert_eq!(answer.status, 400);
    let all = ["colour", "accountId", "userId", "eventType", "timestamp"];
    assert_eq!(answer.fields(), all);

    let mut wrong = event();
    wrong["timestamp"] = json!("yesterday");
    let batch = json!({"events": [event(), wrong, 7]});
    let answer = api.client.post("/api/v1/events/batch", &batch).await;
    assert_eq!(answer.fields(), ["events[1].timestamp", "events[2]"]);
    for (path, field) in [
        ("/api/v1/signals?limit=101", "limit"),
        ("/api/v1/signals?sortBy=metadata", "sortBy"),
        ("/api/v1/signals/search?q=", "q"),
    ] {
        assert_eq!(api.client.get(path).await.fields(), [field]);
    }
    assert_eq!(world.redis.number("LLEN", "").await, 0);
}

#[tokio::test]
async fn malformed_and_oversized_requests_are_told_so() {
    let mut world = World::new().await;
    world.set("BODY_LIMIT", "2048");
    let api = world.start("api").await;
    let mut large = event();
    large["metadata"] = json!({"text": "x".repeat(4096)});
    assert_eq!(api.client.post("/api/v1/events", &large).await.status, 413);
    let broken = api.client.request(Method::POST, "/api/v1/events").body("{");
    assert_eq!(api.client.send(broken).await.unwrap().status, 400);
    assert_eq!(api.client.get("/api/v1/events").await.status, 405);
    assert_eq!(api.client.get("/api/v1/signals/one").await.status, 400);
    let docs = api.client.get("/api/docs").await;
    assert_eq!(docs.json()["openapi"], "3.1.0");
    let missing = api.client.get("/api/v2").await;
    assert_eq!(missing.status, 404);
    assert_eq!(missing.headers["content-type"], "application/problem+json");
}

#[tokio::test]
async fn the_same_key_is_the_same_event() {
    for durability in ["redis", "postgres-outbox"] {
        let mut world = World::new().await;
        world.set("DURABILITY", durability);
        let api = world.start("api").await;
        let send = async |event: serde_json::Value, key: &str| {
            let request = api.client.request(Method::POST, "/api/v1/events");
            let request = request
                .header("idempotency-key", key)
                .body(event.to_string());
            let answer = api.client.send(request).await.unwrap();
            (answer.status, answer.json()["jobId"].clone())
        };
        let first = send(event(), "one").await;
        assert_eq!(first.0, 202);
        assert_eq!(send(event(), "one").await, first);
        assert_ne!(send(event(), "two").await.1, first.1);
        let mut other = event();
        other["userId"] = json!("user-2");
        assert_eq!(send(other.clone(), "one").await.0, 422);

        let mut same = named_event(1);
        same["userId"] = json!("user-2");
        let batch = json!({"events": [named_event(1), named_event(1), same, named_event(2)]});
        let answer = api.client.post("/api/v1/events/batch", &batch).await.json();
        let jobs = answer["jobs"].as_array().unwrap();
        let states: Vec<_> = jobs
            .iter()
            .map(|job| job["status"].as_str().unwrap())
            .collect();
        assert_eq!(states, ["accepted", "duplicate", "conflict", "accepted"]);
        let _worker = world.start("worker").await;
        world.settles_at(4).await;
        assert_eq!(send(event(), "one").await, first, "also when it is done");
        assert_eq!(send(other, "one").await.0, 422);
        world.settles_at(4).await;
    }
}

#[tokio::test]
async fn a_token_guards_everything_but_the_probes() {
    let mut world = World::new().await;
    world.set("API_TOKEN", "secret");
    let api = world.start("api").await;
    for path in ["/api/v1/signals", "/api/v1/jobs/stats", "/api/v1/metrics"] {
        assert_eq!(api.client.get(path).await.status, 401, "{path}");
    }
    for path in [
        "/health",
        "/health/ready",
        "/metrics",
        "/api/v1/health",
        "/api/v1/ready",
    ] {
        assert_eq!(api.client.get(path).await.status, 200, "{path}");
    }
    let request = api
        .client
        .request(Method::GET, "/api/v1/signals")
        .bearer_auth("secret");
    assert_eq!(api.client.send(request).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_full_queue_and_a_hasty_client_are_turned_away() {
    let mut world = World::new().await;
    world.set("QUEUE_HIGH_WATER", "3");
    let api = world.start("api").await;
    api.client.deliver(0, 5).await;
    crate::support::eventually("the queue is full", async || {
        let answer = api.client.post("/api/v1/events", &event()).await;
        answer.status == 503 && answer.headers.contains_key("retry-after")
    })
    .await;
    assert_eq!(api.client.get("/api/v1/jobs/stats").await.status, 200);

    world.set("RATE_LIMIT", "1");
    let api = world.start("api").await;
    api.client.get("/api/v1/jobs/stats").await;
    assert_eq!(api.client.get("/api/v1/jobs/stats").await.status, 429);
}

#[tokio::test]
async fn readiness_says_what_is_missing() {
    let mut world = World::new().await;
    world.set("ELASTICSEARCH_URL", "http://127.0.0.1:1");
    let api = world.start("api").await;
    let answer = api.client.get("/health/ready").await;
    assert_eq!(answer.status, 503);
    let checks = answer.json()["checks"].clone();
    let healthy = |at: usize| checks[at]["healthy"].as_bool().unwrap();
    assert_eq!([healthy(0), healthy(1), healthy(2)], [true, true, false]);
    assert_eq!(checks[2]["service"], "search");
    assert_eq!(api.client.get("/health").await.status, 200);

    world.set("SEARCH_OPTIONAL", "true");
    let api = world.start("api").await;
    assert_eq!(api.client.get("/health/ready").await.status, 200);
}

#[tokio::test]
async fn metrics_are_named_as_the_seed_names_them() {
    let world = World::new().await;
    let api = world.start("api").await;
    api.client.get("/api/v1/signals/7").await;
    api.client.get("/api/v1/nothing").await;
    let text = api.client.get("/metrics").await.text;
    for line in [
        r#"http_requests_total{method="GET",route="/api/v1/signals/{id}",status="404"} 1"#,
        r#"http_requests_total{method="GET",route="unknown",status="404"} 1"#,
        r#"http_request_duration_seconds_bucket{le="0.05",method="GET",route="unknown"} 1"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("route=\"/metrics\""));
}
