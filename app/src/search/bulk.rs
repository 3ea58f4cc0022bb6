//! Many documents in one request, each of which can fail for itself.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Search, SearchError};
use crate::store::StoredSignal;

/// How often a document is sent in all before it is left to the sweeper.
const TRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// What became of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Indexed,
    /// Not yet: the search engine is away or has too much to do.
    Owed(String),
    /// Never: the search engine says that the document is wrong.
    Refused(String),
}

impl Search {
    /// Indexes `signals`, and says of each what became of it. Only what may go well is sent again.
    pub(crate) async fn index(&self, signals: &[StoredSignal]) -> Vec<Outcome> {
        let mut outcomes = vec![Outcome::Owed(String::new()); signals.len()];
        let mut open: Vec<usize> = (0..signals.len()).collect();
        let mut pause = FIRST_PAUSE;
        for attempt in 1..=TRIES {
            let documents: Vec<&StoredSignal> = open.iter().map(|&at| &signals[at]).collect();
            let answers = self.send(&documents).await;
            for (&at, answer) in open.iter().zip(answers) {
                outcomes[at] = answer;
            }
            open.retain(|&at| matches!(outcomes[at], Outcome::Owed(_)));
            if open.is_empty() || attempt == TRIES || self.rests() {
                break;
            }
            tokio::time::sleep(pause.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
            pause *= 2;
        }
        outcomes
    }

    async fn send(&self, documents: &[&StoredSignal]) -> Vec<Outcome> {
        let all = |outcome: Outcome| vec![outcome; documents.len()];
        if self.rests() {
            return all(Outcome::Owed("the search engine did not answer".to_owned()));
        }
        let mut body = String::new();
        for document in documents {
            let action = json!({"index": {"_id": document.event_id}});
            let source = serde_json::to_string(document).expect("a signal has only text for keys");
            body.push_str(&format!("{action}\n{source}\n"));
        }
        let path = format!(
            "{}/_bulk?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason",
            self.index
        );
        match self.ask(Method::POST, &path, body).await {
            Ok(answer) => items(&answer, documents.len()),
            Err(SearchError::Status(status)) if !again(status) => {
                all(Outcome::Refused(status.to_string()))
            }
            Err(error) => {
                if matches!(error, SearchError::Away(_)) {
                    self.rest();
                }
                all(Outcome::Owed(error.to_string()))
            }
        }
    }
}

/// An answer that names fewer items than were sent leaves the rest to be sent again.
fn items(answer: &Value, count: usize) -> Vec<Outcome> {
    if answer.get("errors") == Some(&Value::Bool(false)) {
        return vec![Outcome::Indexed; count];
    }
    let items = answer.get("items").and_then(Value::as_array);
    let mut outcomes: Vec<Outcome> = items.into_iter().flatten().map(item).collect();
    outcomes.resize(
        count,
        Outcome::Owed("the answer does not name it".to_owned()),
    );
    outcomes
}

fn item(item: &Value) -> Outcome {
    let action = item.get("index").unwrap_or(&Value::Null);
    let status = action.get("status").and_then(Value::as_u64).unwrap_or(500);
    let status = u16::try_from(status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let part = |name: &str| {
        let text = action.pointer(&format!("/error/{name}"));
        text.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let reason = format!("{}: {}", part("type"), part("reason"));
    if status.is_success() {
        Outcome::Indexed
    } else if again(status) {
        Outcome::Owed(reason)
    } else {
        Outcome::Refused(reason)
    }
}

/// Whether the same request may go well another time.
fn again(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_item_is_judged_by_its_own_status() {
        let answer = json!({"errors": true, "items": [
            {"index": {"status": 201}},
            {"index": {"status": 400, "error": {"type": "mapper_parsing_exception", "reason": "no"}}},
            {"index": {"status": 429, "error": {"type": "rejected_execution_exception", "reason": "full"}}},
        ]});
        assert_eq!(
            items(&answer, 4),
            [
                Outcome::Indexed,
                Outcome::Refused("mapper_parsing_exception: no".to_owned()),
                Outcome::Owed("rejected_execution_exception: full".to_owned()),
                Outcome::Owed("the answer does not name it".to_owned()),
            ]
        );
    }
}
