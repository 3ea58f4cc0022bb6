//! What each command puts together and runs.

use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::api::{self, Api, Keys, Limits};
use crate::config::{Durability, Role, Settings, Stores};
use crate::health::{Check, Dependency, Health};
use crate::intake::{Intake, Sink};
use crate::metrics::Metrics;
use crate::queue::Queue;
use crate::search::Search;
use crate::store::{self, Outbox, Store};
use crate::worker::{self, Worker};
use crate::{clock, shutdown};

type Ran = Result<(), Box<dyn Error + Send + Sync>>;

const HEALTHCHECK_TIME: Duration = Duration::from_secs(2);

/// The clients of the stores, none of which has connected yet.
struct Clients {
    store: Store,
    queue: Queue,
    search: Option<Search>,
}

impl Clients {
    fn new(stores: &Stores) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self {
            store: Store::new(stores)?,
            queue: Queue::new(stores)?,
            search: stores.search.as_ref().map(Search::new).transpose()?,
        })
    }

    /// `needs_redis` is whether the process can do its work without it.
    fn health(&self, stores: &Stores, needs_redis: bool) -> Arc<Health> {
        let mut checks = vec![
            Check {
                dependency: Dependency::Database(self.store.clone()),
                required: true,
            },
            Check {
                dependency: Dependency::Redis(self.queue.clone()),
                required: needs_redis,
            },
        ];
        checks.extend(self.search.clone().map(|search| Check {
            dependency: Dependency::Search(search),
            required: !stores.search_optional,
        }));
        Arc::new(Health::new(checks))
    }
}

pub(crate) fn block_on(role: impl Future<Output = Ran>) -> Ran {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(role)
}

pub(crate) async fn api(settings: Settings) -> Ran {
    let stop = shutdown::on_signal()?;
    let clients = Clients::new(&settings.stores)?;
    // In outbox mode events are accepted without Redis: that is what the outbox is for.
    let needs_redis = settings.stores.durability == Durability::Redis;
    let health = clients.health(&settings.stores, needs_redis);
    let sink = match settings.stores.durability {
        Durability::Redis => Sink::Redis {
            queue: clients.queue.clone(),
            remembered: settings.api.idempotency,
        },
        Durability::PostgresOutbox => Sink::Outbox(Outbox(clients.store.clone())),
    };
    let api = Api {
        limits: Limits::new(settings.api.concurrency_limit, settings.api.rate_limit),
        settings: settings.api,
        store: clients.store,
        queue: clients.queue,
        search: clients.search,
        intake: Intake::start(sink),
        health,
        metrics: Arc::new(Metrics::of(Role::Api)),
        keys: Keys::default(),
        waiting: AtomicU64::new(0),
    };
    Ok(api::run(Arc::new(api), stop).await?)
}

pub(crate) async fn worker(settings: Settings) -> Ran {
    let stop = shutdown::on_signal()?;
    let clients = Clients::new(&settings.stores)?;
    let health = clients.health(&settings.stores, true);
    let worker = Worker {
        settings: settings.worker,
        durability: settings.stores.durability,
        outbox: Outbox(clients.store.clone()),
        store: clients.store,
        queue: clients.queue,
        search: clients.search,
        health,
        metrics: Arc::new(Metrics::of(Role::Worker)),
        stop,
        give_up: CancellationToken::new(),
    };
    Ok(worker::run(Arc::new(worker)).await?)
}

/// Work that has an end. Whoever is told to go before it is done fails: PostgreSQL takes back what was not committed. As the
/// first process of a container it would not even be told, if it did not listen.
async fn unless_told_to_end(work: impl Future<Output = Ran>) -> Ran {
    let stop = shutdown::on_signal()?;
    let ran = stop.run_until_cancelled(work).await;
    ran.unwrap_or_else(|| Err("told to end before it was done".into()))
}

pub(crate) async fn migrate(settings: Settings, revert_to: Option<i64>) -> Ran {
    unless_told_to_end(migrates(settings, revert_to)).await
}

async fn migrates(settings: Settings, revert_to: Option<i64>) -> Ran {
    let store = Store::for_migrations(&settings.stores)?;
    if let Some(version) = revert_to {
        store::revert(&store, version).await?;
        tracing::info!(version, "schema taken back");
    } else {
        let migrations = store::migrate(&store).await?;
        tracing::info!(migrations, "schema is up to date");
    }
    store.close().await;
    Ok(())
}

pub(crate) async fn requeue(settings: Settings, limit: usize) -> Ran {
    unless_told_to_end(requeues(settings, limit)).await
}

async fn requeues(settings: Settings, limit: usize) -> Ran {
    let clients = Clients::new(&settings.stores)?;
    let dead = clients.queue.counts().await?.failed;
    let limit = limit.min(usize::try_from(dead).unwrap_or(usize::MAX));
    let jobs = clients.queue.requeue(limit, clock::now()).await?;
    // What Redis has forgotten the outbox still has.
    let events = Outbox(clients.store.clone()).dig_up().await?;
    tracing::info!(jobs, events, "queued again");
    clients.store.close().await;
    Ok(())
}

/// Alive is an answer of 200 from `/health`.
pub(crate) fn healthcheck(port: u16) -> ExitCode {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(HEALTHCHECK_TIME))?;
        stream.write_all(b"GET /health HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.split(' ').nth(1) == Some("200"))
    };
    match ask() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) | Err(_) => ExitCode::FAILURE,
    }
}
