//! The scoring table: what an event says about a sale, and how strongly.
//!
//! Scores are counted in hundredths, so that they are exact, and equal to what the original
//! rounds its sums of floating-point numbers to.

use super::metadata::Modifiers;
use super::{Event, EventType};

/// Between 0 and 100 hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Score(u8);

const HIGHEST: u8 = 100;
/// An answer within [`QUICK_HOURS`](super::metadata) shows interest.
const QUICK_ANSWER: u8 = 10;
/// So does more than a passing contact.
const MANY_INTERACTIONS: u8 = 15;

impl Score {
    pub(crate) fn hundredths(self) -> i16 {
        i16::from(self.0)
    }

    pub(crate) fn from_hundredths(hundredths: i16) -> Self {
        Self(u8::try_from(hundredths.max(0)).map_or(HIGHEST, |score| score.min(HIGHEST)))
    }

    /// As JSON clients see it.
    pub(crate) fn as_f64(self) -> f64 {
        f64::from(self.0) / f64::from(HIGHEST)
    }
}

/// What an event means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signal {
    pub(crate) kind: &'static str,
    pub(crate) score: Score,
}

impl Signal {
    /// The signal in `event`.
    pub(crate) fn of(event: &Event) -> Self {
        let (kind, base) = base(EventType::named(&event.event_type));
        let modifiers = Modifiers::of(event.metadata.as_deref());
        let mut score = base;
        if modifiers.quick_answer {
            score += QUICK_ANSWER;
        }
        if modifiers.many_interactions {
            score += MANY_INTERACTIONS;
        }
        Self {
            kind,
            score: Score(score.min(HIGHEST)),
        }
    }
}

fn base(kind: Option<EventType>) -> (&'static str, u8) {
    match kind {
        Some(EventType::EmailSent) => ("outreach", 10),
        Some(EventType::EmailOpened) => ("engagement", 30),
        Some(EventType::EmailClicked) => ("high_engagement", 60),
        Some(EventType::MeetingBooked) => ("intent", 80),
        Some(EventType::CallMade) => ("outreach", 50),
        Some(EventType::DemoCompleted) => ("high_intent", 90),
        None => ("unknown", 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(kind: &str, metadata: &str) -> (&'static str, i16) {
        let event = Event {
            event_id: uuid::Uuid::nil(),
            account_id: "a".to_owned(),
            user_id: "u".to_owned(),
            event_type: kind.to_owned(),
            timestamp: chrono::DateTime::UNIX_EPOCH,
            metadata: Some(serde_json::from_str(metadata).unwrap()),
            traceparent: crate::telemetry::Carried::now(),
        };
        let signal = Signal::of(&event);
        (signal.kind, signal.score.hundredths())
    }

    #[test]
    fn each_type_has_its_signal_and_base_score() {
        let table = [
            ("email_sent", "outreach", 10),
            ("email_opened", "engagement", 30),
            ("email_clicked", "high_engagement", 60),
            ("meeting_booked", "intent", 80),
            ("call_made", "outreach", 50),
            ("demo_completed", "high_intent", 90),
            ("carrier_pigeon", "unknown", 10),
        ];
        for (kind, expected, score) in table {
            assert_eq!(signal(kind, "{}"), (expected, score));
        }
    }

    #[test]
    fn modifiers_add_up_to_one_at_most() {
        let both = r#"{"responseTimeHours": 2, "interactionCount": 4}"#;
        assert_eq!(signal("email_sent", both).1, 35);
        assert_eq!(signal("email_opened", both).1, 55);
        assert_eq!(signal("demo_completed", both).1, 100);
        assert_eq!(
            signal("meeting_booked", r#"{"responseTimeHours": 23.9}"#).1,
            90
        );
        assert_eq!(signal("meeting_booked", r#"{"interactionCount": 3}"#).1, 80);
    }
}
