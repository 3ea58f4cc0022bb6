//! Traces by OpenTelemetry, sent to a collector as OTLP over HTTP.
//!
//! The SDK reads the rest of its settings, sampling above all, from the standard variables itself.

use std::collections::HashMap;
use std::pin::Pin;
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{
    FutureExt, Span, SpanKind, Status, TraceContextExt, Tracer, TracerProvider,
};
use opentelemetry::{Context, KeyValue, global};
use opentelemetry_http::{Bytes, HeaderExtractor, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::TraceSettings;

/// A collector that takes longer does not get the spans.
const ANSWER_TIME: Duration = Duration::from_secs(10);
/// What the last spans are given when the process ends.
const LAST: Duration = Duration::from_secs(2);
const SCOPE: &str = "sspp";
const TRACEPARENT: &str = "traceparent";

/// The trace that an event came in, as W3C's `traceparent` has it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Carried(Option<String>);

impl Carried {
    /// That of the request in hand, if it is one that is noted.
    pub(crate) fn now() -> Self {
        let context = Context::current();
        if !context.span().span_context().is_sampled() {
            return Self(None);
        }
        let mut fields = HashMap::new();
        TraceContextPropagator::new().inject_context(&context, &mut fields);
        Self(fields.remove(TRACEPARENT))
    }

    pub(crate) fn is_none(&self) -> bool {
        self.0.is_none()
    }

    fn context(&self) -> Option<Context> {
        let traceparent = self.0.clone()?;
        let fields = HashMap::from([(TRACEPARENT.to_owned(), traceparent)]);
        let context = TraceContextPropagator::new().extract(&fields);
        context
            .span()
            .span_context()
            .is_sampled()
            .then_some(context)
    }
}

/// Sends spans on; those of the last moments when it ends.
pub(crate) struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// `Err` says which setting keeps traces from being sent.
    pub(crate) fn start(service: &str, settings: &TraceSettings) -> Result<Self, String> {
        if !settings.wanted {
            return Ok(Self(None));
        }
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_http_client(Sender::new()?)
            .build()
            .map_err(|error| format!("no traces can be sent: {error}"))?;
        let mut resource = Resource::builder();
        if !settings.named {
            resource = resource.with_service_name(format!("sspp-{service}"));
        }
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build())
            .build();
        global::set_tracer_provider(provider.clone());
        Ok(Self(Some(provider)))
    }

    pub(crate) fn end(self) {
        let ended = self.0.map(|provider| provider.shutdown_with_timeout(LAST));
        if let Some(Err(error)) = ended {
            tracing::warn!(%error, "the last traces are not sent");
        }
    }
}

/// The HTTP client of the thread that exports, which has nothing else to do while it waits.
#[derive(Debug)]
struct Sender {
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
}

impl Sender {
    fn new() -> Result<Self, String> {
        // A second call finds the provider installed, which is all that matters.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let failed = |error: &dyn std::fmt::Display| format!("no traces can be sent: {error}");
        let client = reqwest::Client::builder().timeout(ANSWER_TIME);
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        Ok(Self {
            client: client.build().map_err(|error| failed(&error))?,
            runtime: runtime
                .enable_all()
                .build()
                .map_err(|error| failed(&error))?,
        })
    }

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let request = reqwest::Request::try_from(request)?;
        let response = self.client.execute(request).await?;
        let status = response.status();
        let mut answer = Response::new(response.bytes().await?);
        *answer.status_mut() = status;
        Ok(answer)
    }
}

type Sent<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Sender {
    fn send_bytes<'a, 'b>(&'a self, request: Request<Bytes>) -> Sent<'b>
    where
        'a: 'b,
        Self: 'b,
    {
        let sent = self.runtime.block_on(self.send(request));
        Box::pin(std::future::ready(sent))
    }
}

/// The span of a request, below the one that its sender names.
pub(crate) struct RequestSpan(Context);

impl RequestSpan {
    pub(crate) fn begin(method: &str, route: impl FnOnce() -> String, headers: &HeaderMap) -> Self {
        let route = route();
        let tracer = global::tracer_provider().tracer(SCOPE);
        let parent = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
        let span = tracer
            .span_builder(format!("{method} {route}"))
            .with_kind(SpanKind::Server)
            .with_attributes([
                KeyValue::new("http.request.method", method.to_owned()),
                KeyValue::new("http.route", route),
            ]);
        let span = span.start_with_context(&tracer, &parent);
        Self(parent.with_span(span))
    }

    /// For the log.
    pub(crate) fn trace_id(&self) -> Option<String> {
        let span = self.0.span();
        let context = span.span_context();
        context.is_valid().then(|| context.trace_id().to_string())
    }

    /// Runs `answer` within the span, and ends it.
    pub(crate) async fn around<F: Future>(
        self,
        answer: F,
        status: impl Fn(&F::Output) -> StatusCode,
    ) -> F::Output {
        let answered = answer.with_context(self.0.clone()).await;
        let status = status(&answered);
        let span = self.0.span();
        let code = KeyValue::new("http.response.status_code", i64::from(status.as_u16()));
        span.set_attribute(code);
        if status.is_server_error() {
            span.set_status(Status::error(status.to_string()));
        }
        span.end();
        answered
    }
}

/// The spans of the jobs of a batch whose requests were noted. They end with this value.
pub(crate) struct JobSpans(Vec<(Uuid, global::BoxedSpan)>);

impl JobSpans {
    /// Each job with what was carried along, its id and its attempt.
    pub(crate) fn begin<'a>(jobs: impl Iterator<Item = (&'a Carried, Uuid, u32)>) -> Self {
        let tracer = global::tracer_provider().tracer(SCOPE);
        let spans = jobs.filter_map(|(carried, id, attempt)| {
            let parent = carried.context()?;
            let span = tracer
                .span_builder("process event")
                .with_kind(SpanKind::Consumer)
                .with_attributes([
                    KeyValue::new("messaging.system", "redis"),
                    KeyValue::new("messaging.operation.type", "process"),
                    KeyValue::new("messaging.message.id", id.to_string()),
                    KeyValue::new("sspp.attempt", i64::from(attempt)),
                ]);
            Some((id, span.start_with_context(&tracer, &parent)))
        });
        Self(spans.collect())
    }

    pub(crate) fn failed(&mut self, job: Uuid, reason: &str) {
        for (_, span) in self.0.iter_mut().filter(|(id, _)| *id == job) {
            span.set_status(Status::error(reason.to_owned()));
        }
    }
}
