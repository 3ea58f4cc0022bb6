//! What the OpenAPI documents say, without what is said for people only.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::text;

/// All documents together.
#[derive(Debug, Default)]
pub(super) struct Api {
    /// Definitions by their full names.
    pub(super) definitions: BTreeMap<String, Definition>,
    /// The definition of each kind that the API server serves, by `apiVersion kind`.
    pub(super) kinds: BTreeMap<String, String>,
}

/// The fields of an object.
#[derive(Debug, Default)]
pub(super) struct Definition {
    pub(super) fields: BTreeMap<String, Field>,
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) shape: Shape,
    pub(super) required: bool,
    /// Where it is absent, the API server takes it for an empty object: a struct of Go, no pointer.
    pub(super) present: bool,
}

#[derive(Debug)]
pub(super) enum Shape {
    Plain(&'static str),
    Ref(String),
    List(Box<Shape>),
    Map(Box<Shape>),
}

/// Reads every document of a folder.
pub(super) fn read(folder: &Path) -> Result<Api, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    let mut api = Api::default();
    for path in paths {
        let document: Value = serde_json::from_str(&text(&path)?)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let schemas = document["components"]["schemas"].as_object();
        for (name, schema) in schemas.into_iter().flatten() {
            api.add(name, schema)?;
        }
    }
    Ok(api)
}

impl Api {
    fn add(&mut self, name: &str, schema: &Value) -> Result<(), String> {
        let required: BTreeSet<_> = strings(&schema["required"]).collect();
        let mut definition = Definition::default();
        for (field, of_field) in schema["properties"].as_object().into_iter().flatten() {
            let shape = shape(of_field).map_err(|fault| format!("{name}.{field}: {fault}"))?;
            let present = matches!(shape, Shape::Ref(_)) && of_field["default"].is_object();
            let required = required.contains(field.as_str());
            definition.fields.insert(
                field.clone(),
                Field {
                    shape,
                    required,
                    present,
                },
            );
        }
        // `APIGroup` and its like are answers, not objects.
        let metadata = definition.fields.get("metadata").map(|field| &field.shape);
        let object = matches!(metadata, Some(Shape::Ref(name)) if name.ends_with(".ObjectMeta"));
        self.definitions.insert(name.to_owned(), definition);
        let kinds = schema["x-kubernetes-group-version-kind"].as_array();
        // What has many, `DeleteOptions` say, is part of every group and no object.
        if let Some([kind]) = kinds.map(Vec::as_slice) {
            let of = |key: &str| kind[key].as_str().unwrap_or_default();
            let version = match of("group") {
                "" => of("version").to_owned(),
                group => format!("{group}/{}", of("version")),
            };
            if object {
                self.kinds
                    .insert(format!("{version} {}", of("kind")), name.to_owned());
            }
        }
        Ok(())
    }
}

fn shape(schema: &Value) -> Result<Shape, String> {
    let reference = |schema: &Value| {
        let name = schema["$ref"].as_str()?.rsplit('/').next()?;
        Some(Shape::Ref(name.to_owned()))
    };
    // A reference beside a default stands in an `allOf`.
    let within = schema["allOf"].as_array().and_then(|all| all.first());
    if let Some(found) = reference(schema).or_else(|| within.and_then(reference)) {
        return Ok(found);
    }
    let format = schema["format"].as_str().unwrap_or_default();
    Ok(match (schema["type"].as_str(), format) {
        (Some("string"), "byte") => Shape::Plain("y"),
        (Some("string"), "date-time") => Shape::Plain("t"),
        (Some("string"), "") => Shape::Plain("s"),
        (Some("boolean"), "") => Shape::Plain("b"),
        (Some("integer"), "int32") => Shape::Plain("i"),
        (Some("integer"), "int64") => Shape::Plain("l"),
        (Some("number"), _) => Shape::Plain("d"),
        (Some("array"), "") => Shape::List(Box::new(shape(&schema["items"])?)),
        (Some("object"), "") if schema["additionalProperties"].is_object() => {
            Shape::Map(Box::new(shape(&schema["additionalProperties"])?))
        }
        (Some("object") | None, "") => Shape::Plain("*"),
        (of, format) => return Err(format!("type {of:?} with format {format:?} is new")),
    })
}

fn strings(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_is_read() {
        let schema = serde_json::json!({
            "required": ["name"],
            "properties": {
                "name": {"type": "string", "default": ""},
                "metadata": {"allOf": [{"$ref": "#/components/schemas/a.ObjectMeta"}], "default": {}},
                "maybe": {"allOf": [{"$ref": "#/components/schemas/a.Maybe"}]},
                "extra": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
            },
            "x-kubernetes-group-version-kind": [{"group": "a.io", "version": "v1", "kind": "Thing"}],
        });
        let mut api = Api::default();
        api.add("a.Thing", &schema).unwrap();
        assert_eq!(api.kinds["a.io/v1 Thing"], "a.Thing");
        let fields = &api.definitions["a.Thing"].fields;
        assert!(fields["name"].required && !fields["name"].present);
        assert!(fields["metadata"].present && !fields["maybe"].present);
        let Shape::Map(values) = &fields["extra"].shape else {
            panic!("{fields:?}")
        };
        assert!(matches!(&**values, Shape::List(_)));
    }

    #[test]
    fn what_is_new_is_not_passed_over() {
        let schema =
            serde_json::json!({"properties": {"at": {"type": "string", "format": "sundial"}}});
        let fault = Api::default().add("a.Thing", &schema).unwrap_err();
        assert!(
            fault.starts_with("a.Thing.at: type Some(\"string\")"),
            "{fault}"
        );
    }
}
