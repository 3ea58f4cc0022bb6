use std::fmt::Write;

use super::*;
use crate::fault::FaultKind;
use crate::patch::testing::{OBJECT, PATCH, place, read, show};

const POD: &str = "{spec: {containers: [{name: a}], replicas: 1}, 'x/y': {'a~b': 1}}";

fn try_apply(object: &str, operations: &str) -> Result<Value<'static>> {
    let mut object = read(OBJECT, object);
    Operations::read(&read(PATCH, operations))?.apply(&mut object)?;
    Ok(object)
}

fn applied(object: &str, operations: &str) -> String {
    show(&try_apply(object, operations).unwrap())
}

fn fault(operation: &str) -> (String, String) {
    let fault = try_apply(POD, &format!("[{operation}]")).unwrap_err();
    assert_eq!(fault.span.unwrap().source, PATCH);
    (fault.message, fault.help)
}

#[test]
fn operations_on_maps() {
    let all = "[{op: add, path: /a/b, value: 1}, {op: remove, path: /c}, {op: move, from: /d, path: /e}, \
        {op: copy, from: /a, path: /f}, {op: replace, path: /g, value: [x]}, {op: test, path: /g/0, value: x}]";
    assert_eq!(
        applied("{a: {}, c: 1, d: 2, g: 3}", all),
        "{a: {b: 1}, e: 2, f: {b: 1}, g: [x]}"
    );
}

#[test]
fn operations_on_lists() {
    let list = |operations: &str| applied("{a: [1, 2, 3]}", operations);
    assert_eq!(
        list("[{op: add, path: /a/-, value: 4}, {op: add, path: /a/0, value: 0}]"),
        "{a: [0, 1, 2, 3, 4]}"
    );
    assert_eq!(
        list("[{op: add, path: /a/3, value: 4}, {op: remove, path: /a/0}]"),
        "{a: [2, 3, 4]}"
    );
    assert_eq!(
        list("[{op: add, path: /a/-1, value: 4}, {op: replace, path: /a/-2, value: x}]"),
        "{a: [1, 2, x, 4]}"
    );
    assert_eq!(
        list("[{op: move, from: /a/0, path: /a/2}]"),
        "{a: [2, 3, 1]}"
    );
}

#[test]
fn paths_are_unescaped() {
    assert_eq!(
        applied("{'x/y': {'a~b': 1}}", "[{op: remove, path: /x~1y/a~0b}]"),
        "{x/y: {}}"
    );
    assert_eq!(applied("{'~1': 1}", "[{op: remove, path: /~01}]"), "{}");
    assert_eq!(applied("{'': 1}", "[{op: remove, path: /}]"), "{}");
}

#[test]
fn kustomize_is_lenient() {
    assert_eq!(
        applied("{}", "[{op: replace, path: /a, value: 1}]"),
        "{a: 1}"
    );
    assert_eq!(
        applied(
            "{}",
            "[{op: copy, from: /a, path: /b}, {op: add, path: /c}]"
        ),
        "{b: null, c: null}"
    );
    assert_eq!(
        applied(
            "{a: 1}",
            "[{op: replace, path: '', value: 5}, {op: test, path: /b, value: null}]"
        ),
        "{a: 1}"
    );
    assert_eq!(
        applied("{a: 1}", "[{op: replace, path: '', value: {b: 1}}]"),
        "{b: 1}"
    );
}

#[test]
fn words_are_those_of_yaml_1_1() {
    let operations = "[{op: add, path: /a, value: [yes, 'yes', off, 2001-01-01, 0755]}]";
    assert_eq!(
        applied("{}", operations),
        "{a: [true, 'yes', false, '2001-01-01', 0755]}"
    );
}

#[test]
fn tests_compare_json() {
    let object = "{a: 1.0, b: {c: [x], d: ~}}";
    let tests =
        "[{op: test, path: /a, value: 1}, {op: test, path: /b, value: {d: null, c: ['x']}}]";
    assert_eq!(applied(object, tests), "{a: 1.0, b: {c: [x], d: ~}}");
    let (message, _) = fault("{op: test, path: /spec/replicas, value: '1'}");
    assert_eq!(
        message,
        "the test fails: `/spec/replicas` is `1`, not `\"1\"`"
    );
}

#[test]
fn a_path_that_is_not_there_is_told_with_what_is() {
    let (message, help) = fault("{op: replace, path: /spec/containers/1/image, value: a}");
    assert_eq!(message, "the object has no `/spec/containers/1/image`");
    assert_eq!(help, "`/spec/containers` is a list of 1 item, `0`");
    let (_, help) = fault("{op: remove, path: /spec/container}");
    assert_eq!(help, "`/spec` has `containers`, `replicas`");
    let (_, help) = fault("{op: add, path: /spec/replicas/a, value: 1}");
    assert_eq!(help, "`/spec/replicas` is a scalar");
    let (_, help) = fault("{op: add, path: /meta/a, value: 1}");
    assert_eq!(help, "The object has `spec`, `x/y`");
    let (_, help) = fault("{op: remove, path: /x~1y/b}");
    assert_eq!(help, "`/x~1y` has `a~b`");
    let (_, help) = fault("{op: remove, path: spec}");
    assert_eq!(help, "Begin the path with `/`");
    let (_, help) = fault("{op: remove, path: /spec/containers/-}");
    assert_eq!(help, "`/spec/containers` is a list of 1 item, `0`");
}

#[test]
fn operations_that_are_none() {
    assert_eq!(
        fault("{op: replce, path: /a}").0,
        "there is no operation `replce`"
    );
    assert_eq!(fault("{path: /a}").0, "the operation has no `op`");
    assert_eq!(
        fault("{op: remove, path: 5}").0,
        "the operation has no `path`"
    );
    assert_eq!(
        fault("{op: move, path: /spec}").0,
        "the operation has no `from`"
    );
    assert_eq!(
        fault("{op: replace, path: '', value: []}").0,
        "an object can be replaced by a map only"
    );
    assert_eq!(fault("remove").0, "the operation is no map");
    assert_eq!(
        try_apply(POD, "{}").unwrap_err().message,
        "the patch is no list of operations"
    );
}

#[test]
fn every_node_knows_the_place_to_change() {
    let object = "{a: {b: 1, c: 2}, d: {e: 3}}";
    let operations = "[{op: replace, path: /a/b, value: 9}, {op: copy, from: /d/e, path: /a/f}, {op: remove, path: /d/e}]";
    let applied = try_apply(object, operations).unwrap();
    let value = |keys: &[&str]| applied.at(keys).unwrap();
    let last = |keys: &[&str]| {
        let trace = value(keys).origin.trail.clone().unwrap().trace;
        (
            trace.step,
            [object, operations][trace.span.source.0 as usize]
                .get(trace.span.range())
                .unwrap(),
        )
    };
    assert_eq!(place(value(&["a", "b"]), object, operations), "9");
    assert_eq!(last(&["a", "b"]), (OriginStep::Replaced, "1"));
    assert_eq!(place(value(&["a", "c"]), object, operations), "2");
    assert!(value(&["a", "c"]).origin.trail.is_none());
    assert_eq!(place(value(&["a", "f"]), object, operations), "3");
    assert_eq!(
        last(&["a", "f"]),
        (OriginStep::By, "{op: copy, from: /d/e, path: /a/f}")
    );
    assert_eq!(last(&["d"]), (OriginStep::By, "{op: remove, path: /d/e}"));
}

#[test]
fn copies_of_copies_end() {
    let mut doubling = "[{op: add, path: /a, value: [x]}, ".to_owned();
    (0..60).for_each(|_| doubling.push_str("{op: copy, from: /a, path: /a/-}, "));
    let fault = try_apply("{}", &(doubling + "]")).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Limit);
}

#[test]
fn nesting_ends() {
    let mut nesting = "[".to_owned();
    (0..300).for_each(|_| {
        nesting.push_str("{op: add, path: /b, value: {}}, {op: move, from: /a, path: /b/x}, {op: move, from: /b, path: /a}, ");
    });
    let fault = try_apply("{a: {}}", &(nesting + "]")).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Limit);
    let path = "/a".repeat(1000);
    let fault =
        try_apply("{a: {}}", &format!("[{{op: add, path: {path}, value: 1}}]")).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Limit);
}

#[test]
fn many_operations_on_a_long_list_end() {
    let mut many = "[{op: add, path: /a, value: []}, ".to_owned();
    (0..12_000).for_each(|n| write!(many, "{{op: add, path: /a/0, value: {n}}}, ").unwrap());
    let fault = try_apply("{}", &(many + "]")).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Limit);
}
