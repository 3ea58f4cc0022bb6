//! What the API serves beside events, signals and jobs: its description, metrics, probes.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{World, event};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[tokio::test]
async fn people_get_a_page_and_programs_get_the_document() {
    let world = World::new().await;
    let api = world.start("api").await;
    let get = async |path: &str, accept: &str| {
        let request = api.client.request(Method::GET, path);
        let request = request.header("accept", accept);
        api.client.send(request).await.unwrap()
    };
    let document = get("/api/docs", "*/*").await;
    assert_eq!(document.headers["content-type"], "application/json");
    assert_eq!(document.headers["vary"], "accept");
    assert_eq!(document.json()["openapi"], "3.1.0");
    for path in ["/api/docs/openapi.json", "/api/docs-json"] {
        assert_eq!(get(path, BROWSER).await.text, document.text);
    }

    let page = get("/api/docs", BROWSER).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    let document = document.json();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let heading = format!("<h3><b>{}</b> {path}</h3>", method.to_uppercase());
            assert!(page.text.contains(&heading), "{heading}");
        }
    }
    for schema in document["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
    {
        assert!(
            page.text.contains(&format!("id=\"shape-{schema}\"")),
            "{schema}"
        );
    }
    assert_is_self_contained(&page.text);
}

/// Every link leads to a place in the page, or to this very server; nothing is loaded.
fn assert_is_self_contained(page: &str) {
    for loads in ["<script", "<link", "<img", "@import", "url(", "//"] {
        assert!(!page.contains(loads), "{loads} in {page}");
    }
    for link in page.split("href=\"").skip(1) {
        let target = link.split('"').next().unwrap();
        let there = match target.strip_prefix('#') {
            Some(id) => page.contains(&format!("id=\"{id}\"")),
            None => target == "/api/docs/openapi.json",
        };
        assert!(there, "{target}");
    }
}

#[tokio::test]
async fn metrics_below_the_prefix_are_for_who_has_the_token() {
    let mut world = World::new().await;
    let api = world.start("api").await;
    for path in ["/api/v1/metrics", "/api/v1/metrics/json"] {
        let answer = api.client.get(path).await;
        assert_eq!(answer.status, 403, "{path}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("API_TOKEN"), "{detail}");
        assert!(!answer.text.contains("http_requests"));
    }
    assert_eq!(api.client.get("/metrics").await.status, 200);

    world.set("API_TOKEN", "secret");
    let api = world.start("api").await;
    for path in ["/api/v1/metrics", "/api/v1/metrics/json"] {
        assert_eq!(api.client.get(path).await.status, 401, "{path}");
        let request = api.client.request(Method::GET, path).bearer_auth("secret");
        let answer = api.client.send(request).await.unwrap();
        assert_eq!(answer.status, 200, "{path}");
        assert!(
            answer.text.contains("signal_queue_depth"),
            "{}",
            answer.text
        );
    }
}

#[tokio::test]
async fn metrics_are_told_as_json_too() {
    let world = World::new().await;
    let (api, worker) = (world.start("api").await, world.start("worker").await);
    api.client.post("/api/v1/events", &event()).await;
    world.settles_at(1).await;
    let families = api.client.get("/metrics/json").await.json();
    let family = |families: &Value, name: &str| {
        let all = families.as_array().unwrap().iter();
        let mut found = all.filter(|one| one["name"] == name);
        found
            .next()
            .cloned()
            .unwrap_or_else(|| panic!("no {name} in {families}"))
    };
    let requests = family(&families, "http_requests_total");
    assert_eq!(requests["type"], "counter");
    let labels = json!({"method": "POST", "route": "/api/v1/events", "status": "202"});
    assert_eq!(requests["values"][0]["labels"], labels);
    assert_eq!(requests["values"][0]["value"], 1);
    let families = worker.client.get("/metrics/json").await.json();
    let jobs = family(&families, "signal_jobs_total");
    let done = jobs["values"].as_array().unwrap().iter();
    let mut done = done.filter(|one| one["labels"]["result"] == "completed");
    assert_eq!(done.next().unwrap()["value"], 1);
}

#[tokio::test]
async fn the_contract_names_what_is_served_and_only_that() {
    let mut world = World::new().await;
    world.set("API_TOKEN", "secret");
    let contract: Value = serde_json::from_str(&world.run("contract").succeeds()).unwrap();
    for role in ["api", "worker"] {
        let process = world.start(role).await;
        let roles = contract["roles"].as_array().unwrap().iter();
        let own = roles.filter(|one| one["name"] == role);
        let paths = own.flat_map(|one| one["paths"].as_array().unwrap());
        for path in paths {
            let method = Method::from_bytes(path["method"].as_str().unwrap().as_bytes());
            let request = process
                .client
                .request(method.unwrap(), path["path"].as_str().unwrap());
            let answer = process
                .client
                .send(request.bearer_auth("secret"))
                .await
                .unwrap();
            // What asks for an id or a body says so; a path that is not there says something else.
            let served = !answer.text.contains("There is no such path") && answer.status != 405;
            assert!(served, "{path}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn times_of_iso_8601_are_taken_and_one_without_a_zone_is_utc() {
    let world = World::new().await;
    let (api, _worker) = (world.start("api").await, world.start("worker").await);
    let times = [
        ("2025-12-22T09:00:00", "2025-12-22T09:00:00Z"),
        ("2025-12-22T10:30+0130", "2025-12-22T09:00:00Z"),
        ("2025-12-22", "2025-12-22T00:00:00Z"),
    ];
    for (given, _) in times {
        let mut event = event();
        event["timestamp"] = json!(given);
        event["userId"] = json!(given);
        assert_eq!(
            api.client.post("/api/v1/events", &event).await.status,
            202,
            "{given}"
        );
    }
    world.settles_at(3).await;
    let listed = api.client.get("/api/v1/signals").await.json();
    for signal in listed["data"].as_array().unwrap() {
        let expected = times.iter().find(|(given, _)| signal["userId"] == *given);
        assert_eq!(signal["timestamp"], expected.unwrap().1);
    }
    let mut event = event();
    event["timestamp"] = json!("22.12.2025");
    let answer = api.client.post("/api/v1/events", &event).await;
    assert_eq!(answer.fields(), ["timestamp"]);
    let message = answer.json()["errors"][0]["message"].to_string();
    assert!(message.contains("2025-12-22T09:00:00Z"), "{message}");
}
