//! Probes and metrics, on a port of their own: without TLS, as the kubelet and Prometheus ask.

use std::sync::Arc;

use axum::Router;
use axum::extract::State as Extracted;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;

use super::State;

/// The routes: `/healthz`, `/readyz`, `/metrics`.
pub fn admin(state: Arc<State>) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(state)
}

async fn ready(Extracted(state): Extracted<Arc<State>>) -> impl IntoResponse {
    match state.unready() {
        None => (StatusCode::OK, "ok\n".to_owned()),
        Some(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason + "\n"),
    }
}

async fn metrics(Extracted(state): Extracted<Arc<State>>) -> impl IntoResponse {
    if let Some(view) = state.view.get() {
        state.metrics.view(view);
    }
    state.metrics.in_flight(state.load.in_flight());
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, kind)], state.metrics.text())
}
