//! Every request has an id, is counted and timed, and never takes the process down.

use std::any::Any;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

use crate::metrics::{Metrics, RequestLabels, RouteLabels};
use crate::problem::Problem;
use crate::telemetry::RequestSpan;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST_ID: usize = 128;

/// Gives the request the id that its sender chose, or one of ours; the answer and the log carry it.
pub(super) async fn identify(request: Request, next: Next) -> Response {
    let id = chosen(request.headers());
    let id = id.unwrap_or_else(|| Uuid::from_u128(fastrand::u128(..)).simple().to_string());
    let name = || route(&request);
    let noted = RequestSpan::begin(method(request.method()), name, request.headers());
    let span = tracing::info_span!("request", requestId = id, traceId = noted.trace_id());
    let answer = next.run(request).instrument(span);
    let mut response = noted.around(answer, Response::status).await;
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn chosen(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let plain = id.bytes().all(|byte| byte.is_ascii_graphic());
    (plain && (1..=LONGEST_ID).contains(&id.len())).then(|| id.to_owned())
}

fn route(request: &Request) -> String {
    let matched = request.extensions().get::<MatchedPath>();
    matched.map_or("unknown", MatchedPath::as_str).to_owned()
}

/// Counts and times the request under the route that it matched.
pub(super) async fn measure(
    State(metrics): State<Arc<Metrics>>,
    request: Request,
    next: Next,
) -> Response {
    let route = route(&request);
    let method = method(request.method());
    let start = Instant::now();
    let response = next.run(request).await;
    // Scrapes would be most of what a quiet process counts.
    if route.ends_with("/metrics") || route.ends_with("/metrics/json") {
        return response;
    }
    let seconds = start.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    tracing::debug!(method, route, status, seconds, "request answered");
    let labels = RouteLabels {
        method,
        route: route.clone(),
    };
    metrics
        .request_seconds
        .get_or_create(&labels)
        .observe(seconds);
    let labels = RequestLabels {
        method,
        route,
        status,
    };
    metrics.requests.get_or_create(&labels).inc();
    response
}

/// A method is any word: those that are not ours share a label, or a client could make thousands.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// A panic is a mistake of ours in one request; the others go on.
#[expect(clippy::needless_pass_by_value, reason = "it is what the layer gives")]
pub(super) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    let error = text.unwrap_or_default();
    tracing::error!(error, "a request panicked");
    Problem::Internal.into_response()
}
