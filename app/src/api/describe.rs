//! The versioned endpoints, and their description as OpenAPI, from one list.

use std::sync::Arc;

use axum::Router;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::server::Server;
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Api, docs, events, jobs, signals};

#[derive(OpenApi)]
#[openapi(info(
    title = "SSPP",
    description = "Takes sales events in and answers questions about the signals in them."
), modifiers(&Token))]
struct Description;

/// That a token may be asked for; whether it is depends on the settings.
struct Token;

impl Modify for Token {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let mut token = Http::new(HttpAuthScheme::Bearer);
        token.description = Some("Where `API_TOKEN` is set, every request needs the header `Authorization: Bearer TOKEN`.".to_owned());
        let components = description.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(token));
        let none: [&str; 0] = [];
        let either = [
            SecurityRequirement::default(),
            SecurityRequirement::new("token", none),
        ];
        description.security = Some(either.to_vec());
    }
}

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

/// An endpoint as the contract names it.
pub(crate) struct Endpoint {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) about: String,
}

/// Where the description itself is.
pub(crate) fn documents() -> impl Iterator<Item = (&'static str, &'static str)> {
    let documents = docs::DOCUMENTS.map(|path| (path, "this interface as OpenAPI"));
    let page = (
        docs::PAGE,
        "this interface as a page, or as OpenAPI for who asks for JSON",
    );
    std::iter::once(page).chain(documents)
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
