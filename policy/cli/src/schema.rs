//! JSON Schemas, from the registry.

use plimsoll_check::config::{FactValue, Facts, KEYS};
use plimsoll_check::rules::RULES;
use serde_json::{Map, Value, json};

/// The schema of `--format json`, version 1.
pub(crate) const REPORT: &str = include_str!("../../../docs/schemas/report-v1.json");

/// The schema of `.plimsoll.yaml`.
pub(crate) fn config() -> String {
    let properties: Map<String, Value> = KEYS
        .iter()
        .map(|(name, docs)| ((*name).to_owned(), described(property(name), docs)))
        .collect();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": concat!(env!("CARGO_PKG_REPOSITORY"), "/docs/schemas/config-v1.json"),
        "title": "Configuration of Plimsoll",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    });
    format!("{schema:#}\n")
}

fn described(mut schema: Value, docs: &str) -> Value {
    schema["description"] = docs.into();
    schema
}

fn property(name: &str) -> Value {
    let texts = json!({"type": "array", "items": {"type": "string"}});
    match name {
        "version" => json!({"const": 1}),
        "kubernetes" => json!({"type": ["string", "number"], "pattern": r"^v?\d+\.\d+"}),
        "rules" => rules(),
        "environments" => {
            json!({"type": "object", "additionalProperties": object(&json!({"paths": texts, "roots": texts, "namespaces": texts, "rules": rules()}), &[])})
        }
        "facts" => facts(),
        "exemptions" => json!({"type": "array", "items": exemption()}),
        "external" => json!({"type": "array", "items": resource()}),
        "podTemplates" => {
            let entry =
                json!({"group": {"type": "string"}, "kind": {"type": "string"}, "paths": texts});
            json!({"type": "array", "items": object(&entry, &["kind"])})
        }
        "ignore" => texts,
        "inlineExemptions" => json!({"type": "boolean"}),
        _ => json!({}),
    }
}

fn object(properties: &Value, required: &[&str]) -> Value {
    json!({"type": "object", "additionalProperties": false, "properties": properties, "required": required})
}

fn rules() -> Value {
    let level = json!({"enum": ["off", "on", "error", "warning", "info", true, false]});
    let properties: Map<String, Value> = RULES
        .iter()
        .map(|rule| (rule.id.to_owned(), described(level.clone(), rule.summary)))
        .collect();
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}

fn facts() -> Value {
    let properties = Facts::FIELDS.iter().map(|field| {
        let schema = match &field.default {
            FactValue::Int(default) => json!({"type": "integer", "minimum": 0, "default": default}),
            FactValue::List(default) => {
                json!({"type": "array", "items": {"type": "string"}, "default": default})
            }
        };
        (field.name.to_owned(), described(schema, field.docs.trim()))
    });
    let properties: Map<String, Value> = properties.collect();
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}

fn resource() -> Value {
    object(
        &json!({"kind": {"type": "string"}, "namespace": {"type": "string"}, "name": {"type": "string"}}),
        &[],
    )
}

fn exemption() -> Value {
    let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    let properties = json!({
        "rule": {"enum": ids},
        "resource": resource(),
        "path": {"type": "string"},
        "reason": {"type": "string", "minLength": 1},
        "owner": {"type": "string"},
        "expires": {"type": "string", "format": "date"},
    });
    object(&properties, &["rule", "reason"])
}
