//! Whatever is sent: a clear answer, or a dead letter with its reason, and the rest unharmed.

use reqwest::{Body, Method};
use serde_json::{Value, json};

use crate::support::{Client, Search, World, event, eventually, named_event};

async fn send(client: &Client, path: &str, body: impl Into<Body>) -> (u16, Value) {
    let request = client.request(Method::POST, path).body(body);
    let answer = client.send(request).await.unwrap();
    let kind = &answer.headers["content-type"];
    assert_eq!(kind, "application/problem+json", "{answer:?}");
    (answer.status, answer.json())
}

#[tokio::test]
async fn what_is_no_event_is_told_so() {
    let world = World::new().await;
    let api = world.start("api").await;
    let with = |name: &str, raw: &str| {
        let mut event = event();
        event[name] = json!("RAW");
        event.to_string().replace("\"RAW\"", raw)
    };
    let deep = format!("{}1{}", "{\"a\":".repeat(200), "}".repeat(200));
    let cases: [(Vec<u8>, &str); 14] = [
        (b"".to_vec(), "is not JSON"),
        (b"{".to_vec(), "is not JSON"),
        (b"\x1f\x8b\x08\x00".to_vec(), "not UTF-8"),
        (b"{\"accountId\": \"\xff\"}".to_vec(), "not UTF-8"),
        (b"\xef\xbb\xbf{}".to_vec(), "is not JSON"),
        (b"null".to_vec(), "must be an object"),
        (b"[]".to_vec(), "must be an object"),
        (with("accountId", "7").into(), "accountId"),
        (with("accountId", r#""\u0000""#).into(), "control"),
        (with("userId", r#""\ud800""#).into(), "userId"),
        (with("metadata", r#"{"a":"\u0000"}"#).into(), "U+0000"),
        (with("metadata", r#"{"a":"\ud800"}"#).into(), "hex escape"),
        (with("metadata", r#"{"a":1e400}"#).into(), "out of range"),
        (with("metadata", &deep).into(), "recursion limit"),
    ];
    for (body, told) in cases {
        let shown = String::from_utf8_lossy(&body).into_owned();
        let (status, problem) = send(&api.client, "/api/v1/events", body).await;
        assert_eq!(status, 400, "{shown}");
        assert!(problem.to_string().contains(told), "{shown}: {problem}");
    }
    for body in ["{}", r#"{"events":[]}"#, r#"{"events":{}}"#, "[1]"] {
        let (status, problem) = send(&api.client, "/api/v1/events/batch", body).await;
        assert_eq!(
            (status, &problem["errors"][0]["field"]),
            (400, &json!("events"))
        );
    }
    assert_eq!(world.redis.number("LLEN", "").await, 0);
    assert_eq!(
        api.client.post("/api/v1/events", &event()).await.status,
        202
    );
}

#[tokio::test]
async fn what_is_too_much_is_told_so() {
    let mut world = World::new().await;
    world.set("BODY_LIMIT", "65536");
    world.set("BATCH_LIMIT", "100");
    let api = world.start("api").await;
    let large = json!({"events": [event()], "padding": "x".repeat(70_000)}).to_string();
    let (status, problem) = send(&api.client, "/api/v1/events/batch", large.clone()).await;
    assert_eq!(status, 413, "{problem}");
    // Without a length, so that it shows only while it is read.
    let chunks: Vec<_> = large.as_bytes().chunks(1000).map(<[u8]>::to_vec).collect();
    let status = chunked(&api.client.base, &chunks).await;
    assert_eq!(status, 413);
    let many = |count: u32| json!({"events": (0..count).map(named_event).collect::<Vec<_>>()});
    let answer = api.client.post("/api/v1/events/batch", &many(101)).await;
    assert_eq!(
        (answer.status, answer.fields()),
        (400, vec!["events".to_owned()])
    );
    let answer = api.client.post("/api/v1/events/batch", &many(100)).await;
    assert_eq!(answer.status, 202);
    for key in ["", &"k".repeat(256)] {
        let request = api.client.request(Method::POST, "/api/v1/events");
        let request = request.header("idempotency-key", key);
        let answer = api.client.send(request.body(event().to_string())).await;
        assert_eq!(answer.unwrap().status, 400);
    }
    assert_eq!(world.redis.number("LLEN", "").await, 100);
}

/// Sends a body in chunks, and returns the status of the answer.
async fn chunked(base: &str, chunks: &[Vec<u8>]) -> u16 {
    use std::io::{Read, Write};
    let address = base.trim_start_matches("http://").to_owned();
    let mut request = b"POST /api/v1/events/batch HTTP/1.1\r\nhost: sspp\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for chunk in chunks {
        write!(request, "{:x}\r\n", chunk.len()).unwrap();
        request.extend_from_slice(chunk);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"0\r\n\r\n");
    let answer = tokio::task::spawn_blocking(move || {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        // The answer comes before the end of what is too long, which then nobody reads.
        let _ = stream.write_all(&request);
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        String::from_utf8_lossy(&answer[9..]).parse().unwrap()
    });
    answer.await.unwrap()
}

/// What another program, or a fault, may leave in the list.
#[tokio::test]
async fn entries_that_are_no_jobs_are_dead_with_their_reason() {
    let world = World::new().await.searching(Search::double().await);
    let api = world.start("api").await;
    let number = json!({"a": 1}).to_string().replace('1', "1e200000");
    let beyond = json!({"eventId": uuid::Uuid::from_u128(7), "accountId": "a", "userId": "u",
        "eventType": "email_opened", "timestamp": "2025-12-22T09:00:00Z", "metadata": "RAW"});
    let beyond = beyond.to_string().replace("\"RAW\"", &number);
    let poison: [(Vec<u8>, &str); 5] = [
        (b"".to_vec(), "not an entry of this queue"),
        (b"1 0 \xff\xfe".to_vec(), "not an event"),
        (vec![b'x'; 2 << 20], "not an entry of this queue"),
        (
            b"1 99999999999999999999 {}".to_vec(),
            "not an entry of this queue",
        ),
        (format!("1 0 {beyond}").into(), "PostgreSQL refuses it"),
    ];
    for (entry, _) in &poison {
        world.redis.push(entry).await;
    }
    api.client.deliver(0, 40).await;
    let _worker = world.start("worker").await;
    eventually("the rest is written", async || world.rows().await == 40).await;
    eventually("poison is dead", async || {
        world.redis.number("LLEN", ":dead").await == 5
    })
    .await;
    let letters = world.redis.list(":dead").await;
    for (entry, reason) in &poison {
        let entry = String::from_utf8_lossy(entry);
        let own = letters
            .iter()
            .find(|letter| letter.ends_with(&format!("\t{entry}")));
        // What was rewritten on the way is found by its reason.
        let own = own.or_else(|| letters.iter().find(|letter| letter.contains(reason)));
        assert!(
            own.is_some_and(|letter| letter.contains(reason)),
            "{reason}"
        );
    }
    eventually("nothing is in hand", async || {
        world.leases().await.is_empty()
    })
    .await;
    eventually("the rest is indexed", async || {
        world.search.as_ref().unwrap().count().await == 40
    })
    .await;
}

/// The same jobs in one batch, in several, and once more when all is done.
#[tokio::test]
async fn jobs_that_come_again_are_counted_and_change_nothing() {
    for search in Search::both().await {
        let mut world = World::new().await.searching(search);
        world.set("QUEUE_BATCH", "8");
        let api = world.start("api").await;
        api.client.deliver(0, 10).await;
        let entries = world.redis.list("").await;
        for entry in entries.iter().chain(&entries) {
            world.redis.push(entry.as_bytes()).await;
        }
        let worker = world.start("worker").await;
        world.settles_at(10).await;
        for entry in &entries {
            world.redis.push(entry.as_bytes()).await;
        }
        eventually("all are done", async || {
            let metrics = worker.client.get("/metrics").await.text;
            metrics.contains("signal_jobs_total{result=\"duplicate\"} 30")
        })
        .await;
        world.settles_at(10).await;
    }
}
