//! `POST /validate`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::State as Extracted;
use axum::http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Request as HttpRequest, Response, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::State;
use super::load::SMALL;
use plimsoll_check::Kind;

use crate::admission::{self, Decision, Failure, Request, Verdict};
use crate::clock;
use crate::metrics::Admission;
use crate::policy::Policy;
use crate::view::{About, Surroundings, View};

/// The API server takes objects of at most 3 MiB: two of them, and what they are wrapped in.
const LARGEST: usize = 7 << 20;
/// What is left for the way back.
const MARGIN: Duration = Duration::from_millis(250);
/// The API server's own default.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// Answers a review.
pub async fn validate(
    Extracted(state): Extracted<Arc<State>>,
    request: HttpRequest<Body>,
) -> Response<Body> {
    let mut response = match answer(&state, request).await {
        Ok(response) => response,
        Err(refusal) => {
            state.metrics.refused(refusal.decision());
            refusal.response()
        }
    };
    if state.is_draining() {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    response
}

/// Why a request has no answer. None of these denies: the API server follows its `failurePolicy`.
enum Refusal {
    /// More is asked than can be answered in time.
    Shed,
    TooLarge,
    TooSlow,
    NotJson,
    /// The body is no question.
    Malformed(String),
    /// A fault of ours.
    Failed(Failure),
}

impl Refusal {
    fn decision(&self) -> &'static str {
        match self {
            Self::Shed => "shed",
            _ => "error",
        }
    }

    fn response(self) -> Response<Body> {
        let (status, text) = match self {
            Self::Shed => (
                StatusCode::SERVICE_UNAVAILABLE,
                "too much is asked at once".to_owned(),
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the body is larger than {LARGEST} bytes"),
            ),
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "the body did not come in time".to_owned(),
            ),
            Self::NotJson => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "the Content-Type is not application/json".to_owned(),
            ),
            Self::Malformed(text) => (StatusCode::BAD_REQUEST, text),
            Self::Failed(failure) => (StatusCode::INTERNAL_SERVER_ERROR, failure.to_string()),
        };
        let mut response = Response::new(Body::from(text + "\n"));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
        // What is left of a body that was not read would be taken for the next request.
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            // With both, the API server asks again on a new connection, and so perhaps another replica.
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

async fn answer(state: &Arc<State>, request: HttpRequest<Body>) -> Result<Response<Body>, Refusal> {
    let begun = Instant::now();
    let _place = state.load.begin().ok_or(Refusal::Shed)?;
    let budget = budget(request.uri().query());
    let patience = budget / 5;
    let length = announced(request.headers())?;
    let _room = match length {
        0..=SMALL => None,
        large => Some(
            state
                .load
                .room(large, patience)
                .await
                .ok_or(Refusal::Shed)?,
        ),
    };
    let body = tokio::time::timeout(budget, read(request.into_body())).await;
    let body = body.map_err(|_| Refusal::TooSlow)??;
    let bytes = body.len();
    let judged = in_turn(state, body, patience, begun + budget).await;
    if let Err(Refusal::Failed(failure)) = &judged {
        tracing::error!(%failure, "a request could not be judged");
        state
            .metrics
            .panicked(usize::from(matches!(failure, Failure::Panicked)));
    }
    let judged = judged?;
    state
        .metrics
        .answered(&judged.admission, begun.elapsed(), bytes);
    state.metrics.panicked(judged.panics);
    for (rule, result) in judged.rules {
        state.metrics.rule(rule, result);
    }
    let mut response = Response::new(Body::from(judged.text));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    Ok(response)
}

/// How long the body says it is; without a word, as long as one may be.
fn announced(headers: &HeaderMap) -> Result<usize, Refusal> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let json =
        text(CONTENT_TYPE).is_some_and(|kind| kind.trim_start().starts_with("application/json"));
    if !json {
        return Err(Refusal::NotJson);
    }
    let length = text(CONTENT_LENGTH)
        .and_then(|length| length.parse().ok())
        .unwrap_or(LARGEST);
    if length > LARGEST {
        Err(Refusal::TooLarge)
    } else {
        Ok(length)
    }
}

/// Small objects are judged at once; large ones, which would keep others waiting, in their turn and elsewhere.
async fn in_turn(
    state: &Arc<State>,
    body: Bytes,
    patience: Duration,
    end: Instant,
) -> Result<Judged, Refusal> {
    let policy = state.policy.load_full();
    let surroundings = match state.view.get() {
        Some(view) => around(view, &policy, &read_request(&body)?, end),
        None => Surroundings::default(),
    };
    if body.len() + surroundings.bytes() <= SMALL {
        return judged(&body, &policy, &surroundings);
    }
    let waits = Instant::now();
    let turn = state.load.turn(patience).await;
    state.metrics.waited(waits.elapsed());
    let turn = turn.ok_or(Refusal::Shed)?;
    let judging = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        judged(&body, &policy, &surroundings)
    });
    judging
        .await
        .unwrap_or(Err(Refusal::Failed(Failure::Panicked)))
}

fn read_request(body: &[u8]) -> Result<Request<'_>, Refusal> {
    Request::read(body).map_err(|error| Refusal::Malformed(error.to_string()))
}

/// What is known around an object, from memory. A quarter of a second before the end is too late to look at it.
fn around(view: &View, policy: &Arc<Policy>, request: &Request<'_>, end: Instant) -> Surroundings {
    let about = About {
        kind: Kind::of(&request.kind.group, &request.kind.kind),
        namespace: &request.namespace,
        name: &request.name,
        text: request.object.map_or("", |object| object.get()),
    };
    view.around(policy, about, end.checked_sub(MARGIN))
}

/// An answer, and what is counted of it.
struct Judged {
    text: Vec<u8>,
    admission: Admission,
    rules: Vec<(&'static str, &'static str)>,
    panics: usize,
}

fn judged(body: &[u8], policy: &Policy, surroundings: &Surroundings) -> Result<Judged, Refusal> {
    let request = read_request(body)?;
    let verdict = admission::judge(policy, &request, surroundings, clock::today());
    let verdict = verdict.map_err(Refusal::Failed)?;
    if verdict.decision == Decision::Deny {
        log_denial(&request, &verdict);
    }
    Ok(Judged {
        text: admission::answer(&request, &verdict, policy),
        admission: Admission {
            operation: request.operation.name(),
            resource: known_resource(&request.resource.resource),
            decision: verdict.decision.name(),
            dry_run: if request.is_dry_run() {
                "true"
            } else {
                "false"
            },
        },
        rules: results(&verdict),
        panics: verdict.panics,
    })
}

fn log_denial(request: &Request<'_>, verdict: &Verdict) {
    let rules: Vec<_> = verdict
        .blocking
        .iter()
        .map(|finding| finding.rule.id)
        .collect();
    tracing::info!(
        uid = &*request.uid,
        kind = &*request.kind.kind,
        namespace = &*request.namespace,
        name = &*request.name,
        user = &*request.user_info.username,
        dry_run = request.is_dry_run(),
        rules = rules.join(","),
        "denied"
    );
}

fn results(verdict: &Verdict) -> Vec<(&'static str, &'static str)> {
    let denied = verdict
        .blocking
        .iter()
        .map(|finding| (finding.rule.id, "deny"));
    let warned = verdict.told().map(|finding| (finding.rule.id, "warn"));
    let excused = verdict
        .excused
        .iter()
        .map(|finding| (finding.rule.id, "exempt"));
    denied.chain(warned).chain(excused).collect()
}

/// Resources that are judged; whoever sends others must not be able to add labels.
const RESOURCES: [&str; 12] = [
    "pods",
    "deployments",
    "statefulsets",
    "daemonsets",
    "replicasets",
    "replicationcontrollers",
    "jobs",
    "cronjobs",
    "services",
    "ingresses",
    "networkpolicies",
    "poddisruptionbudgets",
];

fn known_resource(name: &str) -> &'static str {
    RESOURCES
        .into_iter()
        .find(|own| *own == name)
        .unwrap_or("other")
}

async fn read(body: Body) -> Result<Bytes, Refusal> {
    match Limited::new(body, LARGEST).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Refusal::TooLarge),
        Err(error) => Err(Refusal::Malformed(error.to_string())),
    }
}

/// How long an answer may take: what the API server says in `?timeout=3s`, less what the way back takes.
fn budget(query: Option<&str>) -> Duration {
    let pairs = query.unwrap_or_default().split('&');
    let said = pairs
        .filter_map(|pair| pair.strip_prefix("timeout="))
        .find_map(seconds);
    let timeout = said.map_or(DEFAULT_TIMEOUT, Duration::from_secs);
    timeout
        .min(Duration::from_secs(30))
        .saturating_sub(MARGIN)
        .max(MARGIN)
}

/// A duration of whole seconds, as Go writes them: `3s`, `30s`.
fn seconds(text: &str) -> Option<u64> {
    text.strip_suffix('s')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_what_the_api_server_says_less_the_way_back() {
        let budget = |query| budget(query).as_millis();
        assert_eq!(budget(Some("timeout=3s")), 2750);
        assert_eq!(budget(Some("a=b&timeout=30s")), 29_750);
        assert_eq!(budget(None), 9750);
        assert_eq!(budget(Some("timeout=0s")), 250);
        assert_eq!(budget(Some("timeout=soon")), 9750);
        assert_eq!(budget(Some("timeout=99999s")), 29_750);
    }
}
