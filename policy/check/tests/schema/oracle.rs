//! The same objects held against the same schemas by another implementation, `jsonschema`.
//!
//! Where the API server does not read JSON Schema by the letter (null, numbers or text, unknown fields), the schema that the
//! other one gets says in its words what the API server does.

use fastrand::Rng;
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use super::said;

const OBJECTS: u64 = 1500;

/// An extract of what Kubernetes publishes, out of which the table is made as well.
const PUBLISHED: &str = include_str!("flowschema.json");
const ROOT: &str = "#/components/schemas/io.k8s.api.flowcontrol.v1.FlowSchemaSpec";

fn validator(schema: &Value) -> Validator {
    let options = jsonschema::options().with_draft(Draft::Draft4);
    options.build(schema).expect("the schema is one")
}

/// Every object of named fields has no others.
fn closed(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            if map.contains_key("properties") {
                map.insert("additionalProperties".into(), false.into());
                // An empty list is none.
                let required = map.get("required").cloned().unwrap_or_default();
                for name in required
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                {
                    let property = &mut map["properties"][name];
                    if property["type"] == "array" {
                        property["minItems"] = 1.into();
                    }
                }
            }
            map.values_mut().for_each(closed);
        }
        Value::Array(items) => items.iter_mut().for_each(closed),
        _ => {}
    }
}

/// Makes values that mostly fit a schema.
struct Maker<'a> {
    document: &'a Value,
    random: Rng,
}

impl Maker<'_> {
    fn rarely(&mut self) -> bool {
        self.random.u8(..) < 4
    }

    fn value(&mut self, schema: &Value) -> Value {
        if self.rarely() {
            return self.anything();
        }
        if let Some(reference) = schema["$ref"].as_str() {
            let target = self.document.pointer(&reference[1..]);
            return self.value(&target.expect("the reference leads somewhere").clone());
        }
        if let Some(first) = schema.pointer("/allOf/0/$ref") {
            return self.value(&json!({"$ref": first}));
        }
        if let Some(words) = schema["enum"].as_array() {
            return words[self.random.usize(..words.len())].clone();
        }
        match schema["type"].as_str() {
            Some("object") => self.object(schema),
            Some("array") => {
                let count = self.random.usize(..3);
                (0..count).map(|_| self.value(&schema["items"])).collect()
            }
            Some("string") => self.text().into(),
            Some("boolean") => self.random.bool().into(),
            Some(_) => self.random.i32(-3..9).into(),
            None => self.anything(),
        }
    }

    fn object(&mut self, schema: &Value) -> Value {
        let mut object = Map::new();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let required = schema["required"].as_array();
            let required = required.is_some_and(|all| all.iter().any(|own| own == name));
            let left_out = if required {
                self.rarely()
            } else {
                self.random.bool()
            };
            if !left_out {
                object.insert(name.clone(), self.value(property));
            }
        }
        let more = self.random.usize(..3);
        for _ in 0..more {
            if schema["additionalProperties"].is_object() {
                let name = self.text();
                object.insert(name, self.value(&schema["additionalProperties"]));
            }
        }
        if self.rarely() {
            object.insert("surplus".into(), 1.into());
        }
        object.into()
    }

    fn text(&mut self) -> String {
        let words = ["a", "ab", "ABC", "80", "true", "reed", "2026-01-31", "x y"];
        words[self.random.usize(..words.len())].to_owned()
    }

    fn anything(&mut self) -> Value {
        match self.random.u8(..6) {
            0 => self.text().into(),
            1 => self.random.i32(-3..9).into(),
            2 => self.random.bool().into(),
            3 => json!([self.text()]),
            4 => json!({"a": self.random.i32(..)}),
            _ => 1.5.into(),
        }
    }
}

/// Compares verdicts over many objects; some must be taken and some refused for it to mean anything.
fn compare(document: &Value, root: &Value, oracle: &Validator, object: impl Fn(&Value) -> String) {
    let (mut taken, mut refused) = (0, 0);
    for seed in 0..OBJECTS {
        let mut maker = Maker {
            document,
            random: Rng::with_seed(seed),
        };
        let spec = maker.value(root);
        let found = said(&object(&spec));
        let theirs: Vec<_> = oracle
            .iter_errors(&spec)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(
            found.is_empty(),
            theirs.is_empty(),
            "{spec}\nours: {found:#?}\ntheirs: {theirs:#?}"
        );
        if found.is_empty() {
            taken += 1;
        } else {
            refused += 1;
        }
    }
    assert!(
        taken > 50 && refused > 50,
        "{taken} taken, {refused} refused"
    );
}

#[test]
fn objects_of_kubernetes_are_judged_as_its_documents_say() {
    let mut document: Value = serde_json::from_str(PUBLISHED).expect("it is JSON");
    // Which words may stand there, the documents leave to validation.
    let subject = "/components/schemas/io.k8s.api.flowcontrol.v1.Subject/properties/kind";
    let kind = document.pointer_mut(subject).expect("it is there");
    kind["enum"] = json!(["Group", "ServiceAccount", "User"]);
    let mut strict = document.clone();
    strict["$ref"] = ROOT.into();
    closed(&mut strict["components"]);
    compare(
        &document,
        &json!({"$ref": ROOT}),
        &validator(&strict),
        |spec| {
            json!({"apiVersion": "flowcontrol.apiserver.k8s.io/v1", "kind": "FlowSchema", "metadata": {"name": "a"}, "spec": spec})
            .to_string()
        },
    );
}

/// A structural schema with a bit of everything.
fn custom() -> Value {
    json!({
        "type": "object",
        "required": ["depth", "at"],
        "minProperties": 2,
        "properties": {
            "depth": {"type": "integer", "minimum": 0, "exclusiveMinimum": true, "maximum": 7},
            "share": {"type": "number", "maximum": 3.5},
            "name": {"type": "string", "minLength": 1, "maxLength": 3, "pattern": "^[a-zA-Z]+$"},
            "bank": {"type": "string", "enum": ["reed", "a", "ab"]},
            "fish": {"type": "array", "maxItems": 1, "items": {"type": "string", "pattern": "^a"}},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 2},
            "port": {"type": "string", "anyOf": [{"maxLength": 1}, {"pattern": "^[0-9]+$"}]},
            "at": {
                "type": "object",
                "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}, "z": {"type": "boolean"}},
                "oneOf": [{"required": ["x"]}, {"required": ["y"]}],
                "not": {"required": ["z"], "properties": {"z": {"enum": [true]}}},
            },
        },
        "allOf": [{"properties": {"name": {"not": {"enum": ["ab"]}}}}],
    })
}

/// The structure alone is closed; what stands beside it only narrows values.
fn closed_structure(schema: &mut Value) {
    let properties = schema.get_mut("properties");
    if let Some(properties) = properties.and_then(Value::as_object_mut) {
        properties.values_mut().for_each(closed_structure);
        schema["additionalProperties"] = false.into();
    }
}

#[test]
fn custom_objects_are_judged_as_their_schema_says() {
    let schema = custom();
    let mut strict = schema.clone();
    closed_structure(&mut strict);
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "ponds.example.com"},
        "spec": {"group": "example.com", "scope": "Cluster", "names": {"kind": "Pond", "plural": "ponds"}, "versions": [{
            "name": "v1", "served": true, "storage": true,
            "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": schema}}}}]},
    });
    compare(&schema, &schema, &validator(&strict), |spec| {
        let object = json!({"apiVersion": "example.com/v1", "kind": "Pond", "metadata": {"name": "a"}, "spec": spec});
        format!("{definition}\n---\n{object}")
    });
}
