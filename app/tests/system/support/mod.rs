//! Private stores, the processes under test, and a client. Each test has a database and a Redis of its own.

mod client;
mod fsync;
mod guard;
mod node;
mod process;
mod search;
mod stores;

use std::time::{Duration, Instant};

pub(crate) use client::{Client, event, named_event};
pub(crate) use fsync::Recorder;
pub(crate) use guard::Guard;
pub(crate) use node::{Node, prepared};
pub(crate) use process::Process;
pub(crate) use search::{Mood, SearchDouble};
pub(crate) use stores::{Postgres, Redis, free_port};

/// Everything that a test talks to.
pub(crate) struct World {
    pub(crate) database: sqlx::PgPool,
    pub(crate) redis: Redis,
    pub(crate) search: Option<Search>,
    /// One that the test may stop; without it the shared one is used.
    pub(crate) postgres: Option<Postgres>,
    environment: Vec<(String, String)>,
}

impl World {
    /// Migrated, with an empty queue and without a search engine.
    pub(crate) async fn new() -> Self {
        let (database, url) = stores::shared_database().await;
        Self::with(database, &url, Redis::start(&[]).await)
    }

    /// Whose Redis is started with `options`.
    pub(crate) async fn with_redis(options: &[&str]) -> Self {
        Self::with_this(Redis::start(options).await).await
    }

    pub(crate) async fn with_this(redis: Redis) -> Self {
        let (database, url) = stores::shared_database().await;
        Self::with(database, &url, redis)
    }

    /// Whose PostgreSQL may be stopped.
    pub(crate) async fn with_postgres() -> Self {
        let postgres = Postgres::start().await;
        let (database, url) = postgres.database().await;
        let mut world = Self::with(database, &url, Redis::start(&[]).await);
        world.postgres = Some(postgres);
        world
    }

    fn with(database: sqlx::PgPool, url: &str, redis: Redis) -> Self {
        let mut world = Self {
            database,
            search: None,
            postgres: None,
            environment: Vec::new(),
            redis,
        };
        world.set("DATABASE_URL", url);
        let redis = world.redis.url();
        world.set("REDIS_URL", &redis);
        world.set("PORT", "0");
        world.set("DRAIN_SECONDS", "0");
        world.run("migrate").succeeds();
        world
    }

    /// Adds a search engine that can be made to fail.
    pub(crate) async fn searchable(self) -> Self {
        self.searching(Search::double().await)
    }

    /// Adds this search engine.
    pub(crate) fn searching(mut self, search: Search) -> Self {
        self.set("ELASTICSEARCH_URL", &search.client.base);
        self.set("SEARCH_INDEX", &search.index);
        self.search = Some(search);
        self
    }

    /// Adds the real search engine, or the double where there is none.
    pub(crate) async fn indexed(self) -> Self {
        let search = match Search::real().await {
            Some(search) => search,
            None => Search::double().await,
        };
        self.searching(search)
    }

    pub(crate) fn double(&self) -> &SearchDouble {
        let search = self.search.as_ref().expect("there is a search engine");
        search.double.as_ref().expect("it is the double")
    }

    /// Sets a variable for every process that is started from now on.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Starts a role that keeps running.
    pub(crate) async fn start(&self, role: &str) -> Process {
        Process::start(&[role], &self.environment).await
    }

    /// Starts a command that has an end.
    pub(crate) fn spawn(&self, command: &str) -> Process {
        Process::spawn(&[command], &self.environment)
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, command: &str) -> process::Finished {
        let arguments: Vec<&str> = command.split(' ').collect();
        process::run(&arguments, &self.environment)
    }

    pub(crate) async fn rows(&self) -> i64 {
        let query = sqlx::query_scalar("SELECT count(*) FROM sales_signals");
        query.fetch_one(&self.database).await.unwrap_or(-1)
    }

    /// The ids of the batches that workers have in hand.
    pub(crate) async fn leases(&self) -> Vec<String> {
        let words = ["ZRANGE", "signal-processing-queue:leases", "0", "-1"];
        let leases = self.redis.ask(&words).await.unwrap();
        redis::from_redis_value(leases).unwrap()
    }

    /// Jobs that wait, now or for later, and batches in hand.
    pub(crate) async fn queued(&self) -> i64 {
        let mut queued = 0;
        for (command, key) in [("LLEN", ""), ("ZCARD", ":leases"), ("ZCARD", ":delayed")] {
            queued += self.redis.number(command, key).await;
        }
        queued
    }

    /// Waits until `count` signals are there, then checks that nothing is left anywhere.
    pub(crate) async fn settles_at(&self, count: i64) {
        eventually("every signal is written", async || {
            self.rows().await == count
        })
        .await;
        eventually("the queue is empty", async || self.queued().await == 0).await;
        assert_eq!(self.redis.number("LLEN", ":dead").await, 0, "dead letters");
        assert_eq!(self.rows().await, count, "each event once");
        if let Some(search) = &self.search {
            let all = u64::try_from(count).unwrap();
            eventually("every signal is indexed", async || {
                search.count().await == all
            })
            .await;
        }
    }
}

/// A search engine, and in it the index of one test.
pub(crate) struct Search {
    pub(crate) client: Client,
    pub(crate) index: String,
    pub(crate) double: Option<SearchDouble>,
}

impl Search {
    pub(crate) async fn double() -> Self {
        let double = SearchDouble::start().await;
        let mut search = Self::at(&double.url());
        search.double = Some(double);
        search
    }

    /// The one that the tests share; `None` where there is none.
    pub(crate) async fn real() -> Option<Self> {
        node::shared_url().await.as_deref().map(Self::at)
    }

    pub(crate) fn at(url: &str) -> Self {
        Self {
            client: Client::at(url),
            index: node::index_name(),
            double: None,
        }
    }

    /// The double, and the real one where there is one: both must do the same.
    pub(crate) async fn both() -> Vec<Self> {
        let mut both = vec![Self::double().await];
        both.extend(Self::real().await);
        both
    }
}

/// Waits for what will be so before long. The time is for slow machines, not for the program.
pub(crate) async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !is_so().await {
        assert!(start.elapsed() < Duration::from_mins(4), "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
