//! A search engine that can be made to fail. What it answers otherwise is what OpenSearch 2.19 answers:
//! the tests of the contract put the same requests to both.

mod listener;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use listener::Resetting;

/// How it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    /// The whole request is turned away.
    Overloaded,
    /// Every document but the first is turned away, for now.
    Choosy,
    /// After a while.
    Slow,
    /// Does what it is asked, and resets the connection instead of saying so.
    Reset,
}

#[derive(Default)]
struct Index {
    mappings: Value,
    blocks: Value,
    documents: BTreeMap<String, Value>,
}

#[derive(Default)]
struct Indices {
    by_name: BTreeMap<String, Index>,
    requests: usize,
}

#[derive(Clone)]
struct Shared {
    indices: Arc<Mutex<Indices>>,
    mood: Arc<Mutex<Mood>>,
}

/// The double, serving on a port of its own until the test ends.
pub(crate) struct SearchDouble {
    shared: Shared,
    port: u16,
}

impl SearchDouble {
    pub(crate) async fn start() -> Self {
        let shared = Shared {
            indices: Arc::default(),
            mood: Arc::new(Mutex::new(Mood::Well)),
        };
        let health = async || Json(json!({"status": "green"}));
        let router = Router::new()
            .route("/_cluster/health", get(health))
            .route("/{index}", put(create))
            .route("/{index}/_settings", put(settings))
            .route("/{index}/_mapping", get(mapping))
            .route("/{index}/_refresh", post(async || Json(json!({}))))
            .route("/{index}/_count", get(count))
            .route("/{index}/_bulk", post(bulk))
            .route("/{index}/_search", post(search))
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let listener = Resetting::new(listener, Arc::clone(&shared.mood));
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { shared, port }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn set(&self, mood: Mood) {
        *self.shared.mood.lock().unwrap() = mood;
    }

    /// How many requests to index there were.
    pub(crate) fn requests(&self) -> usize {
        self.shared.indices.lock().unwrap().requests
    }
}

fn failed(status: StatusCode, kind: &str) -> Response {
    let error = json!({"type": kind, "reason": "of the double"});
    let body = Json(json!({"error": error, "status": status.as_u16()}));
    (status, body).into_response()
}

async fn create(State(shared): State<Shared>, Path(name): Path<String>, body: String) -> Response {
    if name.chars().any(char::is_uppercase) {
        return failed(StatusCode::BAD_REQUEST, "invalid_index_name_exception");
    }
    let mut indices = shared.indices.lock().unwrap();
    if indices.by_name.contains_key(&name) {
        return failed(StatusCode::BAD_REQUEST, "resource_already_exists_exception");
    }
    let body: Value = serde_json::from_str(&body).unwrap();
    let index = indices.by_name.entry(name).or_default();
    index.mappings = body["mappings"].clone();
    Json(json!({"acknowledged": true})).into_response()
}

async fn settings(
    State(shared): State<Shared>,
    Path(name): Path<String>,
    body: String,
) -> Json<Value> {
    let mut indices = shared.indices.lock().unwrap();
    let index = indices.by_name.get_mut(&name).expect("it is there");
    index.blocks = serde_json::from_str(&body).unwrap();
    Json(json!({"acknowledged": true}))
}

async fn mapping(State(shared): State<Shared>, Path(name): Path<String>) -> Json<Value> {
    let indices = shared.indices.lock().unwrap();
    let mappings = &indices.by_name[&name].mappings;
    Json(json!({name: {"mappings": mappings}}))
}

async fn count(State(shared): State<Shared>, Path(name): Path<String>) -> Response {
    let indices = shared.indices.lock().unwrap();
    match indices.by_name.get(&name) {
        Some(index) => Json(json!({"count": index.documents.len()})).into_response(),
        None => failed(StatusCode::NOT_FOUND, "index_not_found_exception"),
    }
}

async fn bulk(State(shared): State<Shared>, Path(name): Path<String>, body: String) -> Response {
    let mood = *shared.mood.lock().unwrap();
    if mood == Mood::Slow {
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let mut indices = shared.indices.lock().unwrap();
    indices.requests += 1;
    if mood == Mood::Overloaded {
        let kind = "rejected_execution_exception";
        return failed(StatusCode::TOO_MANY_REQUESTS, kind);
    }
    let lines: Vec<Value> = body
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    // One that is not there is made, with mappings that take everything.
    let index = indices.by_name.entry(name).or_default();
    let mut items = Vec::new();
    for (place, pair) in lines.chunks(2).enumerate() {
        let (status, kind) = if mood == Mood::Choosy && place > 0 {
            (429, "rejected_execution_exception")
        } else {
            index.take(&pair[0], &pair[1])
        };
        items.push(if kind.is_empty() {
            json!({"index": {"status": status}})
        } else {
            let error = json!({"type": kind, "reason": "of the double"});
            json!({"index": {"status": status, "error": error}})
        });
    }
    let errors = items
        .iter()
        .any(|item| item["index"].get("error").is_some());
    Json(json!({"errors": errors, "items": items})).into_response()
}

impl Index {
    fn take(&mut self, action: &Value, document: &Value) -> (u16, &'static str) {
        if self.blocks["index.blocks.read_only_allow_delete"] == true {
            return (429, "cluster_block_exception");
        }
        if self.blocks["index.blocks.write"] == true {
            return (403, "cluster_block_exception");
        }
        for (name, value) in document.as_object().expect("a document is an object") {
            match self.mappings["properties"].get(name) {
                Some(field) if !fits(field, value) => return (400, "mapper_parsing_exception"),
                None if self.mappings["dynamic"] == "strict" => {
                    return (400, "strict_dynamic_mapping_exception");
                }
                _ => {}
            }
        }
        let id = action["index"]["_id"].as_str().expect("it has an id");
        match self.documents.insert(id.to_owned(), document.clone()) {
            Some(_) => (200, ""),
            None => (201, ""),
        }
    }
}

/// Numbers may be written as text, as the search engine has it.
fn fits(field: &Value, value: &Value) -> bool {
    let text = value.as_str();
    match field["type"].as_str().expect("every field has a type") {
        "long" => value.is_i64() || text.is_some_and(|text| text.parse::<i64>().is_ok()),
        "float" => value.is_number() || text.is_some_and(|text| text.parse::<f64>().is_ok()),
        "date" => text.is_some_and(|text| text.parse::<chrono::DateTime<chrono::Utc>>().is_ok()),
        _ => true,
    }
}

/// Words are looked for as whole values, as in keyword fields.
async fn search(State(shared): State<Shared>, Path(name): Path<String>, body: String) -> Response {
    let indices = shared.indices.lock().unwrap();
    let Some(index) = indices.by_name.get(&name) else {
        return failed(StatusCode::NOT_FOUND, "index_not_found_exception");
    };
    let body: Value = serde_json::from_str(&body).unwrap();
    let words = &body["query"]["simple_query_string"]["query"];
    let found = index.documents.values().filter(|document| {
        let fields = document.as_object().unwrap().values();
        fields.into_iter().any(|value| value == words)
    });
    let found: Vec<Value> = found.map(|one| json!({"_source": one})).collect();
    let size = usize::try_from(body["size"].as_u64().unwrap()).unwrap();
    let mut hits = json!({"total": {"value": found.len()}});
    if !found.is_empty() {
        hits["hits"] = found.into_iter().take(size).collect();
    }
    Json(json!({"hits": hits})).into_response()
}
