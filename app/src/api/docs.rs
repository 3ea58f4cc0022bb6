//! The description of the interface, for programs as OpenAPI and for people as a page.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, HeaderName, header};
use axum::routing::get;

use super::{describe, page};

/// The page, or the document for who asks for JSON or for nothing in particular.
pub(super) const PAGE: &str = "/api/docs";
/// Where the document is, by its name and by the original's.
pub(super) const DOCUMENTS: [&str; 2] = ["/api/docs/openapi.json", "/api/docs-json"];

/// The page has nothing to load, and so may load nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

type Answer = ([(HeaderName, &'static str); 3], String);

/// Serves the description of an API below `prefix`.
pub(super) fn router(prefix: &str) -> Router {
    let document: Arc<str> = describe::openapi(prefix).into();
    let page = page::page(&serde_json::from_str(&document).expect("it is what was just written"));
    let page: Arc<str> = page.into();
    let mut router = Router::new();
    for path in DOCUMENTS {
        let document = Arc::clone(&document);
        router = router.route(path, get(async move || json(&document)));
    }
    let answer = async move |headers: HeaderMap| {
        if wants_page(&headers) {
            html(&page)
        } else {
            json(&document)
        }
    };
    router.route(PAGE, get(answer))
}

fn json(document: &str) -> Answer {
    answer("application/json", document)
}

fn html(page: &str) -> Answer {
    answer("text/html; charset=utf-8", page)
}

fn answer(kind: &'static str, body: &str) -> Answer {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::VARY, "accept"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, body.to_owned())
}

/// Browsers name HTML; programs name JSON, or anything at all.
fn wants_page(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    let accepted: Vec<&str> = accepted.filter_map(|value| value.to_str().ok()).collect();
    let accepted = accepted.join(",");
    let html = quality(&accepted, "text/html");
    html > 0.0 && html >= quality(&accepted, "application/json")
}

/// How much a kind is wanted, from 0 to 1; 0 when it is not named.
fn quality(accepted: &str, kind: &str) -> f64 {
    let ranges = accepted.split(',').map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let quality = parts.find_map(|part| part.strip_prefix("q=")?.parse().ok());
        (name, quality.unwrap_or(1.0))
    });
    let mut named = ranges.filter(|(name, _)| name.eq_ignore_ascii_case(kind));
    named.next().map_or(0.0, |(_, quality)| quality)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_names_html_gets_the_page() {
        let wants = |accept: &str| {
            let headers = [(header::ACCEPT, accept.parse().unwrap())];
            wants_page(&headers.into_iter().collect())
        };
        assert!(wants(
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        ));
        assert!(wants("application/json;q=0.5, Text/HTML"));
        for program in [
            "*/*",
            "application/json",
            "application/json, text/html;q=0.9",
            "text/html;q=0",
        ] {
            assert!(!wants(program), "{program}");
        }
        assert!(!wants_page(&HeaderMap::new()));
    }
}
