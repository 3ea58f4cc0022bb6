//! What Kubernetes and Prometheus ask, of the API and of the worker alike.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Api, observe};
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

impl Probes {
    /// `/health`, `/health/ready` and `/metrics`.
    pub(crate) fn router(&self) -> Router {
        Router::new()
            .route("/health", get(live))
            .route("/health/ready", get(ready))
            .route("/metrics", get(metrics))
            .with_state(self.clone())
    }

    /// The original's names for them, below the prefix.
    pub(crate) fn aliases(&self) -> Router {
        Router::new()
            .route("/health", get(live))
            .route("/health/ready", get(ready))
            .route("/ready", get(ready))
            .with_state(self.clone())
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

/// The public prefix shows the metrics only to who has the token, if there is one.
pub(super) async fn versioned_metrics(State(api): State<Arc<Api>>) -> impl IntoResponse {
    shown(&api.metrics)
}

fn shown(metrics: &Metrics) -> impl IntoResponse + use<> {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], metrics.text())
}
