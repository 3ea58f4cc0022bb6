//! Logs: one JSON object on a line, with the same names everywhere.
//!
//! `timestamp`, `level`, `service`, `message`, then the fields of the event and of the spans around
//! it. Nothing but what a call names is logged: an event's metadata never is.

use std::fmt;
use std::io::Write;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::clock;

/// The fields that are on every line.
pub(crate) const ALWAYS: &[&str] = &["timestamp", "level", "service", "message"];
/// The fields that are on lines about a request or an event.
pub(crate) const SOMETIMES: &[&str] = &[
    "requestId",
    "traceId",
    "accountId",
    "userId",
    "eventType",
    "jobId",
    "error",
];

/// Sends the logs of `service` to standard output from now on.
pub(crate) fn start(service: &'static str, level: LevelFilter) {
    // The levels of libraries are not what an operator turns up.
    let targets = tracing_subscriber::filter::Targets::new()
        .with_target("sspp", level)
        .with_default(level.min(LevelFilter::WARN));
    let lines = Lines {
        service,
        now: clock::now,
        write: |line| {
            // Nobody is left to tell when standard output is closed.
            let _ = std::io::stdout().lock().write_all(line);
        },
    };
    tracing_subscriber::registry()
        .with(lines.with_filter(targets))
        .init();
}

struct Lines {
    service: &'static str,
    now: fn() -> DateTime<Utc>,
    write: fn(&[u8]),
}

#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        self.0.insert(field.name().to_owned(), value);
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value.into());
    }
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}").into());
    }
}

impl<S> Layer<S> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let span = context.span(id);
        if let Some(span) = span
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Fields::default();
        let time = clock::shown((self.now)());
        line.0.insert("timestamp".to_owned(), time.into());
        let level = event.metadata().level().as_str().to_ascii_lowercase();
        line.0.insert("level".to_owned(), level.into());
        line.0.insert("service".to_owned(), self.service.into());
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(fields) = span.extensions().get::<Fields>() {
                let fields = fields.0.iter();
                line.0
                    .extend(fields.map(|(name, value)| (name.clone(), value.clone())));
            }
        }
        event.record(&mut line);
        let mut text = Value::Object(line.0).to_string();
        text.push('\n');
        (self.write)(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    static WRITTEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

    #[test]
    fn a_line_has_the_fields_of_its_event_and_of_the_spans_around_it() {
        let lines = Lines {
            service: "api",
            now: || DateTime::UNIX_EPOCH,
            write: |line| WRITTEN.lock().unwrap().extend_from_slice(line),
        };
        let subscriber = tracing_subscriber::registry().with(lines);
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!("request", requestId = "r1");
            let _inside = span.enter();
            tracing::warn!(accountId = "a\n1", count = 3, "it is late");
        });
        let written = String::from_utf8(WRITTEN.lock().unwrap().clone()).unwrap();
        assert_eq!(
            written,
            "{\"accountId\":\"a\\n1\",\"count\":3,\"level\":\"warn\",\"message\":\"it is late\",\
             \"requestId\":\"r1\",\"service\":\"api\",\"timestamp\":\"1970-01-01T00:00:00.000Z\"}\n"
        );
    }
}
