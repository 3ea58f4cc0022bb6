//! The search engine, OpenSearch or Elasticsearch: an index of the signals, made from PostgreSQL's truth.

mod bulk;
mod prepare;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::redirect::Policy;
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
        "ELASTICSEARCH_URL is https, and there are no certificates to trust: {0}; install the \
         system's (ca-certificates), or name a file of them in PEM with SSL_CERT_FILE"
    )]
    Client(String),
    /// It could not be reached, or did not answer in time.
    #[error("the search engine does not answer: {0}")]
    Away(String),
    #[error("the search engine answers {0}, {1}")]
    Status(StatusCode, Complaint),
    #[error("the search engine's answer cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
}

/// What the search engine says beside the status: `TYPE: REASON`, empty when it says nothing.
#[derive(Debug, Default)]
pub(crate) struct Complaint {
    kind: String,
    reason: String,
}

impl Complaint {
    /// Of an answer's body, which a proxy may have written.
    fn read(body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        Self::of(body.get("error").unwrap_or(&Value::Null))
    }

    fn of(error: &Value) -> Self {
        let part = |name: &str| {
            let text = error.get(name).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        Self {
            kind: part("type"),
            reason: part("reason"),
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind.is_empty() {
            return f.write_str("without a reason");
        }
        write!(f, "{}: {}", self.kind, self.reason)
    }
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
    /// Whether the index is there, with our mappings.
    prepared: Arc<tokio::sync::Mutex<bool>>,
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
        let mut client = Client::builder()
            .timeout(ANSWER_TIME)
            .connect_timeout(CONNECT_TIME)
            // Whoever is sent elsewhere would take the password along.
            .redirect(Policy::none());
        if settings.url.starts_with("http://") {
            // Nothing is encrypted, so no certificates are looked for, and none need be there.
            client = client.tls_certs_only([]);
        }
        let client = client.build();
        let client = client.map_err(|error| SearchError::Client(cause(&error)))?;
        Ok(Self {
            client,
            url: settings.url.trim_end_matches('/').to_owned(),
            index: settings.index.clone(),
            rests: Arc::default(),
            prepared: Arc::default(),
        })
    }

    /// Whether it answers and its cluster is not red.
    pub(crate) async fn ping(&self) -> Result<(), SearchError> {
        let path = "_cluster/health?filter_path=status";
        let health = self.ask(Method::GET, path, String::new()).await?;
        if health.get("status") == Some(&json!("red")) {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            return Err(SearchError::Status(status, Complaint::default()));
        }
        Ok(())
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

    fn awake(&self) -> Result<(), SearchError> {
        if self.rests() {
            return Err(SearchError::Away("it did not a moment ago".to_owned()));
        }
        Ok(())
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
        let body = response.bytes().await.map_err(away)?;
        if !status.is_success() {
            return Err(SearchError::Status(status, Complaint::read(&body)));
        }
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
