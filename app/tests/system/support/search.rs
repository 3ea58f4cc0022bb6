//! A search engine that can be made to fail, with the answers that OpenSearch 2.19 gives.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{Value, json};

/// How it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    /// The whole request is turned away.
    Overloaded,
    /// Every document but the first is turned away, for now.
    Choosy,
    /// Documents of account `acc-bad` are wrong, for good.
    Strict,
    /// After a while.
    Slow,
}

#[derive(Default)]
struct Index {
    documents: BTreeMap<String, Value>,
    requests: usize,
}

#[derive(Clone)]
struct Shared {
    index: Arc<Mutex<Index>>,
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
            index: Arc::default(),
            mood: Arc::new(Mutex::new(Mood::Well)),
        };
        let router = Router::new()
            .route(
                "/_cluster/health",
                get(async || Json(json!({"status": "green"}))),
            )
            .route(
                "/{index}",
                put(async || Json(json!({"acknowledged": true}))),
            )
            .route("/{index}/_bulk", post(bulk))
            .route("/{index}/_search", post(search))
            .layer(axum::extract::DefaultBodyLimit::disable())
            .with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { shared, port }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn set(&self, mood: Mood) {
        *self.shared.mood.lock().unwrap() = mood;
    }

    pub(crate) fn count(&self) -> usize {
        self.shared.index.lock().unwrap().documents.len()
    }

    pub(crate) fn requests(&self) -> usize {
        self.shared.index.lock().unwrap().requests
    }
}

async fn bulk(State(shared): State<Shared>, Path(_): Path<String>, body: String) -> Response {
    let mood = *shared.mood.lock().unwrap();
    if mood == Mood::Slow {
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let mut index = shared.index.lock().unwrap();
    index.requests += 1;
    if mood == Mood::Overloaded {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    }
    let lines: Vec<Value> = body
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    let mut items = Vec::new();
    for (place, pair) in lines.chunks(2).enumerate() {
        let (action, document) = (&pair[0], &pair[1]);
        let (status, error) = match mood {
            Mood::Choosy if place > 0 => (429, "rejected_execution_exception"),
            Mood::Strict if document["accountId"] == "acc-bad" => (400, "mapper_parsing_exception"),
            _ => (201, ""),
        };
        if status == 201 {
            let id = action["index"]["_id"].as_str().expect("it has an id");
            index.documents.insert(id.to_owned(), document.clone());
            items.push(json!({"index": {"status": status}}));
        } else {
            let error = json!({"type": error, "reason": "the test wants it so"});
            items.push(json!({"index": {"status": status, "error": error}}));
        }
    }
    let errors = items.iter().any(|item| item["index"]["status"] != 201);
    Json(json!({"errors": errors, "items": items})).into_response()
}

/// Words are looked for as whole values, as in keyword fields.
async fn search(State(shared): State<Shared>, Path(_): Path<String>, body: String) -> Json<Value> {
    let body: Value = serde_json::from_str(&body).unwrap();
    let words = body["query"]["simple_query_string"]["query"]
        .as_str()
        .unwrap();
    let index = shared.index.lock().unwrap();
    let found = index.documents.values().filter(|document| {
        let fields = document.as_object().unwrap().values();
        fields.into_iter().any(|value| value == words)
    });
    let found: Vec<Value> = found.map(|one| json!({"_source": one})).collect();
    let size = usize::try_from(body["size"].as_u64().unwrap()).unwrap();
    let hits: Vec<&Value> = found.iter().take(size).collect();
    Json(json!({"hits": {"total": {"value": found.len()}, "hits": hits}}))
}
