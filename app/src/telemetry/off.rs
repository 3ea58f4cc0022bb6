//! No traces: nothing is kept, and nothing is done.
#![expect(
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "the shape is that of a build with traces"
)]

use axum::http::{HeaderMap, StatusCode};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use super::TraceSettings;

/// Nothing to take along.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Carried;

impl Carried {
    pub(crate) fn now() -> Self {
        Self
    }

    pub(crate) fn is_none(&self) -> bool {
        true
    }
}

impl<'de> Deserialize<'de> for Carried {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// Nothing to send on.
pub(crate) struct Traces;

impl Traces {
    pub(crate) fn start(_service: &str, settings: &TraceSettings) -> Result<Self, String> {
        if settings.wanted {
            tracing::warn!("OTEL_EXPORTER_OTLP_ENDPOINT is set, and this build has no traces");
        }
        Ok(Self)
    }

    pub(crate) fn end(self) {}
}

/// A request of which nothing is noted.
pub(crate) struct RequestSpan;

impl RequestSpan {
    pub(crate) fn begin(
        _method: &str,
        _route: impl FnOnce() -> String,
        _headers: &HeaderMap,
    ) -> Self {
        Self
    }

    pub(crate) fn trace_id(&self) -> Option<String> {
        None
    }

    pub(crate) async fn around<F: Future>(
        self,
        answer: F,
        _status: impl Fn(&F::Output) -> StatusCode,
    ) -> F::Output {
        answer.await
    }
}

/// Jobs of which nothing is noted.
pub(crate) struct JobSpans;

impl JobSpans {
    pub(crate) fn begin<'a>(_jobs: impl Iterator<Item = (&'a Carried, Uuid, u32)>) -> Self {
        Self
    }

    pub(crate) fn failed(&mut self, _job: Uuid, _reason: &str) {}
}
