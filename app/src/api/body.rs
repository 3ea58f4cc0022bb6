//! The body of a request, as far as it can be had: in time, and not too much of it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use tokio::time::timeout;

use super::Api;
use crate::problem::Problem;

/// A body, or why there is none. The handler decides when to say so.
pub(super) struct Received(pub(super) Result<Bytes, Problem>);

impl FromRequest<Arc<Api>> for Received {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, api: &Arc<Api>) -> Result<Self, Self::Rejection> {
        let read = timeout(api.settings.body_time, Bytes::from_request(request, api));
        Ok(Self(match read.await {
            Err(_) => Err(Problem::TooSlow),
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(rejection)) => Err(match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
                _ => Problem::BadRequest("The body could not be read.".to_owned()),
            }),
        }))
    }
}
