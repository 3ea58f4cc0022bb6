//! The index: made before the first document, because a search engine that is sent a document for an
//! index that is not there makes one with mappings of its own, in which names are not found as a whole.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Search, SearchError};

const THERE_ALREADY: &str = "resource_already_exists_exception";

impl Search {
    /// Makes the index, unless it is there. Asks the search engine until that has gone well once.
    pub(crate) async fn prepare(&self) -> Result<(), SearchError> {
        let mut prepared = self.prepared.lock().await;
        if *prepared {
            return Ok(());
        }
        // Whoever held the lock may just have found that nobody answers.
        self.awake()?;
        let body = json!({"mappings": mappings()}).to_string();
        match self.ask(Method::PUT, &self.index, body).await {
            Ok(_) => {}
            Err(SearchError::Status(_, complaint)) if complaint.kind == THERE_ALREADY => {}
            // Who may not make indexes finds the one that an administrator has made.
            Err(SearchError::Status(StatusCode::FORBIDDEN, _)) => {}
            Err(error) => {
                if matches!(error, SearchError::Away(_)) {
                    self.rest();
                }
                return Err(error);
            }
        }
        *prepared = true;
        Ok(())
    }

    /// The index is not there any more: it is to be made again.
    pub(super) async fn forget(&self) {
        *self.prepared.lock().await = false;
    }
}

fn mappings() -> Value {
    let keyword = json!({"type": "keyword"});
    json!({"dynamic": "strict", "properties": {
        "id": {"type": "long"},
        "eventId": keyword, "accountId": keyword, "userId": keyword,
        "eventType": keyword, "signalType": keyword,
        "signalScore": {"type": "float"},
        "timestamp": {"type": "date"}, "processedAt": {"type": "date"},
        // Kept, and not searched in: every client's metadata looks different.
        "metadata": {"type": "object", "enabled": false},
    }})
}
