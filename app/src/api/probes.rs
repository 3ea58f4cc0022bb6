//! What Kubernetes and Prometheus ask, of the API and of the worker alike.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Api, exposition, observe};
use crate::clock;
use crate::health::Health;
use crate::metrics::{CONTENT_TYPE, Metrics};
use crate::problem::Problem;

/// What the probes look at.
#[derive(Clone)]
pub(crate) struct Probes {
    pub(crate) health: Arc<Health>,
    pub(crate) metrics: Arc<Metrics>,
}

/// A path, what it tells, and who answers.
type Served = (&'static str, &'static str, MethodRouter<Probes>);

/// What is not for the public.
fn inside() -> Vec<Served> {
    vec![
        ("/health", "whether the process is alive", get(live)),
        (
            "/health/ready",
            "whether it can do its work now",
            get(ready),
        ),
        ("/metrics", "metrics as OpenMetrics", get(metrics)),
        ("/metrics/json", "metrics as JSON", get(metrics_json)),
    ]
}

/// The original's names below the prefix.
fn below_prefix() -> Vec<Served> {
    vec![
        ("/health", "whether the process is alive", get(live)),
        (
            "/health/ready",
            "whether it can do its work now",
            get(ready),
        ),
        ("/ready", "whether it can do its work now", get(ready)),
    ]
}

/// The metrics below the prefix, which the token guards.
const GUARDED: [(&str, &str); 2] = [
    (
        "/metrics",
        "metrics as OpenMetrics; 403 unless API_TOKEN is set, and then for who has it",
    ),
    (
        "/metrics/json",
        "metrics as JSON; 403 unless API_TOKEN is set, and then for who has it",
    ),
];

/// The paths of the probes and what each tells, for the contract; below `prefix` when there is one.
pub(crate) fn paths(prefix: Option<&str>) -> Vec<(String, &'static str)> {
    let shown = |(path, about, _): Served| (path.to_owned(), about);
    let mut paths: Vec<_> = inside().into_iter().map(shown).collect();
    if let Some(prefix) = prefix {
        let below = below_prefix()
            .into_iter()
            .map(|(path, about, _)| (path, about));
        let below = below.chain(GUARDED);
        paths.extend(below.map(|(path, about)| (format!("{prefix}{path}"), about)));
    }
    paths
}

fn routed(served: Vec<Served>) -> Router<Probes> {
    let served = served.into_iter();
    served.fold(Router::new(), |router, (path, _, answer)| {
        router.route(path, answer)
    })
}

impl Probes {
    /// What the cluster asks.
    pub(crate) fn router(&self) -> Router {
        routed(inside()).with_state(self.clone())
    }

    /// The original's names for it, below the prefix.
    pub(crate) fn aliases(&self) -> Router {
        routed(below_prefix()).with_state(self.clone())
    }

    /// A server of nothing but the probes, for a process that serves nothing else.
    pub(crate) fn server(&self) -> Router {
        let measure =
            axum::middleware::from_fn_with_state(Arc::clone(&self.metrics), observe::measure);
        self.router()
            .fallback(async || Problem::NotFound("There is no such path."))
            .layer(measure)
    }
}

async fn live() -> Json<Value> {
    Json(json!({"status": "ok", "timestamp": clock::now().timestamp_millis()}))
}

async fn ready(State(probes): State<Probes>) -> impl IntoResponse {
    let readiness = probes.health.readiness().await;
    let status = if readiness.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(readiness))
}

async fn metrics(State(probes): State<Probes>) -> impl IntoResponse {
    shown(&probes.metrics)
}

async fn metrics_json(State(probes): State<Probes>) -> impl IntoResponse {
    shown_as_json(&probes.metrics)
}

/// The metrics below the prefix.
pub(super) fn versioned() -> Router<Arc<Api>> {
    let [(text, _), (json, _)] = GUARDED;
    let router = Router::new().route(text, get(versioned_metrics));
    router.route(json, get(versioned_metrics_json))
}

/// The prefix is what the public reaches. It shows metrics to who has the token; when there is none,
/// to nobody.
async fn versioned_metrics(State(api): State<Arc<Api>>) -> Result<impl IntoResponse, Problem> {
    guarded(&api).map(shown)
}

async fn versioned_metrics_json(State(api): State<Arc<Api>>) -> Result<impl IntoResponse, Problem> {
    guarded(&api).map(shown_as_json)
}

fn guarded(api: &Api) -> Result<&Metrics, Problem> {
    let token = api.settings.token.as_ref();
    token.map(|_| &*api.metrics).ok_or(Problem::Forbidden(
        "Metrics are shown here to who has the token, and API_TOKEN sets none. Inside, they are at /metrics.",
    ))
}

fn shown(metrics: &Metrics) -> impl IntoResponse + use<> {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], metrics.text())
}

fn shown_as_json(metrics: &Metrics) -> impl IntoResponse + use<> {
    Json(json!(exposition::families(&metrics.text())))
}
