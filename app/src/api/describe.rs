//! The versioned endpoints, and their description as OpenAPI, from one list.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderName, header};
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::server::Server;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Api, events, jobs, signals};

#[derive(OpenApi)]
#[openapi(info(
    title = "SSPP",
    description = "Takes sales events in and answers questions about the signals in them."
))]
struct Description;

/// Paths are below the prefix.
pub(super) fn versioned() -> (Router<Arc<Api>>, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(events::accept))
        .routes(routes!(events::accept_batch))
        .routes(routes!(signals::list))
        .routes(routes!(signals::stats))
        .routes(routes!(signals::search))
        .routes(routes!(signals::one))
        .routes(routes!(jobs::stats))
        .routes(routes!(jobs::recent))
        .routes(routes!(jobs::one))
        .split_for_parts()
}

/// The description of an API below `prefix`, as JSON.
pub(crate) fn openapi(prefix: &str) -> String {
    let (_, mut description) = versioned();
    description.servers = Some(vec![Server::new(prefix)]);
    let json = description.to_pretty_json();
    format!("{}\n", json.expect("a description has only text for keys"))
}

/// What `/api/docs` answers.
pub(super) fn answer(prefix: &str) -> ([(HeaderName, &'static str); 1], String) {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kind, openapi(prefix))
}

/// An endpoint as the contract names it.
pub(crate) struct Endpoint {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) about: String,
}

/// Every versioned endpoint, in the order of their paths.
pub(crate) fn endpoints() -> Vec<Endpoint> {
    let (_, description) = versioned();
    let paths = description.paths.paths.into_iter();
    let all = paths.flat_map(|(path, item)| {
        let methods = methods(item);
        methods.map(move |(method, operation)| Endpoint {
            method,
            path: path.clone(),
            about: operation.summary.unwrap_or_default(),
        })
    });
    all.collect()
}

fn methods(item: PathItem) -> impl Iterator<Item = (&'static str, Operation)> {
    let methods = [("GET", item.get), ("POST", item.post)];
    methods
        .into_iter()
        .filter_map(|(method, operation)| Some((method, operation?)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_file_is_what_is_served() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
        let file = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            file == super::openapi("/api/v1"),
            "write it anew: cargo run -p sspp -- openapi > app/openapi.json"
        );
    }
}
