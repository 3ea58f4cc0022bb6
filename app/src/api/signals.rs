//! Questions about signals.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::schema::ProblemBody;
use crate::domain::FieldError;
use crate::problem::Problem;
use crate::store::{Fault, Filter, Page, Sort, Stats, StoredSignal};

/// The most signals on a page.
const LONGEST_PAGE: i64 = 100;
/// Search engines refuse to page further by default.
const DEEPEST_HIT: i64 = 10_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ListQuery {
    account_id: Option<String>,
    user_id: Option<String>,
    event_type: Option<String>,
    signal_type: Option<String>,
    /// From 1 on.
    #[serde(default = "first")]
    page: i64,
    /// From 1 to 100.
    #[serde(default = "twenty")]
    limit: i64,
    /// `processed_at`, unless it is `timestamp`, `signal_score` or `id`.
    sort_by: Option<String>,
    /// `DESC`, unless it is `ASC`.
    sort_order: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchQuery {
    /// Words to look for.
    q: String,
    /// From 1 on, within the first 10000 results.
    #[serde(default = "first")]
    page: i64,
    /// From 1 to 100.
    #[serde(default = "twenty")]
    limit: i64,
}

fn first() -> i64 {
    1
}

fn twenty() -> i64 {
    20
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Pagination {
    page: i64,
    limit: i64,
    total: i64,
    total_pages: i64,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Listed<T> {
    data: Vec<T>,
    pagination: Pagination,
}

/// `GET /signals`.
#[utoipa::path(
    get,
    path = "/signals",
    summary = "lists signals: filters, sort, page",
    params(ListQuery),
    responses(
        (status = 200, description = "The answer", body = Listed<StoredSignal>),
        (status = "default", description = "A problem", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<Listed<StoredSignal>>, Problem> {
    let Query(query) = query.map_err(|error| bad_query(&error))?;
    let page = page(&query)?;
    let filter = Filter {
        account_id: query.account_id,
        user_id: query.user_id,
        event_type: query.event_type,
        signal_type: query.signal_type,
    };
    let (data, total) = api.store.list(&filter, page).await.map_err(failed)?;
    let pagination = pagination(page.number, page.limit, total);
    Ok(Json(Listed { data, pagination }))
}

/// `GET /signals/stats`.
#[utoipa::path(
    get,
    path = "/signals/stats",
    summary = "totals over all signals",
    responses(
        (status = 200, description = "The answer", body = Stats),
        (status = "default", description = "A problem", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn stats(State(api): State<Arc<Api>>) -> Result<Json<Stats>, Problem> {
    api.store.stats().await.map(Json).map_err(failed)
}

/// `GET /signals/{id}`.
#[utoipa::path(
    get,
    path = "/signals/{id}",
    summary = "one signal",
    params(("id" = i64, Path)),
    responses(
        (status = 200, description = "The answer", body = StoredSignal),
        (status = "default", description = "A problem", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn one(
    State(api): State<Arc<Api>>,
    id: Result<Path<i64>, PathRejection>,
) -> Result<Json<StoredSignal>, Problem> {
    let missing = Problem::NotFound("There is no signal with this id.");
    let Ok(Path(id)) = id else {
        return Err(Problem::BadRequest("The id must be a number.".to_owned()));
    };
    let signal = api.store.signal(id).await.map_err(failed)?;
    signal.map(Json).ok_or(missing)
}

/// `GET /signals/search`.
#[utoipa::path(
    get,
    path = "/signals/search",
    summary = "finds signals in the search index",
    params(SearchQuery),
    responses(
        (status = 200, description = "The answer", body = Listed<StoredSignal>),
        (status = "default", description = "A problem", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn search(
    State(api): State<Arc<Api>>,
    query: Result<Query<SearchQuery>, QueryRejection>,
) -> Result<Json<Listed<Value>>, Problem> {
    let Query(query) = query.map_err(|error| bad_query(&error))?;
    let (page, limit) = (query.page, query.limit);
    let mut errors = bounds(page, limit);
    if query.q.trim().is_empty() {
        errors.push(wrong("q", "must not be empty"));
    }
    if page.saturating_mul(limit) > DEEPEST_HIT {
        errors.push(wrong("page", "must end within the first 10000 results"));
    }
    if !errors.is_empty() {
        return Err(Problem::Invalid(errors));
    }
    let search = api.search.as_ref();
    let search = search.ok_or(Problem::Busy("No search engine is set up here."))?;
    let found = search.find(&query.q, (page - 1) * limit, limit).await;
    let found = found.map_err(|error| {
        tracing::error!(%error, "signals could not be searched");
        Problem::Busy("The search engine cannot be reached.")
    })?;
    let total = i64::try_from(found.total).unwrap_or(i64::MAX);
    Ok(Json(Listed {
        data: found.signals,
        pagination: pagination(page, limit, total),
    }))
}

fn page(query: &ListQuery) -> Result<Page, Problem> {
    let mut errors = bounds(query.page, query.limit);
    let sort = match query.sort_by.as_deref().unwrap_or("processed_at") {
        "processed_at" => Some(Sort::ProcessedAt),
        "timestamp" => Some(Sort::Timestamp),
        "signal_score" => Some(Sort::Score),
        "id" => Some(Sort::Id),
        _ => None,
    };
    let ascending = match query.sort_order.as_deref().unwrap_or("DESC") {
        "ASC" | "asc" => Some(true),
        "DESC" | "desc" => Some(false),
        _ => None,
    };
    if sort.is_none() {
        let message = "must be one of processed_at, timestamp, signal_score, id";
        errors.push(wrong("sortBy", message));
    }
    if ascending.is_none() {
        errors.push(wrong("sortOrder", "must be ASC or DESC"));
    }
    match (sort, ascending) {
        (Some(sort), Some(ascending)) if errors.is_empty() => Ok(Page {
            number: query.page,
            limit: query.limit,
            sort,
            ascending,
        }),
        _ => Err(Problem::Invalid(errors)),
    }
}

fn bounds(page: i64, limit: i64) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if page < 1 {
        errors.push(wrong("page", "must be 1 or more"));
    }
    if !(1..=LONGEST_PAGE).contains(&limit) {
        errors.push(wrong("limit", "must be between 1 and 100"));
    }
    errors
}

fn wrong(field: &str, message: &str) -> FieldError {
    FieldError {
        field: field.to_owned(),
        message: message.to_owned(),
    }
}

fn pagination(page: i64, limit: i64, total: i64) -> Pagination {
    Pagination {
        page,
        limit,
        total,
        total_pages: (total + limit - 1) / limit,
    }
}

fn bad_query(rejection: &QueryRejection) -> Problem {
    Problem::BadRequest(rejection.body_text())
}

/// A statement that failed: the log has the cause.
#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
pub(super) fn failed(error: sqlx::Error) -> Problem {
    tracing::error!(%error, "a statement failed");
    match Fault::of(&error) {
        Fault::Outage => Problem::Busy("The database cannot be reached."),
        Fault::Data | Fault::Passing => Problem::Internal,
    }
}

impl StoredSignal {
    /// The signal as the result of a job.
    pub(super) fn result(&self) -> Value {
        json!({
            "signalId": self.id,
            "signalType": self.signal_type,
            "signalScore": self.signal_score,
        })
    }
}
