//! One trace from the request to the signal, at a collector that takes OTLP over HTTP.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use reqwest::Method;
use serde_json::json;

use crate::support::{World, event, eventually, named_event};

/// One span, as far as the tests look at it. Ids are in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Span {
    service: String,
    trace: String,
    id: String,
    parent: String,
    name: String,
    kind: u64,
}

type Received = Arc<Mutex<Vec<Span>>>;

struct Collector {
    url: String,
    received: Received,
}

impl Collector {
    async fn start() -> Self {
        let received = Received::default();
        let router = Router::new()
            .route("/v1/traces", post(take))
            .with_state(Arc::clone(&received));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { url, received }
    }

    fn spans(&self, name: &str) -> Vec<Span> {
        let all = self.received.lock().unwrap();
        all.iter()
            .filter(|span| span.name == name)
            .cloned()
            .collect()
    }
}

async fn take(State(received): State<Received>, body: Bytes) {
    received.lock().unwrap().extend(spans(&body));
}

/// `ExportTraceServiceRequest`, by the numbers of its fields.
fn spans(request: &[u8]) -> Vec<Span> {
    let mut spans = Vec::new();
    for resource_spans in messages(request, 1) {
        let resource = messages(resource_spans, 1);
        let service = resource.iter().find_map(|resource| service(resource));
        for scope_spans in messages(resource_spans, 2) {
            for span in messages(scope_spans, 2) {
                spans.push(Span {
                    service: service.clone().unwrap_or_default(),
                    trace: hex(span, 1),
                    id: hex(span, 2),
                    parent: hex(span, 4),
                    name: String::from_utf8(messages(span, 5)[0].to_vec()).unwrap(),
                    kind: fields(span)
                        .into_iter()
                        .find(|field| field.0 == 6)
                        .map_or(0, |field| field.1),
                });
            }
        }
    }
    spans
}

fn service(resource: &[u8]) -> Option<String> {
    messages(resource, 1).into_iter().find_map(|attribute| {
        let value = messages(attribute, 2);
        let named = messages(attribute, 1) == [b"service.name"];
        named.then(|| String::from_utf8(messages(value[0], 1)[0].to_vec()).unwrap())
    })
}

fn hex(span: &[u8], number: u64) -> String {
    let bytes = messages(span, number).concat();
    let digits = |text: String, byte: &u8| format!("{text}{byte:02x}");
    bytes.iter().fold(String::new(), digits)
}

fn messages(message: &[u8], number: u64) -> Vec<&[u8]> {
    let fields = fields(message).into_iter();
    fields
        .filter_map(|(field, _, bytes)| bytes.filter(|_| field == number))
        .collect()
}

/// The fields of a message of Protocol Buffers: number, value of a varint, bytes.
fn fields(mut rest: &[u8]) -> Vec<(u64, u64, Option<&[u8]>)> {
    let mut fields = Vec::new();
    while !rest.is_empty() {
        let key = varint(&mut rest);
        let (value, length) = match key & 7 {
            0 => (varint(&mut rest), None),
            1 => (0, Some(8)),
            2 => (0, Some(usize::try_from(varint(&mut rest)).unwrap())),
            5 => (0, Some(4)),
            kind => panic!("no such kind of field: {kind}"),
        };
        let (bytes, after) = rest.split_at(length.unwrap_or_default());
        fields.push((key >> 3, value, length.map(|_| bytes)));
        rest = after;
    }
    fields
}

fn varint(rest: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..).step_by(7) {
        let byte = rest[0];
        *rest = &rest[1..];
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    value
}

const SERVER: u64 = 2;
const CONSUMER: u64 = 5;
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[tokio::test]
async fn one_trace_spans_the_request_and_its_job() {
    for durability in ["redis", "postgres-outbox"] {
        let collector = Collector::start().await;
        let mut world = World::new().await;
        world.set("DURABILITY", durability);
        world.set("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url);
        world.set("OTEL_BSP_SCHEDULE_DELAY", "200");
        let (api, _worker) = (world.start("api").await, world.start("worker").await);
        let request = api.client.request(Method::POST, "/api/v1/events");
        let request = request.header("traceparent", PARENT);
        let answer = api.client.send(request.body(event().to_string())).await;
        assert_eq!(answer.unwrap().status, 202);
        world.settles_at(1).await;
        eventually("both spans are sent", async || {
            !collector.spans("process event").is_empty()
                && !collector.spans("POST /api/v1/events").is_empty()
        })
        .await;
        let server = &collector.spans("POST /api/v1/events")[0];
        assert_eq!((server.service.as_str(), server.kind), ("sspp-api", SERVER));
        assert_eq!(server.trace, "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(server.parent, "b7ad6b7169203331");
        let job = &collector.spans("process event")[0];
        assert_eq!((job.service.as_str(), job.kind), ("sspp-worker", CONSUMER));
        assert_eq!((&job.trace, &job.parent), (&server.trace, &server.id));
        let said = &api.said("event accepted")[0];
        assert_eq!(said["traceId"], "0af7651916cd43dd8448eb211c80319c");
    }
}

#[tokio::test]
async fn what_is_not_sampled_is_neither_sent_nor_carried() {
    let collector = Collector::start().await;
    let mut world = World::new().await;
    world.set("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url);
    world.set("OTEL_TRACES_SAMPLER", "parentbased_always_off");
    let mut api = world.start("api").await;
    let batch = json!({"events": [named_event(1), named_event(2)]});
    let answer = api.client.post("/api/v1/events/batch", &batch).await;
    assert_eq!(answer.status, 202);
    let request = api.client.request(Method::POST, "/api/v1/events/batch");
    let request = request.header("traceparent", PARENT);
    let batch = json!({"events": [named_event(3), named_event(4)]});
    api.client
        .send(request.body(batch.to_string()))
        .await
        .unwrap();
    let words = ["LRANGE", "signal-processing-queue", "0", "-1"];
    let entries = world.redis.ask(&words).await.unwrap();
    let entries: Vec<String> = redis::from_redis_value(entries).unwrap();
    let carried = entries.iter().map(|entry| entry.contains("traceparent"));
    let carried: Vec<bool> = carried.collect();
    assert_eq!(carried, [false, false, true, true]);
    // What has not been sent yet is, when the process ends.
    assert!(api.terminate().await.success());
    assert_eq!(collector.spans("POST /api/v1/events/batch").len(), 1);
    // The worker of another build takes the entry for what it was before there were traces.
    world.set("OTEL_SDK_DISABLED", "true");
    let _worker = world.start("worker").await;
    world.settles_at(4).await;
    assert!(collector.spans("process event").is_empty());
}
