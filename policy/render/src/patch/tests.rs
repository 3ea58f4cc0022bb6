use super::apply::{Allowed, Found, merge, operate};
use super::schema::Schemas;
use super::strategic::Outcome;
use super::testing::{OBJECT, PATCH, read, show};
use super::*;

fn patch(documents: &[&str]) -> Result<Patch<'static>> {
    let documents = documents.iter().map(|text| read(PATCH, text)).collect();
    Patch::read(documents, Span::default())
}

fn message(documents: &[&str]) -> String {
    patch(documents).unwrap_err().message
}

#[test]
fn the_content_tells_the_kind_of_patch() {
    let named = "{kind: A, metadata: {name: a}}";
    assert!(
        matches!(patch(&[named, "{}", named]), Ok(Patch::Strategic(objects)) if objects.len() == 2)
    );
    assert!(matches!(
        patch(&["[{op: remove, path: /a}]", named]),
        Ok(Patch::Json(_))
    ));
    let list = format!("{{kind: AList, items: [{named}, {named}]}}");
    assert!(matches!(patch(&[&list]), Ok(Patch::Strategic(objects)) if objects.len() == 2));
}

#[test]
fn what_is_neither_is_told_what_it_lacks() {
    assert_eq!(
        message(&["{kind: A, metadata: {namespace: a}}"]),
        "the patch has no `metadata.name`"
    );
    assert_eq!(
        message(&["{metadata: {name: a}}"]),
        "the patch has no `kind`"
    );
    assert_eq!(message(&["[remove]"]), "the operation is no map");
    assert_eq!(message(&["text"]), "the patch has no `kind`");
    for empty in ["[]", "{}", "~"] {
        assert_eq!(message(&[empty]), "the patch is empty");
    }
    assert_eq!(message(&[]), "the patch is empty");
    assert_eq!(
        message(&["~", "{kind: A, metadata: {name: a}}"]),
        "the patch begins with an empty document"
    );
}

const OBJECT_TEXT: &str = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {b: c}}}";

fn merged(patch: &str, found: Found, allowed: Allowed) -> String {
    let mut object = read(OBJECT, OBJECT_TEXT);
    match merge(
        &mut object,
        &read(PATCH, patch),
        &Schemas::builtin(),
        found,
        allowed,
    )
    .unwrap()
    {
        Outcome::Merged => show(&object),
        Outcome::Deleted => "deleted".to_owned(),
    }
}

#[test]
fn an_object_keeps_its_name_kind_and_namespace() {
    let patch = "{apiVersion: v2, kind: B, metadata: {name: x, namespace: y}}";
    let nothing = Allowed::default();
    assert_eq!(
        merged(patch, Found::ByTarget, nothing),
        "{apiVersion: v1, kind: ConfigMap, metadata: {labels: {b: c}, name: a}}",
    );
    let all = Allowed {
        name: true,
        kind: true,
    };
    assert_eq!(
        merged(patch, Found::ByName, all),
        "{apiVersion: v2, kind: B, metadata: {labels: {b: c}, name: x}}",
    );
    assert_eq!(
        merged("{metadata: null}", Found::ByName, nothing),
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}",
    );
    assert_eq!(
        merged("{$patch: delete}", Found::ByName, nothing),
        "deleted"
    );
}

#[test]
fn a_patch_with_a_target_sets_a_label_to_the_text_null() {
    let labels = |found| {
        merged(
            "{metadata: {labels: {b: null, d: 5}}}",
            found,
            Allowed::default(),
        )
    };
    let object = |labels: &str| {
        format!("{{apiVersion: v1, kind: ConfigMap, metadata: {{labels: {labels}, name: a}}}}")
    };
    assert_eq!(labels(Found::ByName), object("{d: 5}"));
    assert_eq!(labels(Found::ByTarget), object("{b: 'null', d: '5'}"));
    let all = merged(
        "{metadata: {labels: null}}",
        Found::ByTarget,
        Allowed::default(),
    );
    assert_eq!(all, object("{b: c}"));
}

#[test]
fn operations_can_add_an_annotation_to_none_and_make_all_strings() {
    let apply = |operations: &str, annotated| {
        let operations = Operations::read(&read(PATCH, operations)).unwrap();
        let mut object = read(OBJECT, "{metadata: {name: a}}");
        operate(&mut object, &operations, annotated).map(|()| show(&object))
    };
    let add = "[{op: add, path: /metadata/annotations/b, value: 1000000}, {op: add, path: /metadata/annotations/c, value: on}]";
    assert_eq!(
        apply(add, true).unwrap(),
        "{metadata: {annotations: {b: '1e+06', c: 'true'}, name: a}}"
    );
    assert!(apply(add, false).is_err());
    assert_eq!(apply("[]", true).unwrap(), "{metadata: {name: a}}");
}

#[test]
fn numbers_of_annotations_are_written_as_floats() {
    let text = |number: &str| {
        let operations =
            format!("[{{op: add, path: /metadata, value: {{annotations: {{a: {number}}}}}}}]");
        let mut object = read(OBJECT, "{}");
        operate(
            &mut object,
            &Operations::read(&read(PATCH, &operations)).unwrap(),
            false,
        )
        .unwrap();
        show(object.at(&["metadata", "annotations", "a"]).unwrap())
    };
    for (number, written) in [
        ("100000", "'100000'"),
        ("123456789", "'1.23456789e+08'"),
        ("-0.1", "'-0.1'"),
        ("0.00001", "'1e-05'"),
        ("1e21", "'1e+21'"),
        ("0x10", "'16'"),
    ] {
        assert_eq!(text(number), written, "{number}");
    }
}
