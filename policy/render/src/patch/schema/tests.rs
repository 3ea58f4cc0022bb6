use super::*;
use crate::patch::testing::{OBJECT, read};

fn keys(schemas: &Schemas, api_version: &str, kind: &str, path: &[&str]) -> Option<Vec<String>> {
    let mut schema = schemas.of(api_version, kind)?;
    for name in path {
        schema = match *name {
            "[]" => schema.items()?,
            name => schema.field(name)?,
        };
    }
    let keys = schema.merge_keys()?;
    Some(keys.into_iter().map(str::to_owned).collect())
}

#[test]
fn the_api_tells_which_lists_are_merged() {
    let keys =
        |api_version, kind, path: &[&str]| keys(&Schemas::builtin(), api_version, kind, path);
    let ports = [
        "spec",
        "jobTemplate",
        "spec",
        "template",
        "spec",
        "initContainers",
        "[]",
        "ports",
    ];
    assert_eq!(
        keys("batch/v1", "CronJob", &ports).unwrap(),
        ["containerPort", "protocol"]
    );
    assert_eq!(
        keys("v1", "Service", &["spec", "ports"]).unwrap(),
        ["port", "protocol"]
    );
    assert!(
        keys("v1", "Secret", &["metadata", "finalizers"])
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        keys(
            "apps/v1",
            "Deployment",
            &["spec", "template", "spec", "tolerations"]
        ),
        None
    );
    assert_eq!(keys("apps/v1", "Deployment", &["spec", "strategy"]), None);
}

#[test]
fn what_came_after_1_21_is_unknown() {
    let builtin = Schemas::builtin();
    assert!(
        builtin
            .of("autoscaling/v2", "HorizontalPodAutoscaler")
            .is_none()
    );
    assert!(builtin.of("apps/v1beta1", "Deployment").is_none());
    assert!(
        builtin
            .of("autoscaling/v2beta2", "HorizontalPodAutoscaler")
            .is_some()
    );
}

const DOCUMENT: &str = r##"{
  "definitions": {
    "v1.Spec": {"properties": {
      "parts": {
        "type": "array",
        "items": {"$ref": "#/definitions/v1.Part"},
        "x-kubernetes-patch-strategy": "merge,retainKeys",
        "x-kubernetes-patch-merge-key": "name",
        "x-kubernetes-list-map-keys": ["name", "size"]
      },
      "keysOnly": {"type": "array", "x-kubernetes-patch-merge-key": "name"},
      "loop": {"$ref": "#/definitions/loop"},
      "byName": {"additionalProperties": {"$ref": "#/definitions/v1.Part"}}
    }},
    "v1.Part": {"properties": {"tags": {"x-kubernetes-patch-strategy": "merge", "type": "array"}}},
    "v1.Engine": {
      "properties": {"spec": {"$ref": "#/definitions/v1.Spec"}},
      "x-kubernetes-group-version-kind": [
        {"group": "example.com", "version": "v1", "kind": "Engine"},
        {"group": "", "version": "v1", "kind": "Motor"}
      ]
    },
    "loop": {"$ref": "#/definitions/loop"}
  }
}"##;

#[test]
fn a_document_takes_the_place_of_what_is_built_in() {
    let own = Schemas::read(&read(OBJECT, DOCUMENT)).unwrap();
    let keys = |path: &[&str]| keys(&own, "example.com/v1", "Engine", path);
    assert_eq!(keys(&["spec", "parts"]).unwrap(), ["name", "size"]);
    assert!(keys(&["spec", "parts", "[]", "tags"]).unwrap().is_empty());
    assert!(keys(&["spec", "byName", "any", "tags"]).unwrap().is_empty());
    assert_eq!(keys(&["spec", "keysOnly"]), None);
    assert_eq!(keys(&["spec", "loop", "x"]), None);
    assert!(own.of("v1", "Motor").is_some());
    assert!(own.of("v1", "Pod").is_none());
}

#[test]
fn a_document_that_is_none() {
    let fault = Schemas::read(&read(OBJECT, "[]")).unwrap_err();
    assert_eq!(fault.message, "the schema is no OpenAPI document");
    let kind = "{definitions: {a: {x-kubernetes-group-version-kind: [{kind: A}]}}}";
    assert!(
        Schemas::read(&read(OBJECT, kind))
            .unwrap_err()
            .span
            .is_some()
    );
}
