//! The ingest API: takes events in, and answers questions about signals and jobs.

mod body;
pub(crate) mod describe;
mod docs;
mod drain;
mod events;
mod exposition;
mod guard;
mod jobs;
mod keys;
mod observe;
mod page;
pub(crate) mod probes;
mod schema;
mod signals;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{from_fn, from_fn_with_state};
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::clock;
use crate::config::ApiSettings;
use crate::health::Health;
use crate::intake::Intake;
use crate::metrics::Metrics;
use crate::problem::Problem;
use crate::queue::Queue;
use crate::search::Search;
use crate::server::{self, listen};
use crate::store::Store;

pub(crate) use guard::Limits;
pub(crate) use keys::Keys;
pub(crate) use probes::Probes;

/// How often the queue is measured, for the metrics and for turning events away.
const MEASURE: Duration = Duration::from_millis(500);

/// What every handler may use.
pub(crate) struct Api {
    pub(crate) settings: ApiSettings,
    pub(crate) store: Store,
    pub(crate) queue: Queue,
    pub(crate) search: Option<Search>,
    pub(crate) intake: Intake,
    pub(crate) health: Arc<Health>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) limits: Limits,
    /// The idempotency keys of requests that are not answered yet.
    pub(crate) keys: Keys,
    /// Waiting jobs, when they were last counted.
    pub(crate) waiting: AtomicU64,
}

fn router(api: &Arc<Api>) -> Router {
    let (versioned, _) = describe::versioned();
    let versioned = versioned
        .merge(probes::versioned())
        .layer(DefaultBodyLimit::max(api.settings.body_limit))
        .layer(from_fn_with_state(Arc::clone(api), guard::limit))
        .layer(from_fn_with_state(Arc::clone(api), guard::authorize))
        .with_state(Arc::clone(api));
    let probes = Probes {
        health: Arc::clone(&api.health),
        metrics: Arc::clone(&api.metrics),
    };
    let prefix = format!("/{}", api.settings.prefix);
    let router = Router::new()
        .nest(&prefix, versioned.merge(probes.aliases()))
        .merge(probes.router())
        .merge(docs::router(&prefix))
        .fallback(async || Problem::NotFound("There is no such path."))
        .method_not_allowed_fallback(async || Problem::MethodNotAllowed)
        .layer(CatchPanicLayer::custom(observe::panicked));
    let router = match cors(&api.settings.cors_origins) {
        Some(cors) => router.layer(cors),
        None => router,
    };
    router
        .layer(from_fn_with_state(
            Arc::clone(&api.metrics),
            observe::measure,
        ))
        .layer(from_fn(observe::identify))
        .layer(from_fn_with_state(
            Arc::clone(&api.health),
            drain::turn_away,
        ))
}

/// Pages of other origins may call the API only if their origins are named.
fn cors(origins: &[String]) -> Option<CorsLayer> {
    let origins = origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin).ok());
    let origins: Vec<_> = origins.collect();
    (!origins.is_empty()).then(|| {
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins))
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                header::HeaderName::from_static("idempotency-key"),
            ])
    })
}

/// Serves until `stop`, then drains: not ready, still accepting, finishing, gone.
pub(crate) async fn run(api: Arc<Api>, stop: CancellationToken) -> std::io::Result<()> {
    let settings = &api.settings;
    let listener = listen(settings.port).await?;
    tokio::spawn(measure(Arc::clone(&api)));
    let (drain, shutdown) = (settings.drain, settings.shutdown);
    let health = Arc::clone(&api.health);
    let closed = CancellationToken::new();
    let server = server::serve(listener, router(&api), settings.bounds, closed.clone());
    let leave = async move {
        stop.cancelled().await;
        health.leave();
        // Whoever balances the load needs a moment to notice.
        tokio::time::sleep(drain).await;
        closed.cancel();
        tokio::time::sleep(shutdown.saturating_sub(drain)).await;
    };
    tokio::select! {
        () = server => {}
        () = leave => tracing::warn!("requests were cut off: the time to shut down is over"),
    }
    tracing::info!("ended");
    Ok(())
}

async fn measure(api: Arc<Api>) {
    loop {
        // While Redis is away the last count stands.
        if let Ok(counts) = measure_queue(&api.queue, &api.metrics).await {
            api.waiting.store(counts, Ordering::Relaxed);
        }
        measure_connections(&api.store, &api.metrics);
        tokio::time::sleep(MEASURE).await;
    }
}

/// Shows where the jobs are, and returns how many wait.
pub(crate) async fn measure_queue(queue: &Queue, metrics: &Metrics) -> redis::RedisResult<u64> {
    let counts = queue.counts().await?;
    metrics.set_depth("waiting", counts.waiting);
    metrics.set_depth("active", counts.active);
    metrics.set_depth("delayed", counts.delayed);
    metrics.set_depth("dead", counts.failed);
    let age = queue.oldest().await?.map(|oldest| clock::now() - oldest);
    let age = age.and_then(|age| age.to_std().ok()).unwrap_or_default();
    metrics.oldest.set(age.as_secs_f64());
    Ok(counts.waiting)
}

/// Shows how many connections to PostgreSQL there are.
pub(crate) fn measure_connections(store: &Store, metrics: &Metrics) {
    let (open, idle) = store.connections();
    let set = |state, count| {
        let labels = crate::metrics::StateLabel { state };
        metrics.connections.get_or_create(&labels).set(count);
    };
    set("open", i64::from(open));
    set("idle", i64::try_from(idle).unwrap_or(i64::MAX));
}
