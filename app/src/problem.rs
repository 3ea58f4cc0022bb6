//! What clients are told when a request fails: `application/problem+json`, as RFC 9457 has it.
//!
//! A problem says whose fault it is and what to do. Causes inside SSPP go to the log instead.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::domain::FieldError;

/// Every way in which a request can fail.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The fields that are wrong, each with its name.
    Invalid(Vec<FieldError>),
    /// A path, a query or a header that cannot be understood.
    BadRequest(String),
    Unauthorized,
    /// Nobody may see it, as this process is set up.
    Forbidden(&'static str),
    NotFound(&'static str),
    MethodNotAllowed,
    /// The key or id was used before, for another event.
    Conflict,
    /// Another request with the key is not answered yet.
    InProgress,
    TooLarge,
    /// The client takes too long to send its body.
    TooSlow,
    TooLong,
    /// More requests a second than are allowed.
    RateLimited,
    /// The queue, this process or a store cannot take more now.
    Busy(&'static str),
    Internal,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

/// Seconds after which a client may try again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("2");

impl Problem {
    fn title(&self) -> (StatusCode, &'static str, &str) {
        match self {
            Self::Invalid(_) => (
                StatusCode::BAD_REQUEST,
                "The request is not valid",
                "errors names each field and what is wrong with it.",
            ),
            Self::BadRequest(detail) => {
                (StatusCode::BAD_REQUEST, "The request is not valid", detail)
            }
            Self::Unauthorized => (
                StatusCode::UNAUTHORIZED,
                "No valid token",
                "Send the token in the header Authorization: Bearer TOKEN.",
            ),
            Self::Forbidden(detail) => (StatusCode::FORBIDDEN, "Not shown here", detail),
            Self::NotFound(detail) => (StatusCode::NOT_FOUND, "Not found", detail),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "The method is not allowed here",
                "The header Allow says which are.",
            ),
            Self::Conflict => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "The key was used for another event",
                "Use a new Idempotency-Key or eventId for a new event.",
            ),
            Self::InProgress => (
                StatusCode::CONFLICT,
                "A request with this key is in progress",
                "Send it again after the seconds in Retry-After, for the answer of the first.",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "The body is too large",
                "Send fewer events, or less metadata, in one request.",
            ),
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "The body did not arrive in time",
                "Nothing was carried out. Send the body at once, or fewer events in one request.",
            ),
            Self::TooLong => (
                StatusCode::GATEWAY_TIMEOUT,
                "The request took too long",
                "It may or may not have been carried out; with an Idempotency-Key it is safe to repeat.",
            ),
            Self::RateLimited => (
                StatusCode::TOO_MANY_REQUESTS,
                "Too many requests",
                "Try again after the seconds in Retry-After.",
            ),
            Self::Busy(detail) => (StatusCode::SERVICE_UNAVAILABLE, "Not now", detail),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something is wrong here",
                "The log has the cause, under the request id in the header X-Request-Id.",
            ),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, title, detail) = self.title();
        let errors = match &self {
            Self::Invalid(errors) => errors.as_slice(),
            _ => &[],
        };
        let body = Body {
            r#type: "about:blank",
            title,
            status: status.as_u16(),
            detail,
            errors,
        };
        let body = serde_json::to_string(&body).expect("a problem has only text for keys");
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(header::CONTENT_TYPE, kind)], body).into_response();
        let headers = response.headers_mut();
        match self {
            Self::RateLimited | Self::Busy(_) | Self::InProgress => {
                headers.insert(header::RETRY_AFTER, RETRY_AFTER);
            }
            Self::Unauthorized => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        response
    }
}
