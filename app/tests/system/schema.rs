//! The schema goes up and down, and the command says what is wrong with its settings.

use crate::support::{World, eventually};

async fn tables(world: &World) -> i64 {
    let query = "SELECT count(*) FROM information_schema.tables
        WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'";
    let query = sqlx::query_scalar(query);
    query.fetch_one(&world.database).await.unwrap()
}

#[tokio::test]
async fn migrations_go_down_and_up_again() {
    let world = World::new().await;
    assert_eq!(tables(&world).await, 4, "three tables and a view");
    world.run("migrate --revert-to 0").succeeds();
    assert_eq!(tables(&world).await, 0);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| world.run("migrate").succeeds());
        }
    });
    assert_eq!(tables(&world).await, 4);
}

#[tokio::test]
async fn whoever_is_told_to_go_while_it_waits_goes_and_says_so() {
    let world = World::new().await;
    let mut transaction = world.database.begin().await.unwrap();
    let lock = sqlx::query("LOCK TABLE _sqlx_migrations IN ACCESS EXCLUSIVE MODE");
    lock.execute(&mut *transaction).await.unwrap();
    let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let mut migrate = world.spawn("migrate");
    eventually("it waits", async || {
        let waiting = sqlx::query_scalar::<_, i64>(waits);
        waiting.fetch_one(&mut *transaction).await.unwrap() > 0
    })
    .await;
    // Its own doing, and not the signal's: as the first process of a container it would outlive that.
    assert_eq!(migrate.terminate().await.code(), Some(1));
    assert_eq!(
        migrate.said("cannot go on")[0]["error"],
        "told to end before it was done"
    );
    transaction.rollback().await.unwrap();
    world.run("migrate").succeeds();
}

#[tokio::test]
async fn a_start_with_bad_settings_names_them_all() {
    let mut world = World::new().await;
    world.set("DATABASE_URL", "");
    world.set("QUEUE_BATCH", "many");
    let finished = world.run("worker").0;
    assert_eq!(finished.status.code(), Some(78));
    let said = String::from_utf8(finished.stdout).unwrap();
    assert!(said.contains("DATABASE_URL is not set"), "{said}");
    assert!(said.contains("QUEUE_BATCH is \\\"many\\\""), "{said}");
}

#[tokio::test]
async fn a_start_without_certificates_says_what_needs_them() {
    let mut world = World::new().await;
    world.set("ELASTICSEARCH_URL", "https://127.0.0.1:1");
    world.set("SSL_CERT_FILE", "/nowhere.crt");
    let finished = world.run("worker").0;
    assert_eq!(finished.status.code(), Some(1));
    let said = String::from_utf8(finished.stdout).unwrap();
    for part in [
        "ELASTICSEARCH_URL is https",
        "SSL_CERT_FILE",
        "ca-certificates",
    ] {
        assert!(said.contains(part), "{said}");
    }
}

#[tokio::test]
async fn plain_http_needs_no_certificates() {
    let mut world = World::new().await.searchable().await;
    world.set("SSL_CERT_FILE", "/nowhere.crt");
    let api = world.start("api").await;
    let _worker = world.start("worker").await;
    api.client.deliver(0, 20).await;
    world.settles_at(20).await;
}
