//! Shapes of requests that are read by hand, and of problems, for the description alone.
#![expect(dead_code, reason = "the fields are described, not used")]

use chrono::{DateTime, Utc};
use serde_json::Value;
use utoipa::ToSchema;

/// An event to accept. No other fields are allowed.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(super) struct NewEvent {
    #[schema(min_length = 1, max_length = 255)]
    account_id: String,
    #[schema(min_length = 1, max_length = 255)]
    user_id: String,
    #[schema(inline)]
    event_type: Kind,
    /// A date and time of ISO 8601. Without a zone it is UTC; a date alone is its midnight.
    #[schema(value_type = String, examples("2025-12-22T09:00:00Z", "2025-12-22T10:00:00+01:00", "2025-12-22T09:00:00"))]
    timestamp: DateTime<Utc>,
    /// Anything; `responseTimeHours` and `interactionCount` change the score.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Value>,
    /// Names the event: the same id is the same event. A UUID is kept as it is.
    #[schema(min_length = 1, max_length = 255)]
    event_id: Option<String>,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum Kind {
    EmailSent,
    EmailOpened,
    EmailClicked,
    MeetingBooked,
    CallMade,
    DemoCompleted,
}

/// Events to accept together: all of them, or none.
#[derive(ToSchema)]
pub(super) struct NewBatch {
    events: Vec<NewEvent>,
}

/// What went wrong, as RFC 9457 has it.
#[derive(ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemBody {
    r#type: String,
    title: String,
    status: u16,
    detail: String,
    /// The fields that are wrong, when it is about fields.
    errors: Option<Vec<Wrong>>,
}

#[derive(ToSchema)]
struct Wrong {
    /// As in `events[3].userId`.
    field: String,
    message: String,
}
