//! Two requests with one key at the same time.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Process, World, event, eventually, named_event};

async fn send(api: &Process, path: &str, body: &Value) -> (u16, Value) {
    let request = api.client.request(Method::POST, path);
    let request = request.header("idempotency-key", "one");
    let answer = api.client.send(request.body(body.to_string())).await;
    let answer = answer.unwrap();
    if answer.status == 409 {
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert!(answer.headers.contains_key("retry-after"));
    }
    (answer.status, answer.json())
}

/// The store is held up for a while by now.
async fn one_of_two_is_told_to_wait(api: &Process, path: &str, body: &Value) {
    let (one, two) = tokio::join!(send(api, path, body), send(api, path, body));
    let (first, second) = if one.0 == 202 { (one, two) } else { (two, one) };
    assert_eq!((first.0, second.0), (202, 409), "{first:?} {second:?}");
    assert_eq!(second.1["title"], "A request with this key is in progress");
    let again = send(api, path, body).await;
    assert_eq!(again.0, 202);
    assert_eq!(again.1["jobId"], first.1["jobId"], "it is the same job");
}

#[tokio::test]
async fn a_key_in_progress_is_told_so_while_redis_is_slow() {
    let world = World::new().await;
    let api = world.start("api").await;
    world.redis.ask(&["CLIENT", "PAUSE", "2000"]).await.unwrap();
    one_of_two_is_told_to_wait(&api, "/api/v1/events", &event()).await;
    assert_eq!(world.redis.number("LLEN", "").await, 1, "it is one event");
    let batch = json!({"events": [event(), event()]});
    world.redis.ask(&["CLIENT", "PAUSE", "2000"]).await.unwrap();
    one_of_two_is_told_to_wait(&api, "/api/v1/events/batch", &batch).await;
    assert_eq!(world.redis.number("LLEN", "").await, 3);
}

#[tokio::test]
async fn a_key_in_progress_is_told_so_while_postgresql_is_slow() {
    let mut world = World::new().await;
    world.set("DURABILITY", "postgres-outbox");
    let api = world.start("api").await;
    let mut transaction = world.database.begin().await.unwrap();
    let lock = sqlx::query("LOCK TABLE events_outbox IN EXCLUSIVE MODE");
    lock.execute(&mut *transaction).await.unwrap();
    let released = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(2)).await;
        transaction.commit().await.unwrap();
    });
    one_of_two_is_told_to_wait(&api, "/api/v1/events", &event()).await;
    released.await.unwrap();
    let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM events_outbox");
    assert_eq!(count.fetch_one(&world.database).await.unwrap(), 1);
}

#[tokio::test]
async fn what_waits_in_the_outbox_is_told_while_redis_is_away() {
    let mut world = World::new().await;
    world.set("DURABILITY", "postgres-outbox");
    let there = world.redis.url();
    world.set("REDIS_URL", "redis://127.0.0.1:1/0");
    let (api, worker) = (world.start("api").await, world.start("worker").await);
    api.client.deliver(0, 30).await;
    let told = async |worker: &Process, name: &str| {
        let metrics = worker.client.get("/metrics").await.text;
        let value = metrics.lines().find_map(|line| line.strip_prefix(name));
        value.map_or_else(|| panic!("{metrics}"), str::to_owned)
    };
    eventually("the worker tells", async || {
        let age = told(&worker, "outbox_oldest_age_seconds ").await;
        told(&worker, "outbox_waiting ").await == "30" && age.parse::<f64>().unwrap() > 1.0
    })
    .await;
    world.set("REDIS_URL", &there);
    let other = world.start("worker").await;
    world.settles_at(30).await;
    eventually("nothing waits", async || {
        let age = told(&other, "outbox_oldest_age_seconds ").await;
        told(&other, "outbox_waiting ").await == "0" && age == "0.0"
    })
    .await;
}

#[tokio::test]
async fn events_with_and_without_ids_come_together() {
    for durability in ["redis", "postgres-outbox"] {
        let mut world = World::new().await;
        world.set("DURABILITY", durability);
        let api = world.start("api").await;
        let place = async |events: Value| {
            let batch = json!({"events": events});
            let answer = api.client.post("/api/v1/events/batch", &batch).await;
            assert_eq!(answer.status, 202, "{answer:?}");
            let jobs = answer.json()["jobs"].clone();
            let states = jobs.as_array().unwrap().iter();
            let states = states.map(|job| job["status"].as_str().unwrap().to_owned());
            states.collect::<Vec<_>>()
        };
        let mut other = named_event(1);
        other["userId"] = json!("user-2");
        let all = json!([
            event(),
            named_event(1),
            event(),
            named_event(2),
            named_event(1)
        ]);
        let states = ["accepted", "accepted", "accepted", "accepted", "duplicate"];
        assert_eq!(place(all).await, states, "{durability}");
        // What an id stands for is what was accepted first, however often another event comes.
        let all = json!([event(), other, other, named_event(1)]);
        let states = ["accepted", "conflict", "conflict", "duplicate"];
        assert_eq!(place(all).await, states, "{durability}");
        let _worker = world.start("worker").await;
        world.settles_at(5).await;
        assert_eq!(
            place(json!([other, named_event(2)])).await,
            ["conflict", "duplicate"]
        );
        world.settles_at(5).await;
    }
}

#[tokio::test]
async fn groups_with_the_same_ids_do_not_hold_each_other_up() {
    let mut world = World::new().await;
    world.set("DURABILITY", "postgres-outbox");
    let (one, two) = (world.start("api").await, world.start("api").await);
    let forwards: Vec<Value> = (0..200).map(named_event).collect();
    let backwards: Vec<Value> = forwards.iter().rev().cloned().collect();
    let (forwards, backwards) = (json!({"events": forwards}), json!({"events": backwards}));
    for _ in 0..10 {
        let path = "/api/v1/events/batch";
        let answers = tokio::join!(
            one.client.post(path, &forwards),
            two.client.post(path, &backwards),
        );
        assert_eq!((answers.0.status, answers.1.status), (202, 202));
        let clear = sqlx::query("DELETE FROM events_outbox");
        let cleared = clear.execute(&world.database).await.unwrap();
        assert_eq!(cleared.rows_affected(), 200, "each event once");
    }
}
