//! Input that nobody means well with.

use super::{accepted, report, said};

const DEPTH: usize = 120;

#[test]
fn a_deep_schema_and_a_deep_object_end() {
    let mut schema = "{type: string}".to_owned();
    let mut value = "1".to_owned();
    for _ in 0..DEPTH / 2 {
        schema = format!("{{type: object, properties: {{a: {schema}}}}}");
        value = format!("{{a: {value}}}");
    }
    let yaml = format!(
        "{{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {{name: a}}, spec: {{group: e.com,
         scope: Cluster, names: {{kind: Deep, plural: deeps}}, versions: [{{name: v1, served: true, storage: true,
         schema: {{openAPIV3Schema: {{type: object, properties: {{spec: {schema}}}}}}}}}]}}}}
---
{{apiVersion: e.com/v1, kind: Deep, metadata: {{name: a}}, spec: {value}}}"
    );
    assert_eq!(said(&yaml).len(), 1);
}

#[test]
fn alternatives_inside_alternatives_end() {
    // Each level has two that differ in nothing but their depth.
    let mut schema = "{required: [a]}".to_owned();
    for _ in 0..12 {
        schema = format!("{{anyOf: [{schema}, {schema}]}}");
    }
    let yaml = format!(
        "{{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {{name: a}}, spec: {{group: e.com,
         scope: Cluster, names: {{kind: Deep, plural: deeps}}, versions: [{{name: v1, served: true, storage: true,
         schema: {{openAPIV3Schema: {{type: object, properties: {{spec: {{type: object, allOf: [{schema}]}}}}}}}}}}]}}}}
---
{{apiVersion: e.com/v1, kind: Deep, metadata: {{name: a}}, spec: {{}}}}"
    );
    assert_eq!(said(&yaml).len(), 1);
}

#[test]
fn patterns_that_are_none_judge_nothing() {
    for pattern in ["(", "a{1000}{1000}{1000}", "(?=x)"] {
        accepted(&format!(
            "{{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {{name: a}}, spec: {{group: e.com,
             scope: Cluster, names: {{kind: P, plural: ps}}, versions: [{{name: v1, served: true, storage: true,
             schema: {{openAPIV3Schema: {{type: object, properties: {{spec: {{type: string, pattern: '{pattern}'}}}}}}}}}}]}}}}
---
{{apiVersion: e.com/v1, kind: P, metadata: {{name: a}}, spec: a}}"
        ));
    }
}

#[test]
fn a_definition_that_is_none_is_only_reported_itself() {
    let all = said(
        "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: a}, spec: {group: e.com,
         scope: Cluster, names: {kind: P, plural: ps}, versions: [{name: v1, served: true, storage: true, schema:
         {openAPIV3Schema: [1]}}, 5, null]}}
---
{apiVersion: e.com/v1, kind: P, metadata: {name: a}, spec: a}",
    );
    assert_eq!(all.len(), 3, "{all:?}");
    assert!(all.iter().all(|line| line.starts_with("spec.versions")));
}

#[test]
fn anchors_and_merge_keys_are_followed() {
    accepted(
        "apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
    - &one {name: one, image: a, env: [{name: A, value: b}]}
    - {<<: *one, name: two}
",
    );
}

#[test]
fn thousands_of_unknown_fields_are_each_found_and_the_run_ends() {
    let fields: Vec<String> = (0..5000).map(|at| format!("  field{at}: {at}\n")).collect();
    let yaml = format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: a}}\nspec:\n{}",
        fields.concat()
    );
    assert_eq!(report(&yaml).findings.len(), 5000);
}
