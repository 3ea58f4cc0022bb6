//! Traces: one trace spans the request that brings an event and the job that it becomes.
//!
//! ```text
//! traceparent ──▶ API: server span ── event.traceparent ──▶ queue, outbox ──▶ worker: consumer span
//! ```
//!
//! The feature `otel` brings them. Without it everything here is empty, and what another build has
//! carried along is skipped.

#[cfg(not(feature = "otel"))]
mod off;
#[cfg(feature = "otel")]
mod otlp;

#[cfg(not(feature = "otel"))]
pub(crate) use off::{Carried, JobSpans, RequestSpan, Traces};
#[cfg(feature = "otel")]
pub(crate) use otlp::{Carried, JobSpans, RequestSpan, Traces};

/// Whether and for whom there are to be traces.
#[derive(Clone, Debug, Default)]
pub(crate) struct TraceSettings {
    /// A collector is named, and nothing says to leave it alone.
    pub(crate) wanted: bool,
    /// The service's name, unless the SDK finds one in the environment.
    #[cfg_attr(
        not(feature = "otel"),
        expect(dead_code, reason = "only traces have it")
    )]
    pub(crate) named: bool,
}
