//! What becomes of jobs that cannot be done.

use redis::Value;
use serde_json::json;

use crate::support::{World, event, eventually, named_event};

async fn push(world: &World, entry: &str) {
    let key = "signal-processing-queue";
    world.redis.ask(&["RPUSH", key, entry]).await.unwrap();
}

async fn dead(world: &World) -> Vec<String> {
    let words = ["LRANGE", "signal-processing-queue:dead", "0", "-1"];
    match world.redis.ask(&words).await.unwrap() {
        Value::Array(letters) => letters
            .into_iter()
            .map(|letter| redis::from_redis_value(letter).unwrap())
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn poison_is_given_up_with_its_reason_and_harms_nothing_else() {
    let world = World::new().await;
    let api = world.start("api").await;
    push(&world, "poison").await;
    push(&world, "1 0 {}").await;
    let mut wide = named_event(99);
    // Wider than its column, which the API does not let through.
    wide["eventType"] = json!("x".repeat(101));
    wide["eventId"] = json!("0191d5c8-0000-7000-8000-000000000000");
    push(&world, &format!("1 0 {wide}")).await;
    api.client.deliver(0, 40).await;
    let worker = world.start("worker").await;
    eventually("the rest is written", async || world.rows().await == 40).await;
    eventually("poison is dead", async || dead(&world).await.len() == 3).await;
    let letters = dead(&world).await.join("\n");
    assert!(
        letters.contains("not an entry of this queue\tpoison"),
        "{letters}"
    );
    assert!(letters.contains("PostgreSQL refuses it"), "{letters}");
    assert_eq!(world.redis.number("ZCARD", ":leases").await, 0);

    let path = "/api/v1/jobs/0191d5c8-0000-7000-8000-000000000000";
    let shown = api.client.get(path).await.json();
    assert_eq!(shown["state"], "failed");
    assert!(
        shown["failedReason"].as_str().unwrap().contains("too long"),
        "{shown}"
    );
    let metrics = worker.client.get("/metrics").await.text;
    assert!(
        metrics.contains("signal_jobs_total{result=\"dead\"} 3"),
        "{metrics}"
    );

    let said = world.run("requeue").succeeds();
    assert!(said.contains("\"jobs\":3"), "{said}");
    eventually("they die again", async || dead(&world).await.len() == 3).await;
    assert_eq!(world.rows().await, 40);
}

#[tokio::test]
async fn what_fails_for_now_is_tried_three_times() {
    let mut world = World::new().await;
    world.set("QUEUE_RETRY_SECONDS", "1");
    let fail = "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'not today' USING ERRCODE = '40001'; END $$";
    let trigger = "CREATE TRIGGER fail BEFORE INSERT ON sales_signals
        FOR EACH ROW WHEN (NEW.account_id = 'acc-7') EXECUTE FUNCTION fail()";
    for statement in [fail, trigger] {
        sqlx::query(statement)
            .execute(&world.database)
            .await
            .unwrap();
    }
    let (api, worker) = (world.start("api").await, world.start("worker").await);
    let mut unlucky = event();
    unlucky["accountId"] = json!("acc-7");
    assert_eq!(
        api.client.post("/api/v1/events", &unlucky).await.status,
        202
    );
    eventually("it is given up", async || dead(&world).await.len() == 1).await;
    assert!(dead(&world).await[0].contains("tried 3 times"));
    let metrics = worker.client.get("/metrics").await.text;
    assert!(
        metrics.contains("signal_jobs_total{result=\"retried\"} 2"),
        "{metrics}"
    );

    let statement = "DROP TRIGGER fail ON sales_signals";
    sqlx::query(statement)
        .execute(&world.database)
        .await
        .unwrap();
    world.run("requeue").succeeds();
    world.settles_at(1).await;
}

#[tokio::test]
async fn a_worker_that_is_told_to_end_leaves_nothing_in_hand() {
    let mut world = World::new().await;
    world.set("QUEUE_BATCH", "50");
    let (api, mut worker) = (world.start("api").await, world.start("worker").await);
    api.client.deliver(0, 2000).await;
    assert!(worker.terminate().await.success());
    assert_eq!(world.redis.number("ZCARD", ":leases").await, 0);
    assert_eq!(worker.said("ended").len(), 1);
    let rest = 2000 - world.rows().await;
    assert_eq!(world.redis.number("LLEN", "").await, rest);
    let _other = world.start("worker").await;
    world.settles_at(2000).await;
}
