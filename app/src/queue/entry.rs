//! How a job is written in Redis: `ATTEMPT MILLISECONDS EVENT`, the event as JSON.
//!
//! The scripts count attempts without reading JSON: Lua's would change numbers and empty lists on the way.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::domain::Event;

/// A job in hand.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// 1 for the first.
    pub(crate) attempt: u32,
    pub(crate) queued_at: DateTime<Utc>,
    pub(crate) event: Event,
}

impl Job {
    /// `Err` says why the entry is none that SSPP has written.
    pub(crate) fn read(entry: &str) -> Result<Self, String> {
        let mut parts = entry.splitn(3, ' ');
        let attempt = parts.next().and_then(|attempt| attempt.parse().ok());
        let queued_at = parts.next().and_then(|at| at.parse().ok());
        let queued_at = queued_at.and_then(DateTime::from_timestamp_millis);
        let (Some(attempt), Some(queued_at), Some(json)) = (attempt, queued_at, parts.next())
        else {
            return Err("not an entry of this queue".to_owned());
        };
        let event = serde_json::from_str(json).map_err(|error| format!("not an event: {error}"))?;
        Ok(Self {
            attempt,
            queued_at,
            event,
        })
    }

    /// The entry for another attempt.
    pub(crate) fn again(&self) -> String {
        let attempt = self.attempt + 1;
        entry(attempt, self.queued_at, &self.event.json())
    }

    pub(crate) fn entry(&self) -> String {
        entry(self.attempt, self.queued_at, &self.event.json())
    }

    pub(crate) fn id(&self) -> Uuid {
        self.event.event_id
    }
}

/// The entry of an event that is queued for the first time.
pub(crate) fn first(event: &str, now: DateTime<Utc>) -> String {
    entry(1, now, event)
}

fn entry(attempt: u32, queued_at: DateTime<Utc>, event: &str) -> String {
    format!("{attempt} {} {event}", queued_at.timestamp_millis())
}

/// When an entry was queued, if it is one.
pub(crate) fn queued_at(entry: &str) -> Option<DateTime<Utc>> {
    let milliseconds = entry.split(' ').nth(1)?.parse().ok()?;
    DateTime::from_timestamp_millis(milliseconds)
}

/// A job that was given up: `MILLISECONDS REASON<tab>ENTRY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeadLetter {
    pub(crate) at: DateTime<Utc>,
    pub(crate) reason: String,
    pub(crate) entry: String,
}

impl DeadLetter {
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (head, entry) = text.split_once('\t')?;
        let (at, reason) = head.split_once(' ')?;
        Some(Self {
            at: DateTime::from_timestamp_millis(at.parse().ok()?)?,
            reason: reason.to_owned(),
            entry: entry.to_owned(),
        })
    }

    pub(crate) fn write(&self) -> String {
        // A reason may quote a store's message, which may hold anything.
        let reason = self.reason.replace(['\t', '\n'], " ");
        format!("{} {reason}\t{}", self.at.timestamp_millis(), self.entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = r#"{"eventId":"0191d5c8-0000-7000-8000-000000000000","accountId":"a","userId":"u","eventType":"email_sent","timestamp":"2025-12-22T09:00:00Z","metadata":{"big":12345678901234567890,"none":[]}}"#;

    #[test]
    fn an_entry_is_read_as_it_was_written() {
        let written = first(EVENT, DateTime::UNIX_EPOCH);
        let job = Job::read(&written).unwrap();
        assert_eq!(job.entry(), written);
        assert_eq!(Job::read(&job.again()).unwrap().attempt, 2);
        assert_eq!(queued_at(&written), Some(DateTime::UNIX_EPOCH));
    }

    #[test]
    fn what_is_no_entry_is_told_why() {
        assert_eq!(
            Job::read("hello").unwrap_err(),
            "not an entry of this queue"
        );
        assert!(Job::read("1 2 {}").unwrap_err().starts_with("not an event"));
    }

    #[test]
    fn a_dead_letter_keeps_its_entry_as_it_was() {
        let letter = DeadLetter {
            at: DateTime::UNIX_EPOCH,
            reason: "no\tgood".to_owned(),
            entry: "any\tthing".to_owned(),
        };
        let read = DeadLetter::read(&letter.write()).unwrap();
        assert_eq!(read.reason, "no good");
        assert_eq!(read.entry, letter.entry);
    }
}
