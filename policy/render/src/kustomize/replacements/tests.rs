use super::*;
use crate::kustomize::testing::{covered, objects, value};
use crate::{Json, json};

const OBJECTS: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: src}
data: {v: hello, num: '12', f: '1.5', host: 'a:b:c', e: ''}
---
apiVersion: x/v1
kind: T
metadata: {name: t, labels: {app: x}}
i: 3
f: 2.5
none:
s: plain
m: {a: b}
list: [{name: nginx, image: a}, {name: nginx-2, image: b}, {name: other}]
texts: [x, y]
";

/// Source path, source options, target path, target options.
fn entry(source: &str, part: &str, target: &str, options: &str) -> String {
    format!(
        "source: {{kind: ConfigMap, fieldPath: '{source}', options: {{{part}}}}}\n\
         targets: [{{select: {{kind: T}}, fieldPaths: ['{target}'], options: {{{options}}}}}]\n"
    )
}

fn applied(entry: &str) -> Result<Objects<'static>> {
    let mut objects = objects(OBJECTS);
    apply(&mut objects, &[Replacement::read(&value(entry))?])?;
    Ok(objects)
}

fn get<'v>(objects: &'v Objects<'static>, path: &str) -> &'v Value<'static> {
    let root = &objects.list[1].value;
    let found = path::lookup(root, &path::split(path)).unwrap();
    address::get(root, &found.expect(path)).unwrap()
}

fn typed<'v>(value: &'v Value<'_>) -> Json<'v> {
    match &value.content {
        Content::Scalar(scalar) => json(scalar),
        _ => Json::Null,
    }
}

#[test]
fn a_scalar_keeps_its_type_and_a_new_one_takes_that_of_its_text() {
    for (source, target, options, expected) in [
        ("data.num", "i", "", Json::Int(12)),
        ("data.num", "s", "", Json::Str("12".into())),
        ("data.num", "f", "", Json::Int(12)),
        ("data.e", "s", "", Json::Str("".into())),
        ("data", "s", "", Json::Str("".into())),
        ("data.v", "m", "", Json::Str("hello".into())),
        ("data.num", "new.a", "create: true", Json::Int(12)),
        ("data.num", "list.3.b", "create: true", Json::Int(12)),
        ("data.num", "texts.2", "create: true", Json::Int(12)),
        ("data.num", "new.[name=q].x", "create: true", Json::Int(12)),
        (
            "data.v",
            "list.[name=other].image",
            "create: true",
            Json::Str("hello".into()),
        ),
    ] {
        let objects = applied(&entry(source, "", target, options)).unwrap();
        assert_eq!(typed(get(&objects, target)), expected, "{source} {target}");
    }
}

#[test]
fn whole_maps_are_set_and_made() {
    for (target, options) in [("m", ""), ("texts", ""), ("new", "create: true")] {
        let objects = applied(&entry("data", "", target, options)).unwrap();
        assert_eq!(
            objects.list[0].value.get("data"),
            Some(get(&objects, target))
        );
    }
}

#[test]
fn items_are_chosen_by_expressions_and_stars() {
    let image = |objects: &Objects<'static>, at| {
        get(objects, &format!("list.{at}.image"))
            .text()
            .map(str::to_owned)
    };
    for (target, second) in [
        // It is an expression that any part of the name may match.
        ("list.[name=nginx].image", "hello"),
        ("list.[name=^nginx$].image", "b"),
        ("list.0.image", "b"),
        ("list.*.image", "hello"),
    ] {
        let objects = applied(&entry("data.v", "", target, "")).unwrap();
        assert_eq!(image(&objects, 0).unwrap(), "hello", "{target}");
        assert_eq!(image(&objects, 1).unwrap(), second, "{target}");
    }
    let objects = applied(&entry("data.v", "", "texts.[=y]", "")).unwrap();
    assert_eq!(get(&objects, "texts.1").text(), Some("hello"));
}

#[test]
fn parts_of_texts_are_taken_and_set() {
    for (index, expected) in [(0, "b-in"), (1, "pla-b"), (9, "pla-in-b"), (-1, "b-pla-in")] {
        let text = entry(
            "data.host",
            "delimiter: ':', index: 1",
            "s",
            &format!("delimiter: '-', index: {index}"),
        );
        let mut objects = objects(&OBJECTS.replace("s: plain", "s: pla-in"));
        apply(&mut objects, &[Replacement::read(&value(&text)).unwrap()]).unwrap();
        assert_eq!(get(&objects, "s").text(), Some(expected), "{index}");
    }
}

#[test]
fn the_value_stands_where_it_comes_from() {
    let text = entry("data.v", "", "s", "");
    let objects = applied(&text).unwrap();
    let origin = &get(&objects, "s").origin;
    assert_eq!(covered(OBJECTS, origin.span), "hello");
    let by = origin.trail.as_ref().unwrap();
    assert_eq!(by.trace.span, value(&text).origin.span);
    assert_eq!(
        covered(OBJECTS, by.before.as_ref().unwrap().trace.span),
        "plain"
    );
}

#[test]
fn what_cannot_be_done_is_a_fault_with_a_place() {
    for (source, part, target, options) in [
        ("data.v", "", "nosuch", ""),
        ("data.v", "", "none.x", ""),
        ("data.v", "", "i", ""),
        ("data.num", "", "none", ""),
        ("data.num", "", "none", "create: true"),
        ("data.v", "", "list.7.x", ""),
        ("data.v", "", "list.name", ""),
        ("data.v", "", "m.*", ""),
        ("data.v", "", "s.x", ""),
        ("data.v", "", "list.[name].x", ""),
        ("data.v", "", "list.[name=(].x", ""),
        ("data.v", "", "m", "delimiter: a"),
        ("data.v", "delimiter: l, index: 7", "s", ""),
        ("data", "delimiter: l", "s", ""),
        ("data.*", "", "s", ""),
        ("nosuch", "", "s", ""),
        ("metadata.labels", "", "s", ""),
        ("data.v", "index: x", "s", ""),
    ] {
        let fault = applied(&entry(source, part, target, options)).expect_err(target);
        assert!(
            fault.span.is_some() && !fault.message.is_empty(),
            "{target}"
        );
    }
}

#[test]
fn nothing_is_made_in_what_is_null() {
    let objects = applied(&entry("data.v", "", "none.x", "create: true")).unwrap();
    assert!(get(&objects, "none").is_null());
}

#[test]
fn a_source_has_to_be_one_object_by_a_name_it_has_or_had() {
    let entry = |select: &str| {
        format!("source: {{{select}}}\ntargets: [{{select: {{kind: T}}, fieldPaths: [s]}}]\n")
    };
    assert!(
        applied(&entry("name: nobody"))
            .unwrap_err()
            .message
            .contains("no object")
    );
    assert_eq!(applied(&entry("version: v1")).unwrap_err().related.len(), 2);
    let mut objects = objects(OBJECTS);
    let span = objects.list[0].value.origin.span;
    objects.list[0].set_metadata("name", "new", span);
    let replacement = Replacement::read(&value(&entry("name: src"))).unwrap();
    apply(&mut objects, &[replacement]).unwrap();
    assert_eq!(get(&objects, "s").text(), Some("new"));
}

#[test]
fn what_is_rejected_is_left_alone() {
    let entry = |reject: &str| {
        format!(
            "source: {{kind: ConfigMap}}\ntargets: [{{select: {{version: v1}}, reject: [{{kind: ConfigMap}}, {{{reject}}}], \
             fieldPaths: [s]}}]\n"
        )
    };
    for (reject, expected) in [
        ("name: t", "plain"),
        ("labelSelector: app=x", "plain"),
        ("labelSelector: app=y", "src"),
    ] {
        let objects = applied(&entry(reject)).unwrap();
        assert_eq!(get(&objects, "s").text(), Some(expected), "{reject}");
    }
}

#[test]
fn a_replacement_needs_both_ends() {
    for text in [
        "source: {kind: T}",
        "targets: [{select: {kind: T}}]",
        "source: {kind: T}\ntargets: [{fieldPaths: [a]}]",
    ] {
        assert!(Replacement::read(&value(text)).is_err(), "{text}");
    }
}
