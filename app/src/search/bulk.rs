//! Many documents in one request, each of which can fail for itself.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Complaint, Search, SearchError};
use crate::store::StoredSignal;

/// How often a document is sent in all before it is left to the sweeper.
const TRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Proxies and hosted search engines take no more than about twice as much in one request.
const BYTES: usize = 5 << 20;
/// Keeps the answer short: of what went well only the status.
const SHOWN: &str = "filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason";
/// Says 400, as if the document were at fault.
const CLOSED: &str = "index_closed_exception";

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

    /// One outcome for each document, in their order.
    async fn send(&self, documents: &[&StoredSignal]) -> Vec<Outcome> {
        let lines: Vec<String> = documents.iter().map(|document| lines(document)).collect();
        let mut outcomes = Vec::with_capacity(lines.len());
        let mut open = parts(&lines);
        open.reverse();
        while let Some(part) = open.pop() {
            let answer = match self.prepare().await {
                Ok(()) => self.post(part).await,
                // A name that no index can have, say, and no document is at fault.
                Err(error) => {
                    let owed = Outcome::Owed(error.to_string());
                    outcomes.extend(std::iter::repeat_n(owed, part.len()));
                    continue;
                }
            };
            match answer {
                Ok(answer) => outcomes.extend(items(&answer, part.len())),
                // One document can be why all are turned away: halves find it in a few steps.
                Err(SearchError::Status(status, _)) if of_documents(status) && part.len() > 1 => {
                    let (one, other) = part.split_at(part.len() / 2);
                    open.extend([other, one]);
                }
                Err(error) => {
                    let outcome = match &error {
                        SearchError::Status(status, _) if of_documents(*status) => {
                            Outcome::Refused(error.to_string())
                        }
                        _ => Outcome::Owed(error.to_string()),
                    };
                    outcomes.extend(std::iter::repeat_n(outcome, part.len()));
                }
            }
        }
        outcomes
    }

    async fn post(&self, lines: &[String]) -> Result<Value, SearchError> {
        self.awake()?;
        let path = format!("{}/_bulk?{SHOWN}", self.index);
        let answer = self.ask(Method::POST, &path, lines.concat()).await;
        match &answer {
            Ok(answer) if lacks_index(answer) => self.forget().await,
            Err(SearchError::Status(StatusCode::NOT_FOUND, _)) => self.forget().await,
            Err(SearchError::Away(_)) => self.rest(),
            _ => {}
        }
        answer
    }
}

fn lines(document: &StoredSignal) -> String {
    let action = json!({"index": {"_id": document.event_id}});
    let source = serde_json::to_string(document).expect("a signal has only text for keys");
    format!("{action}\n{source}\n")
}

/// Requests of at most [`BYTES`], or of one document.
fn parts(mut lines: &[String]) -> Vec<&[String]> {
    let mut parts = Vec::new();
    while !lines.is_empty() {
        let mut bytes = 0;
        let fit = lines.iter().take_while(|line| {
            bytes += line.len();
            bytes <= BYTES
        });
        let (part, rest) = lines.split_at(fit.count().max(1));
        parts.push(part);
        lines = rest;
    }
    parts
}

/// Whether a request that is answered so has a document in it that is at fault.
fn of_documents(status: StatusCode) -> bool {
    status == StatusCode::BAD_REQUEST || status == StatusCode::PAYLOAD_TOO_LARGE
}

fn lacks_index(answer: &Value) -> bool {
    let items = answer.get("items").and_then(Value::as_array);
    let mut items = items.into_iter().flatten();
    items.any(|item| {
        item.pointer("/index/error/type") == Some(&Value::from("index_not_found_exception"))
    })
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
    let status = action.get("status").and_then(Value::as_u64);
    if status.is_some_and(|status| (200..300).contains(&status)) {
        return Outcome::Indexed;
    }
    let complaint = Complaint::of(action.get("error").unwrap_or(&Value::Null));
    // A full disk, a lost right, a missing or closed index: all that can be put right without the
    // document. Only what is wrong with the document itself stays wrong.
    if status == Some(400) && complaint.kind != CLOSED {
        Outcome::Refused(complaint.to_string())
    } else {
        Outcome::Owed(complaint.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_the_documents_fault_is_owed() {
        for (status, kind) in [
            (401, "security_exception"),
            (403, "cluster_block_exception"),
            (404, "index_not_found_exception"),
            (429, "cluster_block_exception"),
            (400, "index_closed_exception"),
            (503, "unavailable_shards_exception"),
        ] {
            let answer =
                json!({"index": {"status": status, "error": {"type": kind, "reason": ""}}});
            assert_eq!(item(&answer), Outcome::Owed(format!("{kind}: ")));
        }
        assert_eq!(
            item(&json!({})),
            Outcome::Owed("without a reason".to_owned())
        );
    }

    #[test]
    fn requests_are_cut_by_bytes_and_hold_at_least_one_document() {
        let line = |bytes: usize| "x".repeat(bytes);
        let lines = [line(BYTES + 1), line(BYTES / 2), line(BYTES / 2), line(1)];
        let sizes: Vec<usize> = parts(&lines).iter().map(|part| part.len()).collect();
        assert_eq!(sizes, [1, 2, 1]);
        assert!(parts(&[]).is_empty());
    }

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
