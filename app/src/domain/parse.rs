//! From a request's JSON to an event: every bad field is named, not only the first.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{Event, EventType, moment};
use crate::telemetry::Carried;

/// As wide as the columns that they end in.
const LONGEST_ID: usize = 255;
/// Event ids of clients that are no UUIDs, and keys, become UUIDs of this name space.
const NAMESPACE: Uuid = Uuid::from_u128(0x8a5d_3c1e_6b0f_5f42_9d57_0f6a_1c2b_3d4e);
const FIELDS: &[&str] = &[
    "accountId",
    "userId",
    "eventType",
    "timestamp",
    "metadata",
    "eventId",
];

/// A field, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct FieldError {
    /// Where it is, as in `events[3].userId`; empty for the body itself.
    pub(crate) field: String,
    pub(crate) message: String,
}

/// An event, and whether its id is the client's: only such an id can come twice.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) event: Event,
    pub(crate) named_by_client: bool,
}

type Object<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;

/// Reads one event and collects what is wrong with it.
pub(crate) struct Parser<'a> {
    /// Put before the names of fields.
    pub(crate) prefix: &'a str,
    /// The client's name for the request, which names the event if nothing else does.
    pub(crate) key: Option<&'a str>,
    /// When it arrived, for the id of an event that the client gave none.
    pub(crate) now: DateTime<Utc>,
    /// The trace of the request.
    pub(crate) traceparent: Carried,
    pub(crate) errors: &'a mut Vec<FieldError>,
}

impl Parser<'_> {
    /// `None` when something was added to the errors.
    pub(crate) fn parse(&mut self, json: &str) -> Option<Parsed> {
        let object: Object<'_> = match serde_json::from_str(json) {
            Ok(object) => object,
            Err(error) => return self.refuse("", &not_an_event(&error)),
        };
        let before = self.errors.len();
        self.refuse_unknown(&object);
        let account_id = self.text(&object, "accountId");
        let user_id = self.text(&object, "userId");
        let event_type = self.event_type(&object);
        let timestamp = self.timestamp(&object);
        let metadata = self.metadata(&object);
        let (event_id, named_by_client) = self.id(&object);
        (self.errors.len() == before).then_some(())?;
        let event = Event {
            event_id,
            account_id: account_id?,
            user_id: user_id?,
            event_type: event_type?.name().to_owned(),
            timestamp: timestamp?,
            metadata,
            traceparent: self.traceparent.clone(),
        };
        Some(Parsed {
            event,
            named_by_client,
        })
    }

    fn refuse<T>(&mut self, field: &str, message: &str) -> Option<T> {
        let field = format!("{}{field}", self.prefix);
        self.errors.push(FieldError {
            field: field.trim_end_matches('.').to_owned(),
            message: message.to_owned(),
        });
        None
    }

    fn refuse_unknown(&mut self, object: &Object<'_>) {
        for name in object.keys() {
            if !FIELDS.contains(&name.as_ref()) {
                self.refuse::<()>(name, "is not a field of an event");
            }
        }
    }

    fn text(&mut self, object: &Object<'_>, field: &str) -> Option<String> {
        let Some(text) = string(object, field) else {
            return self.refuse(field, "must be a text that is not empty");
        };
        if text.is_empty() || text.chars().count() > LONGEST_ID {
            return self.refuse(field, "must have between 1 and 255 characters");
        }
        if text.chars().any(char::is_control) {
            return self.refuse(field, "must not contain control characters");
        }
        Some(text)
    }

    fn event_type(&mut self, object: &Object<'_>) -> Option<EventType> {
        let known = string(object, "eventType").and_then(|name| EventType::named(&name));
        if known.is_none() {
            let names = EventType::ALL.map(EventType::name).join(", ");
            return self.refuse("eventType", &format!("must be one of {names}"));
        }
        known
    }

    fn timestamp(&mut self, object: &Object<'_>) -> Option<DateTime<Utc>> {
        let text = string(object, "timestamp");
        let time = text.and_then(|text| moment::read(&text));
        time.or_else(|| self.refuse("timestamp", moment::EXPECTED))
    }

    fn metadata(&mut self, object: &Object<'_>) -> Option<Box<RawValue>> {
        let raw = *object.get("metadata")?;
        let text = raw.get();
        if text == "null" {
            return None;
        }
        if !text.starts_with('{') {
            return self.refuse("metadata", "must be an object");
        }
        // Half of a surrogate pair, a number beyond all bounds, objects in objects without end.
        match serde_json::from_str(text) {
            Err(error) => self.refuse("metadata", &format!("cannot be kept: {error}")),
            // PostgreSQL's JSON cannot hold it.
            Ok(value) if holds_nul(&value) => {
                self.refuse("metadata", "must not contain the character U+0000")
            }
            Ok(_) => Some(raw.to_owned()),
        }
    }

    fn id(&mut self, object: &Object<'_>) -> (Uuid, bool) {
        if object.contains_key("eventId") {
            let id = self.text(object, "eventId").unwrap_or_default();
            return (uuid_of(&id), true);
        }
        match self.key {
            Some(key) => (uuid_of(key), true),
            None => (by_time(self.now), false),
        }
    }
}

fn uuid_of(name: &str) -> Uuid {
    Uuid::parse_str(name).unwrap_or_else(|_| Uuid::new_v5(&NAMESPACE, name.as_bytes()))
}

/// Ids that grow with time keep the unique index compact.
fn by_time(now: DateTime<Utc>) -> Uuid {
    let seconds = now.timestamp().max(0).cast_unsigned();
    let time = uuid::Timestamp::from_unix(uuid::NoContext, seconds, now.timestamp_subsec_nanos());
    Uuid::new_v7(time)
}

fn string(object: &Object<'_>, field: &str) -> Option<String> {
    let raw = object.get(field)?;
    serde_json::from_str(raw.get()).ok()
}

fn holds_nul(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => text.contains('\0'),
        serde_json::Value::Array(items) => items.iter().any(holds_nul),
        serde_json::Value::Object(entries) => entries
            .iter()
            .any(|(name, value)| name.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

fn not_an_event(error: &serde_json::Error) -> String {
    if error.is_data() {
        return "must be an object".to_owned();
    }
    format!("is not JSON: {error}")
}

/// The body of a batch: its events, each still as text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Batch<'a> {
    #[serde(borrow)]
    pub(crate) events: Vec<&'a RawValue>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str, key: Option<&str>) -> Result<Parsed, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut parser = Parser {
            prefix: "",
            key,
            now: DateTime::UNIX_EPOCH,
            traceparent: Carried::now(),
            errors: &mut errors,
        };
        parser.parse(json).ok_or(errors)
    }

    fn fields(json: &str) -> Vec<String> {
        let errors = parse(json, None).unwrap_err();
        errors.into_iter().map(|error| error.field).collect()
    }

    const GOOD: &str = r#"{"accountId":"a","userId":"u","eventType":"email_sent",
        "timestamp":"2025-12-22T09:00:00+01:00","metadata":{"a":1}}"#;

    #[test]
    fn a_good_event_is_read() {
        let parsed = parse(GOOD, None).unwrap();
        assert_eq!(
            parsed.event.timestamp.to_rfc3339(),
            "2025-12-22T08:00:00+00:00"
        );
        assert_eq!(parsed.event.metadata.unwrap().get(), r#"{"a":1}"#);
        assert!(!parsed.named_by_client);
    }

    #[test]
    fn every_bad_field_is_named() {
        let bad = r#"{"accountId":"","userId":7,"eventType":"x","timestamp":"yesterday",
            "metadata":[],"colour":"red"}"#;
        let named = [
            "colour",
            "accountId",
            "userId",
            "eventType",
            "timestamp",
            "metadata",
        ];
        assert_eq!(fields(bad), named);
        assert_eq!(
            fields("{}"),
            ["accountId", "userId", "eventType", "timestamp"]
        );
        assert_eq!(fields("[]"), [""]);
        assert_eq!(fields("{"), [""]);
    }

    #[test]
    fn what_postgresql_cannot_hold_is_refused() {
        let nul = GOOD.replace(r#"{"a":1}"#, r#"{"a":["\u0000"]}"#);
        assert_eq!(fields(&nul), ["metadata"]);
        let half = GOOD.replace(r#"{"a":1}"#, r#"{"a":"\ud800"}"#);
        assert_eq!(fields(&half), ["metadata"]);
        assert_eq!(
            fields(&GOOD.replace(r#""a","userId""#, r#""\u0000","userId""#)),
            ["accountId"]
        );
    }

    #[test]
    fn the_same_name_gives_the_same_id() {
        let one = parse(GOOD, Some("order-1")).unwrap();
        let two = parse(GOOD, Some("order-1")).unwrap();
        assert!(one.named_by_client);
        assert_eq!(one.event.event_id, two.event.event_id);
        assert_eq!(one.event.fingerprint(), two.event.fingerprint());
        let named = GOOD.replacen(
            '{',
            r#"{"eventId":"0191d5c8-0000-7000-8000-000000000000","#,
            1,
        );
        let id = parse(&named, Some("order-1")).unwrap().event.event_id;
        assert_eq!(id.to_string(), "0191d5c8-0000-7000-8000-000000000000");
    }
}
