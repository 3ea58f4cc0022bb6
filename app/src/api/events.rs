//! Taking events in: checked, then durable, then 202.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Api;
use super::body::Received;
use super::keys::Held;
use crate::api::schema::{NewBatch, NewEvent, ProblemBody};
use crate::clock;
use crate::domain::{Batch, Event, FieldError, Parsed, Parser};
use crate::intake::Refused;
use crate::problem::Problem;
use crate::store::Placed;
use crate::telemetry::Carried;

const LONGEST_KEY: usize = 255;

/// The answer to one event.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Accepted {
    status: &'static str,
    job_id: Uuid,
    message: &'static str,
}

/// The answer to several, in the order of the request.
#[derive(Serialize, ToSchema)]
pub(super) struct AcceptedBatch {
    status: &'static str,
    message: &'static str,
    jobs: Vec<BatchJob>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BatchJob {
    job_id: Uuid,
    /// `accepted`, `duplicate`, or `conflict` for an id that another event has.
    status: &'static str,
}

/// `POST /events`.
#[utoipa::path(
    post,
    path = "/events",
    summary = "accepts one event",
    request_body(content = NewEvent, example = json!({"accountId": "acc-1", "userId": "user-1", "eventType": "email_opened", "timestamp": "2025-12-22T09:00:00Z", "metadata": {"interactionCount": 5}})),
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request: the same key is the same event")),
    responses(
        (status = 202, description = "Accepted, durably", body = Accepted),
        (status = 409, description = "A request with this Idempotency-Key is in progress", body = ProblemBody, content_type = "application/problem+json"),
        (status = "default", description = "A problem", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn accept(
    State(api): State<Arc<Api>>,
    headers: HeaderMap,
    body: Received,
) -> Result<(StatusCode, Json<Accepted>), Problem> {
    let body = api.received(body)?;
    let key = idempotency_key(&headers)?;
    let _held = api.hold(key)?;
    let mut errors = Vec::new();
    let parsed = parse(text(&body)?, "", key, &mut errors);
    let parsed = parsed.ok_or_else(|| api.invalid(errors))?;
    let (event, job_id) = (Noted::of(&parsed.event), parsed.event.event_id);
    let placed = api.place(vec![parsed]).await?;
    if placed.contains(&Placed::Conflict) {
        return Err(Problem::Conflict);
    }
    event.log("event accepted");
    let accepted = Accepted {
        status: "accepted",
        job_id,
        message: "Event queued for processing",
    };
    Ok((StatusCode::ACCEPTED, Json(accepted)))
}

/// `POST /events/batch`: all of the events are valid, or none is taken.
#[utoipa::path(
    post,
    path = "/events/batch",
    summary = "accepts several events",
    request_body(content = NewBatch, example = json!({"events": [{"accountId": "acc-1", "userId": "user-1", "eventType": "call_made", "timestamp": "2025-12-22T09:00:00Z", "eventId": "crm-4711"}]})),
    params(("Idempotency-Key" = Option<String>, Header, description = "Names the request: the same key is the same event")),
    responses(
        (status = 202, description = "Accepted, durably", body = AcceptedBatch),
        (status = 409, description = "A request with this Idempotency-Key is in progress", body = ProblemBody, content_type = "application/problem+json"),
        (status = "default", description = "A problem", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn accept_batch(
    State(api): State<Arc<Api>>,
    headers: HeaderMap,
    body: Received,
) -> Result<(StatusCode, Json<AcceptedBatch>), Problem> {
    let body = api.received(body)?;
    let key = idempotency_key(&headers)?;
    let _held = api.hold(key)?;
    let batch = batch(text(&body)?, api.settings.batch_limit);
    let batch = batch.map_err(|error| api.invalid(vec![error]))?;
    let mut errors = Vec::new();
    let mut parsed = Vec::with_capacity(batch.events.len());
    for (place, json) in batch.events.iter().enumerate() {
        // One key names the whole request: each event gets a name of its own from it.
        let key = key.map(|key| format!("{key}#{place}"));
        let prefix = format!("events[{place}].");
        parsed.extend(parse(json.get(), &prefix, key.as_deref(), &mut errors));
    }
    if !errors.is_empty() {
        return Err(api.invalid(errors));
    }
    let ids: Vec<Uuid> = parsed.iter().map(|one| one.event.event_id).collect();
    let placed = api.place(parsed).await?;
    tracing::info!(events = ids.len(), "events accepted");
    let jobs = ids
        .into_iter()
        .zip(placed)
        .map(|(job_id, placed)| BatchJob {
            job_id,
            status: name(placed),
        });
    let accepted = AcceptedBatch {
        status: "accepted",
        message: "Events queued for processing",
        jobs: jobs.collect(),
    };
    Ok((StatusCode::ACCEPTED, Json(accepted)))
}

impl Api {
    /// Keeps other requests with the key off until the answer to this one.
    fn hold(&self, key: Option<&str>) -> Result<Option<Held<'_>>, Problem> {
        let held = key.map(|key| self.keys.hold(key).ok_or(Problem::InProgress));
        held.transpose()
    }

    /// The body, unless this process or the queue has too much to do already.
    fn received(&self, body: Received) -> Result<Bytes, Problem> {
        if self.waiting.load(Ordering::Relaxed) > self.settings.high_water {
            self.metrics.count_events("refused", 1);
            return Err(Problem::Busy("Too many events wait in the queue."));
        }
        body.0
    }

    fn invalid(&self, errors: Vec<FieldError>) -> Problem {
        self.metrics.count_events("invalid", 1);
        Problem::Invalid(errors)
    }

    async fn place(&self, events: Vec<Parsed>) -> Result<Vec<Placed>, Problem> {
        let count = events.len();
        let placed = self.intake.place(events).await.map_err(|refused| {
            self.metrics.count_events("refused", count);
            Problem::Busy(match refused {
                Refused::Full => "Too many events wait to be written down.",
                Refused::Failed => "The events could not be written down.",
            })
        })?;
        for outcome in [Placed::New, Placed::Duplicate, Placed::Conflict] {
            let count = placed.iter().filter(|one| **one == outcome).count();
            if count > 0 {
                self.metrics.count_events(name(outcome), count);
            }
        }
        Ok(placed)
    }
}

/// What the log says of an event.
struct Noted {
    job: Uuid,
    account: String,
    user: String,
    kind: String,
}

impl Noted {
    fn of(event: &Event) -> Self {
        Self {
            job: event.event_id,
            account: event.account_id.clone(),
            user: event.user_id.clone(),
            kind: event.event_type.clone(),
        }
    }

    fn log(&self, message: &str) {
        tracing::info!(
            jobId = %self.job,
            accountId = self.account,
            userId = self.user,
            eventType = self.kind,
            "{message}"
        );
    }
}

fn name(placed: Placed) -> &'static str {
    match placed {
        Placed::New => "accepted",
        Placed::Duplicate => "duplicate",
        Placed::Conflict => "conflict",
    }
}

fn text(body: &Bytes) -> Result<&str, Problem> {
    str::from_utf8(body).map_err(|_| Problem::BadRequest("The body is not UTF-8.".to_owned()))
}

fn parse(
    json: &str,
    prefix: &str,
    key: Option<&str>,
    errors: &mut Vec<FieldError>,
) -> Option<Parsed> {
    let now = clock::now();
    let mut parser = Parser {
        prefix,
        key,
        now,
        traceparent: Carried::now(),
        errors,
    };
    parser.parse(json)
}

fn batch(json: &str, limit: usize) -> Result<Batch<'_>, FieldError> {
    let error = |message: String| FieldError {
        field: "events".to_owned(),
        message,
    };
    let batch: Batch<'_> = serde_json::from_str(json)
        .map_err(|cause| error(format!("must be a list of events in an object: {cause}")))?;
    if (1..=limit).contains(&batch.events.len()) {
        Ok(batch)
    } else {
        Err(error(format!("must hold between 1 and {limit} events")))
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(key) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = key.to_str().ok().map(|key| key.trim_matches('"'));
    match key {
        Some(key) if (1..=LONGEST_KEY).contains(&key.len()) => Ok(Some(key)),
        _ => Err(Problem::BadRequest(
            "Idempotency-Key must have between 1 and 255 ASCII characters.".to_owned(),
        )),
    }
}
