//! The suffix that tells one content of a generated object from another.
//!
//! SHA-256 of the object's kind and data as JSON, as `api/hasher` of kustomize computes it: the first ten digits, with
//! letters in the place of those that could spell words. The name has its place in the JSON, and is empty there: kustomize
//! looks for a field called `metadata/name`.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::object::Object;
use crate::{Content, Json, Value, json};

/// The suffix of an object.
pub(crate) fn suffix(object: &Object<'_>) -> String {
    let value = &object.value;
    let mut fields: Vec<(&str, Option<&Value<'_>>)> = vec![("data", value.get("data"))];
    let extra = if object.kind() == "Secret" {
        "stringData"
    } else {
        "binaryData"
    };
    if let Some(map) = value.get(extra).filter(|map| map.is_map()) {
        fields.push((extra, Some(map)));
    }
    fields.push(("name", None));
    if object.kind() == "Secret" {
        fields.push(("type", value.get("type")));
    }
    let mut text = String::from("{");
    let kind = ("kind", None);
    let mut all: Vec<_> = fields.into_iter().chain([kind]).collect();
    all.sort_by_key(|(name, _)| *name);
    for (at, (name, value)) in all.into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        quote(&mut text, name);
        text.push(':');
        match (name, value) {
            ("kind", _) => quote(&mut text, object.kind()),
            // What is not there counts as an empty text.
            (_, None) => text.push_str("\"\""),
            (_, Some(value)) => write(&mut text, value),
        }
    }
    text.push('}');
    encode(&Sha256::digest(text.as_bytes()))
}

fn encode(digest: &[u8]) -> String {
    let mut hex = String::with_capacity(10);
    for byte in &digest[..5] {
        let _ = write!(hex, "{byte:02x}");
    }
    let letter = |c| match c {
        '0' => 'g',
        '1' => 'h',
        '3' => 'k',
        'a' => 'm',
        'e' => 't',
        other => other,
    };
    hex.chars().map(letter).collect()
}

fn write(text: &mut String, value: &Value<'_>) {
    match &value.content {
        Content::Scalar(scalar) => match json(scalar) {
            Json::Null => text.push_str("null"),
            Json::Bool(value) => text.push_str(if value { "true" } else { "false" }),
            Json::Int(value) => text.push_str(&value.to_string()),
            Json::Float(value) => text.push_str(&value.to_string()),
            Json::Str(value) => quote(text, &value),
        },
        Content::List(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write(text, item);
            }
            text.push(']');
        }
        Content::Map(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_by(|a, b| a.key.cmp(&b.key));
            text.push('{');
            for (at, entry) in sorted.into_iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                quote(text, &entry.key);
                text.push(':');
                write(text, &entry.value);
            }
            text.push('}');
        }
    }
}

/// A text as `encoding/json` of Go quotes it.
fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}
