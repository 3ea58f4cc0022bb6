//! The end of a process that clients keep connections to.
//!
//! ```text
//! SIGTERM ──▶ not ready, still accepting ──▶ closed to new connections ──▶ last answer ──▶ gone
//!             each answer ends its           idle connections end
//!             connection
//! ```
//!
//! A connection that ends with an answer is never used for a request that then finds nobody there. Only those that
//! nobody used while the process drained are ended without one.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::health::Health;

/// Tells the client of a process that leaves to ask elsewhere from now on.
pub(super) async fn turn_away(
    State(health): State<Arc<Health>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if health.is_leaving() {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}
