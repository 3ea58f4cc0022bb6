//! Questions about jobs. A job's id is its event's.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::Api;
use super::schema::ProblemBody;
use super::signals::failed;
use crate::domain::FieldError;
use crate::problem::Problem;
use crate::queue::{Counts, Found, Job};
use crate::store::{Filter, Page, Sort, StoredSignal};

/// The most jobs that can be asked for.
const MOST: i64 = 100;

#[derive(Serialize, ToSchema)]
pub(super) struct JobCounts {
    #[serde(flatten)]
    counts: Counts,
    total: u64,
}

/// A job as clients see it. Its data is named, never its metadata.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShownJob {
    id: Uuid,
    state: &'static str,
    account_id: String,
    user_id: String,
    event_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    returnvalue: Option<Value>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct RecentQuery {
    /// From 1 to 100.
    #[serde(default = "ten")]
    limit: i64,
}

fn ten() -> i64 {
    10
}

/// `GET /jobs/stats`.
#[utoipa::path(
    get,
    path = "/jobs/stats",
    summary = "how many jobs are where",
    responses(
        (status = 200, description = "The answer", body = JobCounts),
        (status = "default", description = "A problem", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn stats(State(api): State<Arc<Api>>) -> Result<Json<JobCounts>, Problem> {
    let counts = api.queue.counts().await.map_err(redis_failed)?;
    let total = counts.waiting + counts.active + counts.completed + counts.failed + counts.delayed;
    Ok(Json(JobCounts { counts, total }))
}

/// `GET /jobs/recent`: those that wait, those that were given up, those that are done; the newest of each.
#[utoipa::path(
    get,
    path = "/jobs/recent",
    summary = "the newest jobs",
    params(RecentQuery),
    responses(
        (status = 200, description = "The answer", body = Vec<ShownJob>),
        (status = "default", description = "A problem", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn recent(
    State(api): State<Arc<Api>>,
    query: Result<Query<RecentQuery>, QueryRejection>,
) -> Result<Json<Vec<ShownJob>>, Problem> {
    let Query(query) = query.map_err(|error| Problem::BadRequest(error.body_text()))?;
    if !(1..=MOST).contains(&query.limit) {
        let (field, message) = ("limit".to_owned(), "must be between 1 and 100".to_owned());
        return Err(Problem::Invalid(vec![FieldError { field, message }]));
    }
    let limit = usize::try_from(query.limit).unwrap_or_default();
    let count = limit.cast_signed();
    let waiting = api.queue.newest(count).await.map_err(redis_failed)?;
    let dead = api.queue.dead(count).await.map_err(redis_failed)?;
    let page = Page {
        number: 1,
        limit: query.limit,
        sort: Sort::Id,
        ascending: false,
    };
    let (done, _) = api
        .store
        .list(&Filter::default(), page)
        .await
        .map_err(failed)?;
    let mut jobs: Vec<ShownJob> = waiting
        .into_iter()
        .rev()
        .map(|job| shown("waiting", job, None))
        .collect();
    jobs.extend(dead.into_iter().rev().filter_map(|letter| {
        let job = Job::read(&letter.entry).ok()?;
        Some(shown("failed", job, Some(letter.reason)))
    }));
    jobs.extend(done.into_iter().map(completed));
    jobs.truncate(limit);
    Ok(Json(jobs))
}

/// `GET /jobs/{id}`.
#[utoipa::path(
    get,
    path = "/jobs/{id}",
    summary = "one job",
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, description = "The answer", body = ShownJob),
        (status = "default", description = "A problem", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn one(
    State(api): State<Arc<Api>>,
    id: Result<Path<Uuid>, PathRejection>,
) -> Result<Json<ShownJob>, Problem> {
    let Ok(Path(id)) = id else {
        return Err(Problem::BadRequest("The id must be a UUID.".to_owned()));
    };
    if let Some(signal) = api.store.signal_of(id).await.map_err(failed)? {
        return Ok(Json(completed(signal)));
    }
    let found = api.queue.find(id).await.map_err(redis_failed)?;
    let Some(Found { state, job, reason }) = found else {
        return Err(Problem::NotFound(
            "No job with this id is done, failed, in hand, or among the 5000 first and last that wait.",
        ));
    };
    Ok(Json(shown(state, job, reason)))
}

fn completed(signal: StoredSignal) -> ShownJob {
    ShownJob {
        id: signal.event_id,
        state: "completed",
        returnvalue: Some(signal.result()),
        account_id: signal.account_id,
        user_id: signal.user_id,
        event_type: signal.event_type,
        attempt: None,
        failed_reason: None,
    }
}

fn shown(state: &'static str, job: Job, failed_reason: Option<String>) -> ShownJob {
    ShownJob {
        id: job.id(),
        state,
        account_id: job.event.account_id,
        user_id: job.event.user_id,
        event_type: job.event.event_type,
        attempt: Some(job.attempt),
        failed_reason,
        returnvalue: None,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
fn redis_failed(error: redis::RedisError) -> Problem {
    tracing::error!(%error, "Redis failed");
    Problem::Busy("The queue cannot be reached.")
}
