//! The search engine, OpenSearch or Elasticsearch: an index of the signals, made from PostgreSQL's truth.

mod bulk;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::config::SearchSettings;

pub(crate) use bulk::Outcome;

/// A search engine that takes longer is as good as away.
const ANSWER_TIME: Duration = Duration::from_secs(5);
const CONNECT_TIME: Duration = Duration::from_secs(2);
/// How long it is then left alone.
const REST: Duration = Duration::from_secs(5);

/// Why the search engine did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SearchError {
    /// No client can be made, so the process cannot start.
    #[error(
        "no client of the search engine can be made: {0} (SSL_CERT_FILE names certificates to trust)"
    )]
    Client(String),
    /// It could not be reached, or did not answer in time.
    #[error("the search engine does not answer: {0}")]
    Away(String),
    #[error("the search engine answers {0}")]
    Status(StatusCode),
    #[error("the search engine's answer cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
}

/// A client of one index.
#[derive(Clone)]
pub(crate) struct Search {
    client: Client,
    /// May hold a password: it is never shown.
    url: String,
    index: String,
    /// Until when it is not asked to index, because it did not answer.
    rests: Arc<Mutex<Option<Instant>>>,
}

/// Signals that were found, as they were indexed.
pub(crate) struct Hits {
    pub(crate) total: u64,
    pub(crate) signals: Vec<Value>,
}

impl Search {
    pub(crate) fn new(settings: &SearchSettings) -> Result<Self, SearchError> {
        // A second call finds the provider installed, which is all that matters.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .timeout(ANSWER_TIME)
            .connect_timeout(CONNECT_TIME)
            .build()
            .map_err(|error| SearchError::Client(cause(&error)))?;
        Ok(Self {
            client,
            url: settings.url.trim_end_matches('/').to_owned(),
            index: settings.index.clone(),
            rests: Arc::default(),
        })
    }

    /// Whether it answers and its cluster is not red.
    pub(crate) async fn ping(&self) -> Result<(), SearchError> {
        let path = "_cluster/health?filter_path=status";
        let health = self.ask(Method::GET, path, String::new()).await?;
        if health.get("status") == Some(&json!("red")) {
            return Err(SearchError::Status(StatusCode::SERVICE_UNAVAILABLE));
        }
        Ok(())
    }

    /// Makes the index, unless it is there.
    pub(crate) async fn prepare(&self) -> Result<(), SearchError> {
        let keyword = json!({"type": "keyword"});
        let mappings = json!({"dynamic": "strict", "properties": {
            "id": {"type": "long"},
            "eventId": keyword, "accountId": keyword, "userId": keyword,
            "eventType": keyword, "signalType": keyword,
            "signalScore": {"type": "float"},
            "timestamp": {"type": "date"}, "processedAt": {"type": "date"},
            // Kept, and not searched in: every client's metadata looks different.
            "metadata": {"type": "object", "enabled": false},
        }});
        let body = json!({"mappings": mappings}).to_string();
        match self.ask(Method::PUT, &self.index, body).await {
            // It is there already, whoever made it.
            Err(SearchError::Status(StatusCode::BAD_REQUEST)) | Ok(_) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Signals whose account, user or types are what `words` ask for; `*` ends a prefix.
    pub(crate) async fn find(
        &self,
        words: &str,
        from: i64,
        size: i64,
    ) -> Result<Hits, SearchError> {
        let query = json!({"simple_query_string": {
            "query": words,
            "fields": ["accountId", "userId", "eventType", "signalType", "eventId"],
            "default_operator": "and",
            "lenient": true,
        }});
        let sort = json!([{"processedAt": "desc"}, {"id": "desc"}]);
        let body = json!({"query": query, "from": from, "size": size, "sort": sort,
            "track_total_hits": true});
        let path = format!(
            "{}/_search?filter_path=hits.total.value,hits.hits._source",
            self.index
        );
        let found = self.ask(Method::POST, &path, body.to_string()).await?;
        let hits = found.pointer("/hits/hits").and_then(Value::as_array);
        let total = found.pointer("/hits/total/value").and_then(Value::as_u64);
        Ok(Hits {
            total: total.unwrap_or_default(),
            signals: hits
                .into_iter()
                .flatten()
                .filter_map(|hit| hit.get("_source").cloned())
                .collect(),
        })
    }

    /// Whether it is left alone now, so that one that hangs does not hold up the jobs.
    fn rests(&self) -> bool {
        let rests = self.rests.lock().unwrap_or_else(PoisonError::into_inner);
        rests.is_some_and(|until| until > Instant::now())
    }

    fn rest(&self) {
        let mut rests = self.rests.lock().unwrap_or_else(PoisonError::into_inner);
        *rests = Some(Instant::now() + REST);
    }

    async fn ask(&self, method: Method, path: &str, body: String) -> Result<Value, SearchError> {
        let away = |error: reqwest::Error| SearchError::Away(cause(&error.without_url()));
        let request = self
            .client
            .request(method, format!("{}/{path}", self.url))
            .header("content-type", "application/x-ndjson")
            .body(body);
        let response = request.send().await.map_err(away)?;
        let status = response.status();
        if !status.is_success() {
            return Err(SearchError::Status(status));
        }
        let body = response.bytes().await.map_err(away)?;
        Ok(serde_json::from_slice(&body)?)
    }
}

/// The innermost cause: the outer ones only say that a request failed.
fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
