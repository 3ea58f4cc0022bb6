//! Requests, and the events that most of them carry.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// A client of one process.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    pub(crate) base: String,
}

/// A status, headers, and a body that is JSON or text.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// The names of the fields that a problem is about.
    pub(crate) fn fields(&self) -> Vec<String> {
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let errors = self.json()["errors"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let fields = errors.iter().map(|error| error["field"].as_str());
        fields.map(|field| field.unwrap().to_owned()).collect()
    }
}

impl Client {
    pub(crate) fn new(port: u16) -> Self {
        Self::at(&format!("http://127.0.0.1:{port}"))
    }

    pub(crate) fn at(base: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut http = reqwest::Client::builder().timeout(Duration::from_secs(20));
        if base.starts_with("http://") {
            http = http.tls_certs_only([]);
        }
        Self {
            http: http.build().expect("it needs no more"),
            base: base.to_owned(),
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).body(body.to_string());
        self.send(request).await.unwrap()
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Answer, reqwest::Error> {
        let response = request.send().await?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await?,
        })
    }

    /// Sends events `from..to` in batches, each again and again until it is accepted, as a client
    /// that must lose nothing does. Returns how many batches were not accepted at once.
    pub(crate) async fn deliver(&self, from: u32, to: u32) -> u32 {
        let mut again = 0;
        for first in (from..to).step_by(BATCH as usize) {
            let events: Vec<Value> = (first..to.min(first + BATCH)).map(named_event).collect();
            let body = json!({"events": events}).to_string();
            loop {
                let request = self.request(Method::POST, "/api/v1/events/batch");
                match self.send(request.body(body.clone())).await {
                    Ok(answer) if answer.status == 202 => break,
                    Ok(answer) => assert_eq!(answer.status, 503, "{answer:?}"),
                    Err(_) => {}
                }
                again += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        again
    }
}

/// Events of one request of [`Client::deliver`].
const BATCH: u32 = 20;

/// An event that is valid.
pub(crate) fn event() -> Value {
    json!({
        "accountId": "acc-1",
        "userId": "user-1",
        "eventType": "email_opened",
        "timestamp": "2025-12-22T09:00:00Z",
        "metadata": {"interactionCount": 5},
    })
}

/// One of many, each with an id of its own.
pub(crate) fn named_event(number: u32) -> Value {
    let mut event = event();
    event["eventId"] = json!(format!("event-{number}"));
    event["accountId"] = json!(format!("acc-{}", number % 100));
    event
}
