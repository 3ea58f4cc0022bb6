//! What a search engine answers to what SSPP asks of it. The double is held to the same answers as the
//! real one, so that what is tried on the double holds for both.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Search;

const BULK: &str =
    "_bulk?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason";
const FIND: &str = "_search?filter_path=hits.total.value,hits.hits._source";

fn mappings() -> String {
    let keyword = json!({"type": "keyword"});
    let properties = json!({
        "id": {"type": "long"}, "accountId": keyword, "signalScore": {"type": "float"},
        "timestamp": {"type": "date"}, "metadata": {"type": "object", "enabled": false},
    });
    json!({"mappings": {"dynamic": "strict", "properties": properties}}).to_string()
}

fn document(id: i64) -> Value {
    json!({
        "id": id, "accountId": format!("acc-{id}"), "signalScore": 0.45,
        "timestamp": "2025-12-22T09:00:00.000Z", "metadata": {"any": [{"thing": 1}]},
    })
}

fn lines(documents: &[(&str, Value)]) -> String {
    let lines = documents.iter().map(|(id, document)| {
        let action = json!({"index": {"_id": id}});
        format!("{action}\n{document}\n")
    });
    lines.collect()
}

impl Search {
    async fn put(&self, path: &str, body: String) -> (u16, Value) {
        self.request(Method::PUT, path, Some(body)).await
    }

    /// What became of each document: its status, and what kind of error.
    async fn bulk(&self, documents: &[(&str, Value)]) -> Vec<(u64, String)> {
        let body = lines(documents);
        let (status, answer) = self.request(Method::POST, BULK, Some(body)).await;
        assert_eq!(status, 200, "{answer}");
        let items = answer["items"].as_array().unwrap();
        let outcomes = items.iter().map(|item| {
            let error = &item["index"]["error"];
            assert_eq!(error.is_null(), error["reason"].is_null(), "{item}");
            let kind = error["type"].as_str().unwrap_or_default();
            (item["index"]["status"].as_u64().unwrap(), kind.to_owned())
        });
        let outcomes: Vec<_> = outcomes.collect();
        let errors = outcomes.iter().any(|(_, kind)| !kind.is_empty());
        assert_eq!(answer["errors"], errors);
        outcomes
    }

    async fn found(&self, words: &str) -> Value {
        let query = json!({"simple_query_string": {"query": words, "fields": ["accountId"],
            "default_operator": "and", "lenient": true}});
        let body = json!({"query": query, "from": 0, "size": 20, "sort": [{"id": "desc"}],
            "track_total_hits": true});
        self.request(Method::POST, "_refresh", None).await;
        let body = Some(body.to_string());
        self.request(Method::POST, FIND, body).await.1
    }
}

fn with(mut document: Value, name: &str, value: Value) -> Value {
    document[name] = value;
    document
}

fn kinds(outcomes: &[(u64, String)]) -> Vec<(u64, &str)> {
    let outcomes = outcomes.iter();
    outcomes.map(|(status, kind)| (*status, &**kind)).collect()
}

#[tokio::test]
async fn each_document_is_judged_for_itself() {
    for search in Search::both().await {
        assert_eq!(search.put("", mappings()).await.0, 200);
        let outcomes = search
            .bulk(&[
                ("1", document(1)),
                ("2", with(document(2), "id", json!("two"))),
                ("3", with(document(3), "timestamp", json!("yesterday"))),
                ("4", with(document(4), "colour", json!("red"))),
                ("5", with(document(5), "signalScore", json!("high"))),
                ("6", with(document(6), "id", json!("6"))),
            ])
            .await;
        let wanted = [
            (201, ""),
            (400, "mapper_parsing_exception"),
            (400, "mapper_parsing_exception"),
            (400, "strict_dynamic_mapping_exception"),
            (400, "mapper_parsing_exception"),
            (201, ""),
        ];
        assert_eq!(kinds(&outcomes), wanted);
        assert_eq!(search.count().await, 2);
    }
}

#[tokio::test]
async fn a_document_that_comes_again_is_the_same_document() {
    for search in Search::both().await {
        assert_eq!(search.put("", mappings()).await.0, 200);
        let twice = [("1", document(1)), ("1", document(1))];
        let outcomes = search.bulk(&twice).await;
        assert_eq!(kinds(&outcomes), [(201, ""), (200, "")]);
        // From two workers at the same time, of which neither is told of a conflict.
        let (one, other) = tokio::join!(search.bulk(&twice), search.bulk(&twice));
        assert_eq!(kinds(&one), [(200, ""), (200, "")]);
        assert_eq!(kinds(&other), [(200, ""), (200, "")]);
        assert_eq!(search.count().await, 1);
        let found = search.found("acc-1").await;
        let hits = json!({"total": {"value": 1}, "hits": [{"_source": document(1)}]});
        assert_eq!(found, json!({"hits": hits}));
        let none = json!({"hits": {"total": {"value": 0}}});
        assert_eq!(search.found("acc-2").await, none);
    }
}

#[tokio::test]
async fn an_index_is_made_once_and_its_name_is_checked() {
    for mut search in Search::both().await {
        let (status, answer) = search
            .request(Method::POST, FIND, Some("{}".to_owned()))
            .await;
        assert_eq!(status, 404);
        assert_eq!(answer["error"]["type"], "index_not_found_exception");
        assert_eq!(search.put("", mappings()).await.0, 200);
        let (status, answer) = search.put("", mappings()).await;
        assert_eq!(status, 400);
        assert_eq!(answer["error"]["type"], "resource_already_exists_exception");
        search.index = "Signals".to_owned();
        let (status, answer) = search.put("", mappings()).await;
        assert_eq!(status, 400);
        assert_eq!(answer["error"]["type"], "invalid_index_name_exception");
        let path = "/_cluster/health?filter_path=status";
        let health = search.client.get(path).await.json();
        assert!(["green", "yellow"].contains(&health["status"].as_str().unwrap()));
    }
}

#[tokio::test]
async fn a_document_for_an_index_that_is_not_there_makes_one_that_takes_anything() {
    for search in Search::both().await {
        let anything = with(document(1), "colour", json!("red"));
        let outcomes = search.bulk(&[("1", anything)]).await;
        assert_eq!(kinds(&outcomes), [(201, "")]);
        assert_eq!(search.count().await, 1);
    }
}

#[tokio::test]
async fn a_blocked_index_turns_documents_away_and_takes_them_later() {
    // A full disk, and an administrator.
    let blocks = [
        ("index.blocks.read_only_allow_delete", 429),
        ("index.blocks.write", 403),
    ];
    for search in Search::both().await {
        assert_eq!(search.put("", mappings()).await.0, 200);
        for (block, status) in blocks {
            let body = json!({block: true}).to_string();
            assert_eq!(search.put("_settings", body).await.0, 200);
            let outcomes = search.bulk(&[("1", document(1))]).await;
            assert_eq!(kinds(&outcomes), [(status, "cluster_block_exception")]);
            let body = json!({block: null}).to_string();
            assert_eq!(search.put("_settings", body).await.0, 200);
        }
        let outcomes = search.bulk(&[("1", document(1))]).await;
        assert_eq!(kinds(&outcomes), [(201, "")]);
    }
}
