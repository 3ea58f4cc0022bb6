//! Custom kinds, with their definitions.

use super::{accepted, report, said};

/// A definition of `Pond` with the schema of its `spec`, and objects of it.
fn pond(schema: &str, specs: &[&str]) -> String {
    let mut yaml = format!(
        "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: ponds.example.com}}
spec:
  group: example.com
  names: {{kind: Pond, plural: ponds}}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {{status: {{}}}}
      schema: {{openAPIV3Schema: {{type: object, required: [spec], properties: {{status: {{type: object, required: [a]}}, spec: {schema}}}}}}}
    - {{name: v1beta1, served: false, storage: false, schema: {{openAPIV3Schema: {{type: object}}}}}}
"
    );
    for (at, spec) in specs.iter().enumerate() {
        yaml += &format!(
            "---\napiVersion: example.com/v1\nkind: Pond\nmetadata: {{name: pond-{at}}}\nspec: {spec}\n"
        );
    }
    yaml
}

fn of(schema: &str, spec: &str) -> Vec<String> {
    said(&pond(schema, &[spec]))
}

#[track_caller]
fn takes(schema: &str, specs: &[&str]) {
    accepted(&pond(schema, specs));
}

#[test]
fn versions_are_told_apart() {
    let definition = pond("{type: object}", &["{}"]);
    let beta = format!(
        "{definition}---\n{{apiVersion: example.com/v1beta1, kind: Pond, metadata: {{name: a}}, spec: {{}}}}\n"
    );
    let line = "apiVersion: `example.com/v1beta1` Pond is not served: ponds.example.com serves `example.com/v1` \
        [write `apiVersion: example.com/v1`; fields may differ]";
    assert_eq!(said(&beta), [line]);
    let gone = beta.replace(
        "{apiVersion: example.com/v1beta1",
        "{apiVersion: example.com/v2",
    );
    assert_eq!(said(&gone), [line.replace("v1beta1", "v2")]);
    assert_eq!(report(&definition).counts.without_schema, 0);
    // The same kind of another group is none of its business.
    accepted(&beta.replace(
        "{apiVersion: example.com/v1beta1",
        "{apiVersion: example.org/v1",
    ));
}

#[test]
fn one_of_several_definitions_is_enough() {
    let narrow = pond("{type: object}", &["{depth: 1}"]);
    assert_eq!(said(&narrow).len(), 1);
    let wide = pond("{type: object, properties: {depth: {type: integer}}}", &[]);
    accepted(&format!("{narrow}---\n{wide}"));
}

#[test]
fn unknown_fields_are_refused_unless_they_are_kept() {
    let schema = "{type: object, properties: {depth: {type: integer}, at: {type: object, properties: {x: {type: string}}}}}";
    assert_eq!(
        of(schema, "{detph: 1, at: {z: z}}"),
        [
            "spec.detph: `spec` has no field `detph` [did you mean `depth`?]",
            "spec.at.z: `at` has no field `z` [did you mean `x`?]",
        ]
    );
    let open = schema.replace(
        "{type: object, properties: {depth",
        "{type: object, x-kubernetes-preserve-unknown-fields: true, properties: {depth",
    );
    // What is named below is still held to its own.
    assert_eq!(of(&open, "{other: 1, at: {z: z}}").len(), 1);
    takes(
        "{type: object, additionalProperties: {type: string}}",
        &["{a: b, c: d}"],
    );
    assert_eq!(
        of(
            "{type: object, additionalProperties: {type: string}}",
            "{a: 1}"
        ),
        ["spec.a: `a` is a number (`1`), not a string [write it in quotes: `\"1\"`]"]
    );
}

#[test]
fn null_is_absent_unless_it_may_stand_there() {
    let schema = "{type: object, required: [a, b, c], properties: {a: {type: string}, b: {type: string, nullable: true},
        c: {type: string, default: x}, d: {type: array, items: {type: string}}}}";
    assert_eq!(
        of(schema, "{a: null, b: null, c: null, d: null}"),
        ["spec.a: `spec` has no `a`, which is required"]
    );
    assert_eq!(
        of(schema, "{a: x, b: null, d: [null]}"),
        ["spec.d[0]: an item of `d` is null, not a string"]
    );
    assert_eq!(
        said(&pond("{type: object}", &["null"])),
        ["spec: a Pond has no `spec`, which is required"]
    );
}

#[test]
fn a_number_or_text_is_either() {
    let schema = "{type: object, properties: {port: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}}}";
    takes(
        schema,
        &[
            "{port: 80}",
            "{port: http}",
            "{port: '80'}",
            "{port: '${PORT}'}",
        ],
    );
    assert_eq!(
        of(schema, "{port: 80.5}"),
        ["spec.port: `port` is a number (`80.5`), not a whole number or a string"]
    );
}

#[test]
fn bounds_are_held() {
    let schema = "{type: object, minProperties: 1, properties: {d: {type: number, minimum: 0, exclusiveMinimum: true, maximum: 1},
        s: {type: string, minLength: 2, maxLength: 3, pattern: '^[a-z]*$'}, l: {type: array, maxItems: 1, items: {type: integer}},
        e: {type: string, enum: [reed, sand]}, i: {type: integer, enum: [1, 2]}, t: {type: string, format: date-time}}}";
    takes(
        schema,
        &[
            "{d: 0.5, s: äb, l: [1], e: reed, i: 2, t: '2026-01-31T08:00:00Z'}"
                .replace('ä', "a")
                .as_str(),
            "{d: 1, s: '${X}'}",
        ],
    );
    assert_eq!(
        of(schema, "{d: 0, s: Äb1x, l: [1, 2], e: Reed, i: 3, t: now}"),
        [
            "spec.d: `d` (`0`) must be more than 0",
            "spec.s: `s` (`Äb1x`) has 4 characters, 3 are allowed",
            "spec.l: `l` has 2 items, 1 are allowed",
            "spec.e: `e` is `Reed`, none of `reed`, `sand` [write `reed`]",
            "spec.i: `i` is `3`, none of `1`, `2`",
            "spec.t: `t` (`now`) is no time of the form `2026-01-31T08:00:00Z`",
        ]
    );
    assert_eq!(
        of(schema, "{s: Ab}"),
        ["spec.s: `s` (`Ab`) does not match `^[a-z]*$`"]
    );
    assert_eq!(
        of(schema, "{}"),
        ["spec: `spec` has 0 entries, 1 are needed"]
    );
}

#[test]
fn alternatives_are_told_by_what_they_ask_for() {
    let schema =
        "{type: object, properties: {a: {type: string}, b: {type: string}, c: {type: string}},
        oneOf: [{required: [a]}, {required: [b]}], not: {required: [c]}}";
    takes(schema, &["{a: x}", "{b: x}"]);
    assert_eq!(
        of(schema, "{}"),
        ["spec: `spec` fits none of the alternatives of its schema: `a`, or `b`"]
    );
    assert_eq!(
        of(schema, "{a: x, b: x, c: x}"),
        [
            "spec: `spec` fits several alternatives of its schema, one may be: `a`, or `b`",
            "spec: `spec` is what its schema excludes",
        ]
    );
}

#[test]
fn what_is_beside_the_structure_only_narrows_it() {
    let schema = "{type: object, properties: {a: {type: object, properties: {k: {type: integer}, m: {type: integer}}}},
        allOf: [{properties: {a: {properties: {k: {minimum: 5}}, required: [m]}}}]}";
    takes(schema, &["{a: {k: 5, m: 1}}"]);
    assert_eq!(
        of(schema, "{a: {k: 1, m: 1}}"),
        ["spec.a.k: `k` (`1`) must be at least 5"]
    );
    assert_eq!(
        of(schema, "{a: {k: 5}}"),
        ["spec.a.m: `a` has no `m`, which is required"]
    );
}

#[test]
fn lists_are_sets_or_maps() {
    let schema = "{type: object, properties: {s: {type: array, x-kubernetes-list-type: set, items: {type: string}},
        m: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [port, protocol], items: {type: object,
        properties: {port: {type: integer}, protocol: {type: string, default: TCP}}}}}}";
    takes(
        schema,
        &["{s: [a, b], m: [{port: 53}, {port: 53, protocol: UDP}]}"],
    );
    assert_eq!(
        of(
            schema,
            "{s: [a, b, a], m: [{port: 53}, {port: 53, protocol: TCP}]}"
        ),
        [
            "spec.s[2]: two items of `s` are `a`",
            "spec.m[1]: two items of `m` have `port: 53` and `protocol: TCP`",
        ]
    );
}

#[test]
fn an_embedded_object_has_metadata() {
    let schema = "{type: object, properties: {template: {type: object, x-kubernetes-embedded-resource: true,
        x-kubernetes-preserve-unknown-fields: true, properties: {kind: {type: string, enum: [Pod]}}}}}";
    takes(
        schema,
        &["{template: {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {any: thing}}}"],
    );
    assert_eq!(
        of(
            schema,
            "{template: {apiVersion: v1, kind: Job, metadata: {nmae: a}}}"
        ),
        [
            "spec.template.kind: `kind` is `Job`, not `Pod`",
            "spec.template.metadata.nmae: `metadata` has no field `nmae` [did you mean `name`?]",
        ]
    );
    assert_eq!(
        of(schema, "{template: {apiVersion: 1, metadata: {}}}"),
        [
            "spec.template.kind: `template` has no `kind`, which is required",
            "spec.template.apiVersion: `apiVersion` is a number (`1`), not a string [write it in quotes: `\"1\"`]",
        ]
    );
}

#[test]
fn metadata_is_what_all_objects_have() {
    let yaml = pond("{type: object}", &[]);
    let object = "---\n{apiVersion: example.com/v1, kind: Pond, metadata: {name: a, finalizers: x, owner: b}, spec: {}, status: {x: y}}\n";
    assert_eq!(
        said(&format!("{yaml}{object}")),
        [
            "metadata.finalizers: `finalizers` is a string (`x`), not a list [write a list, even of one: `[\"x\"]`]",
            "metadata.owner: `metadata` has no field `owner`",
        ]
    );
}

#[test]
fn a_definition_is_an_object_itself() {
    let wrong = pond("{type: object, propertys: {}, items: {minimum: low}}", &[]);
    assert_eq!(
        said(&wrong),
        [
            "spec.versions[0].schema.openAPIV3Schema.properties.spec.propertys: `spec` has no field `propertys` \
             [did you mean `properties`?]",
            "spec.versions[0].schema.openAPIV3Schema.properties.spec.items.minimum: `minimum` is a string (`low`), not a number",
        ]
    );
}

#[test]
fn a_definition_without_a_schema_judges_nothing() {
    let without = pond("{type: object}", &["{a: b}"]);
    let schema = without.find("      schema: {").expect("there is one");
    let end = schema + without[schema..].find('\n').expect("the line ends");
    let without = format!("{}{}", &without[..schema], &without[end + 1..]);
    accepted(&without);
    assert_eq!(report(&without).counts.without_schema, 1);
}
