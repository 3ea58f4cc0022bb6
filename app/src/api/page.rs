//! The description of the interface as a page for people: one file without scripts, fonts or other hosts,
//! made from the same document that programs read.

use std::fmt::Write;

use serde_json::{Map, Value};

const STYLE: &str = include_str!("page.css");
/// Where a schema's reference leads.
const SCHEMAS: &str = "#/components/schemas/";

/// The page of an OpenAPI document.
pub(super) fn page(document: &Value) -> String {
    let title = text(&document["info"]["title"]);
    let base = text(&document["servers"][0]["url"]);
    let mut body = String::new();
    let operations = operations(document);
    contents(&mut body, document, &operations);
    body.push_str("<main>");
    introduction(&mut body, document);
    for operation in &operations {
        section(&mut body, operation, base);
    }
    body.push_str("<h2>Shapes</h2>");
    for (name, schema) in entries(&document["components"]["schemas"]) {
        shape(&mut body, name, schema);
    }
    body.push_str("</main>");
    let title = escaped(title);
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} API</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <style>{STYLE}</style></head><body>{body}</body></html>\n"
    )
}

/// One method of one path.
struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    about: &'a Value,
}

impl Operation<'_> {
    /// Its name within the page.
    fn anchor(&self) -> String {
        let words = self.path.split(['/', '{', '}']);
        let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
        format!("{}-{}", self.method, words.join("-"))
    }
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = entries(&document["paths"]);
    let all = paths.flat_map(|(path, item)| {
        entries(item).map(move |(method, about)| Operation {
            method,
            path,
            about,
        })
    });
    all.collect()
}

fn contents(out: &mut String, document: &Value, operations: &[Operation<'_>]) {
    out.push_str("<nav><h2>Requests</h2><ul>");
    for operation in operations {
        let anchor = operation.anchor();
        let (method, path) = (operation.method.to_uppercase(), escaped(operation.path));
        let _ = write!(
            out,
            "<li><a href=\"#{anchor}\"><b>{method}</b> {path}</a></li>"
        );
    }
    out.push_str("</ul><h2>Shapes</h2><ul>");
    for (name, _) in entries(&document["components"]["schemas"]) {
        let _ = write!(out, "<li>{}</li>", link(name));
    }
    out.push_str("</ul></nav>");
}

fn introduction(out: &mut String, document: &Value) {
    let info = &document["info"];
    let (title, about) = (
        escaped(text(&info["title"])),
        prose(text(&info["description"])),
    );
    let version = escaped(text(&info["version"]));
    let base = escaped(text(&document["servers"][0]["url"]));
    let _ = write!(
        out,
        "<h1>{title} <small>{version}</small></h1><p>{about}</p>\
         <p>Paths are below <code>{base}</code>. Programs read the same as \
         <a href=\"/api/docs/openapi.json\">OpenAPI</a>.</p>"
    );
    for (_, scheme) in entries(&document["components"]["securitySchemes"]) {
        let _ = write!(out, "<p>{}</p>", prose(text(&scheme["description"])));
    }
}

fn section(out: &mut String, operation: &Operation<'_>, base: &str) {
    let about = operation.about;
    let (anchor, method) = (operation.anchor(), operation.method.to_uppercase());
    let (path, summary) = (escaped(operation.path), prose(text(&about["summary"])));
    let _ = write!(
        out,
        "<section id=\"{anchor}\"><h3><b>{method}</b> {path}</h3><p>{summary}</p>"
    );
    parameters(out, &about["parameters"]);
    let body = &about["requestBody"]["content"];
    for (kind, content) in entries(body) {
        let (kind, shape) = (escaped(kind), shown(&content["schema"]));
        let _ = write!(out, "<h4>Body</h4><p><code>{kind}</code>: {shape}</p>");
    }
    out.push_str("<h4>Answers</h4>");
    table(out, &["status", "when", "body"], |out| {
        for (status, response) in entries(&about["responses"]) {
            answer(out, status, response);
        }
    });
    let _ = write!(
        out,
        "<pre>{}</pre></section>",
        escaped(&example(operation, base))
    );
}

fn parameters(out: &mut String, parameters: &Value) {
    let Some(parameters) = parameters.as_array() else {
        return;
    };
    out.push_str("<h4>Parameters</h4>");
    table(out, &["name", "in", "value", "meaning"], |out| {
        for parameter in parameters {
            let name = name(text(&parameter["name"]), parameter["required"] == true);
            let place = escaped(text(&parameter["in"]));
            let (kind, about) = (
                shown(&parameter["schema"]),
                prose(text(&parameter["description"])),
            );
            row(out, &[&name, &place, &kind, &about]);
        }
    });
}

fn answer(out: &mut String, status: &str, response: &Value) {
    let status = if status == "default" { "other" } else { status };
    let shapes = entries(&response["content"]).map(|(_, content)| shown(&content["schema"]));
    let shapes: Vec<_> = shapes.collect();
    let when = prose(text(&response["description"]));
    row(out, &[&escaped(status), &when, &shapes.join(" or ")]);
}

/// A command that makes the request.
fn example(operation: &Operation<'_>, base: &str) -> String {
    let path = operation.path;
    let mut command = format!("curl \"$SSPP{base}{path}\"");
    for (kind, content) in entries(&operation.about["requestBody"]["content"]) {
        let body = &content["example"];
        let _ = write!(
            command,
            " \\\n  --header 'content-type: {kind}' \\\n  --data '{body}'"
        );
    }
    command
}

fn shape(out: &mut String, name: &str, schema: &Value) {
    let (anchor, about) = (escaped(name), prose(text(&schema["description"])));
    let _ = write!(
        out,
        "<section id=\"shape-{anchor}\"><h3>{anchor}</h3><p>{about}</p>"
    );
    table(out, &["field", "value", "meaning"], |out| {
        fields(out, schema);
    });
    out.push_str("</section>");
}

fn fields(out: &mut String, schema: &Value) {
    for part in schema["allOf"].as_array().into_iter().flatten() {
        if part.get("$ref").is_some() {
            row(out, &["all of", &shown(part), ""]);
        }
        fields(out, part);
    }
    let required = schema["required"].as_array();
    for (field, kind) in entries(&schema["properties"]) {
        let required = required.is_some_and(|all| all.iter().any(|one| one == field));
        let about = prose(text(&kind["description"]));
        row(out, &[&name(field, required), &shown(kind), &about]);
    }
}

/// A schema in a few words.
fn shown(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str() {
        return link(name.strip_prefix(SCHEMAS).unwrap_or(name));
    }
    if let Some(values) = schema["enum"].as_array() {
        let values = values.iter().map(|value| code(text(value)));
        return values.collect::<Vec<_>>().join(", ");
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        if let Some(parts) = schema[choice].as_array() {
            let parts: Vec<_> = parts.iter().map(shown).collect();
            return parts.join(if choice == "allOf" { " and " } else { " or " });
        }
    }
    let types: Vec<_> = match &schema["type"] {
        Value::Array(types) => types.iter().map(|kind| typed(text(kind), schema)).collect(),
        kind => vec![typed(text(kind), schema)],
    };
    let mut words = types.join(" or ");
    words.push_str(&bounds(schema));
    words
}

fn typed(kind: &str, schema: &Value) -> String {
    match (kind, schema["format"].as_str()) {
        ("array", _) => format!("list of {}", shown(&schema["items"])),
        ("object", _) if schema.get("properties").is_some() => {
            let names = entries(&schema["properties"]).map(|(name, _)| code(name));
            format!("object of {}", names.collect::<Vec<_>>().join(", "))
        }
        ("string", Some(format)) => escaped(format),
        ("", _) => "anything".to_owned(),
        (kind, _) => escaped(kind),
    }
}

fn bounds(schema: &Value) -> String {
    let limits = [
        ("minLength", "at least", "characters"),
        ("maxLength", "at most", "characters"),
        ("minimum", "at least", ""),
        ("maximum", "at most", ""),
    ];
    let limits = limits.iter().filter_map(|(key, words, unit)| {
        let limit = schema.get(*key)?;
        Some(format!(", {words} {limit} {unit}").trim_end().to_owned())
    });
    let mut all: String = limits.collect();
    if let Some(default) = schema.get("default") {
        let _ = write!(all, ", otherwise {}", code(&default.to_string()));
    }
    all
}

fn name(name: &str, required: bool) -> String {
    let mark = if required { " <em>required</em>" } else { "" };
    format!("{}{mark}", code(name))
}

fn link(schema: &str) -> String {
    let schema = escaped(schema);
    format!("<a href=\"#shape-{schema}\">{schema}</a>")
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

fn table(out: &mut String, heads: &[&str], rows: impl FnOnce(&mut String)) {
    out.push_str("<table><thead><tr>");
    for head in heads {
        let _ = write!(out, "<th>{head}</th>");
    }
    out.push_str("</tr></thead><tbody>");
    rows(out);
    out.push_str("</tbody></table>");
}

/// The cells are HTML.
fn row(out: &mut String, cells: &[&str]) {
    out.push_str("<tr>");
    for cell in cells {
        let _ = write!(out, "<td>{cell}</td>");
    }
    out.push_str("</tr>");
}

/// Text with `code` between backticks.
fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(place, part)| match place % 2 {
        0 => escaped(part),
        _ => code(part),
    });
    parts.collect()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let entries = value.as_object().into_iter().flat_map(Map::iter);
    entries.map(|(name, value)| (name.as_str(), value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_document_says_is_text_and_never_markup() {
        let page = page(&json!({
            "info": {"title": "<b>", "description": "a `<i>` & \"b\""},
            "servers": [{"url": "/x"}],
            "paths": {"/a/{id}": {"get": {"summary": "<script>"}}},
            "components": {"schemas": {"S": {"properties": {"f": {"type": ["string", "null"], "maxLength": 3}}}}},
        }));
        for markup in ["<script>", "<i>", "<h1><b>"] {
            assert!(!page.contains(markup), "{page}");
        }
        assert!(page.contains("a <code>&lt;i&gt;</code> &amp; &quot;b&quot;"));
        assert!(page.contains("<section id=\"get-a-id\">"));
        assert!(page.contains("string or null, at most 3 characters"));
    }
}
