use super::*;
use crate::FaultKind;
use crate::kustomize::testing::{covered, objects, value};

const OBJECTS: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: d1, labels: {app: x, num: 5, e: ''}, annotations: {a: b}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d2, namespace: ns, labels: {app: y}}
";

fn selected(target: &str) -> Vec<String> {
    let selector = Selector::read(&value(target)).unwrap();
    let objects = objects(OBJECTS).list.into_iter();
    let selected = objects.filter(|object| selector.matches(object));
    selected.map(|object| object.name().to_owned()).collect()
}

#[test]
fn patterns_match_all_of_a_name() {
    for (target, expected) in [
        ("{}", &["d1", "d2"][..]),
        ("{name: d}", &[]),
        ("{name: d1}", &["d1"]),
        ("{name: d.}", &["d1", "d2"]),
        ("{name: d..}", &[]),
        ("{name: '..'}", &["d1", "d2"]),
        ("{name: '.1'}", &["d1"]),
        // Both alternatives have to be all of it.
        ("{name: d|1}", &[]),
        (
            "{kind: (?i)deployment, group: apps, version: v.*}",
            &["d1", "d2"],
        ),
        ("{group: ap}", &[]),
        // What has no namespace is in `default`.
        ("{namespace: default}", &["d1"]),
    ] {
        assert_eq!(selected(target), expected, "{target}");
    }
}

#[test]
fn labels_and_annotations_select_too() {
    for (labels, expected) in [
        ("app in (x, z)", &["d1"][..]),
        ("app notin (x)", &["d2"]),
        ("app!=x,num", &[]),
        ("app==", &[]),
        ("e=", &["d1"]),
        ("e in ()", &["d1"]),
        ("e in (,a)", &["d1"]),
        ("e notin ()", &["d2"]),
        ("!e", &["d2"]),
        ("num>4, num<6", &["d1"]),
        ("app in (x,)", &["d1"]),
        ("app=in", &[]),
        ("in", &[]),
        (" ", &["d1", "d2"]),
    ] {
        assert_eq!(
            selected(&format!("{{labelSelector: '{labels}'}}")),
            expected,
            "{labels}"
        );
    }
    assert_eq!(selected("{annotationSelector: a=b}"), ["d1"]);
}

#[test]
fn selectors_that_make_no_sense_are_faults() {
    for labels in [
        ",",
        "app in",
        "a b",
        "-x",
        "app=x,",
        "!app=x",
        "num>x",
        "app!x",
        "app=x app=y",
        "app in x",
        "app=/x",
        "a/b/c",
        "app in (x y)",
        "app in (x",
    ] {
        let target = format!("{{labelSelector: '{labels}'}}");
        let fault = Selector::read(&value(&target)).expect_err(labels);
        assert_eq!(covered(&target, fault.span.unwrap()), format!("'{labels}'"));
    }
}

#[test]
fn a_name_it_had_first_selects_an_object_as_well() {
    let mut objects = objects(OBJECTS);
    let object = &mut objects.list[1];
    object.set_metadata("name", "new", object.value.origin.span);
    object.set_metadata("namespace", "else", object.value.origin.span);
    for target in [
        "{name: d2}",
        "{name: new, namespace: ns}",
        "{namespace: else}",
    ] {
        assert!(
            Selector::read(&value(target)).unwrap().matches(object),
            "{target}"
        );
    }
}

#[test]
fn expressions_that_are_broken_or_hostile_are_faults() {
    let target = "{name: 'a['}";
    let fault = Selector::read(&value(target)).unwrap_err();
    assert_eq!(
        (fault.kind, covered(target, fault.span.unwrap())),
        (FaultKind::Broken, "'a['")
    );
    let fault = Selector::read(&value("{name: '((a{1000}){1000}){1000}'}")).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Limit);
}
