//! An event as it travels: checked, with an id, its metadata untouched.

use std::hash::Hasher;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::telemetry::Carried;

/// The kinds of event that the API accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventType {
    EmailSent,
    EmailOpened,
    EmailClicked,
    MeetingBooked,
    CallMade,
    DemoCompleted,
}

impl EventType {
    pub(crate) const ALL: [Self; 6] = [
        Self::EmailSent,
        Self::EmailOpened,
        Self::EmailClicked,
        Self::MeetingBooked,
        Self::CallMade,
        Self::DemoCompleted,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::EmailSent => "email_sent",
            Self::EmailOpened => "email_opened",
            Self::EmailClicked => "email_clicked",
            Self::MeetingBooked => "meeting_booked",
            Self::CallMade => "call_made",
            Self::DemoCompleted => "demo_completed",
        }
    }

    /// `None` for a kind that this version does not know.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One event. The same JSON goes through the queue and the outbox.
///
/// The type is text: during a rollout, a newer API may queue kinds that an older worker does not know.
#[expect(
    clippy::struct_field_names,
    reason = "the fields are named as clients name them"
)]
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event {
    /// Also the id of its job and of its document in the search index.
    pub(crate) event_id: Uuid,
    pub(crate) account_id: String,
    pub(crate) user_id: String,
    pub(crate) event_type: String,
    pub(crate) timestamp: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) metadata: Option<Box<RawValue>>,
    /// What connects its job with its request. It is no part of the event itself.
    #[serde(default, skip_serializing_if = "Carried::is_none")]
    pub(crate) traceparent: Carried,
}

/// What tells two events with the same id apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint(pub(crate) i64);

impl Event {
    /// A hash of all but the id, the same on every machine and in every release.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let mut hasher = siphasher::sip::SipHasher13::new();
        let metadata = self.metadata.as_ref().map_or("", |raw| raw.get());
        let timestamp = self.timestamp.timestamp_micros().to_string();
        for part in [
            &self.account_id,
            &self.user_id,
            &self.event_type,
            &timestamp,
            metadata,
        ] {
            hasher.write(part.as_bytes());
            hasher.write_u8(0xff);
        }
        Fingerprint(hasher.finish().cast_signed())
    }

    /// The event as JSON, on one line.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).expect("an event has only text for keys")
    }
}
