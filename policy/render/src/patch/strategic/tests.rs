use std::fmt::Write;

use plimsoll_yaml::OriginStep;

use super::*;
use crate::fault::FaultKind;
use crate::patch::testing::{OBJECT, PATCH, place, read, show};

fn pod(spec: &str) -> String {
    format!("{{apiVersion: v1, kind: Pod, spec: {spec}}}")
}

fn try_merge(object: &str, patch: &str) -> Result<(Outcome, Value<'static>)> {
    let mut object = read(OBJECT, object);
    let outcome = merge(&mut object, &read(PATCH, patch), &Schemas::builtin())?;
    Ok((outcome, object))
}

/// Merges the specs of two pods.
fn merged(object: &str, patch: &str) -> String {
    let (outcome, object) = try_merge(&pod(object), &pod(patch)).unwrap();
    assert_eq!(outcome, Outcome::Merged);
    show(object.get("spec").unwrap())
}

#[test]
fn what_the_patch_does_not_mention_stays_but_keys_without_a_value() {
    assert_eq!(
        merged("{a: 1, b: {c: , d: ~, e: {}, f: []}}", "{a: 2}"),
        "{a: 2, b: {d: ~, e: {}, f: []}}"
    );
}

#[test]
fn null_takes_a_key_away_and_adds_none() {
    assert_eq!(
        merged(
            "{a: 1, b: {c: 2}}",
            "{a: null, b: ~, d: null, e: {f: null}}"
        ),
        "{e: {}}"
    );
}

#[test]
fn quotes_of_what_is_replaced_are_kept() {
    assert_eq!(
        merged("{a: '80', b: 80, c: x}", "{a: 81, b: '81', c: 8}"),
        "{a: '81', b: '81', c: 8}"
    );
}

#[test]
fn new_items_go_before_old_ones_in_the_order_of_the_patch() {
    let object = "{volumes: [{name: a, x: 1}, {name: b}]}";
    let patch = "{volumes: [{name: n}, {name: b, w: 1}, {name: m}]}";
    assert_eq!(
        merged(object, patch),
        "{volumes: [{name: n}, {name: b, w: 1}, {name: m}, {name: a, x: 1}]}"
    );
}

#[test]
fn old_ports_go_behind_new_ones_if_any_has_a_protocol() {
    let list = |ports: &str| format!("{{containers: [{{name: c, ports: {ports}}}]}}");
    let object = list("[{containerPort: 1}, {containerPort: 2, protocol: UDP}]");
    let patch = list("[{containerPort: 2, protocol: UDP, name: x}, {containerPort: 3}]");
    let both =
        "[{containerPort: 3}, {containerPort: 1}, {containerPort: 2, name: x, protocol: UDP}]";
    assert_eq!(
        merged(&object, &patch),
        format!("{{containers: [{{name: c, ports: {both}}}]}}")
    );
}

#[test]
fn a_port_without_protocol_is_the_port_that_has_one() {
    let service =
        |ports: &str| format!("{{apiVersion: v1, kind: Service, spec: {{ports: {ports}}}}}");
    let object = service("[{port: 1, targetPort: 1, protocol: TCP}]");
    let (_, object) = try_merge(&object, &service("[{port: 1, targetPort: 2}]")).unwrap();
    // Kustomize finds them to be one, and then keeps the old one.
    let ports = object.at(&["spec", "ports"]).unwrap();
    assert_eq!(show(ports), "[{port: 1, protocol: TCP, targetPort: 1}]");
}

#[test]
fn lists_of_scalars_are_merged_as_sets() {
    let object = |finalizers: &str| {
        format!("{{apiVersion: v1, kind: Pod, metadata: {{finalizers: {finalizers}}}}}")
    };
    let (_, object) = try_merge(&object("[a, b, a]"), &object("[c, b]")).unwrap();
    assert_eq!(
        show(object.at(&["metadata", "finalizers"]).unwrap()),
        "[c, b, a]"
    );
}

#[test]
fn lists_of_unknown_types_are_replaced_as_they_are() {
    let object = "{apiVersion: x/v1, kind: A, containers: [{name: a}], finalizers: [a]}";
    let patch = "{apiVersion: x/v1, kind: A, containers: [{name: b, c: null, $patch: delete}]}";
    let (_, object) = try_merge(object, patch).unwrap();
    assert_eq!(
        show(object.get("containers").unwrap()),
        "[{$patch: delete, c: null, name: b}]"
    );
}

#[test]
fn an_object_in_an_unknown_one_is_merged_by_its_own_type() {
    let object = |volume: &str| {
        let inner = pod(&format!("{{volumes: [{{name: {volume}}}]}}"));
        format!("{{apiVersion: x/v1, kind: A, spec: {{manifest: {inner}}}}}")
    };
    let (_, object) = try_merge(&object("a"), &object("b")).unwrap();
    assert_eq!(
        show(object.at(&["spec", "manifest", "spec", "volumes"]).unwrap()),
        "[{name: b}, {name: a}]"
    );
}

#[test]
fn directives_delete_and_replace() {
    let object = "{a: {b: 1}, c: {d: 1}, volumes: [{name: a}, {name: b}]}";
    let patch =
        "{a: {$patch: delete}, c: {$patch: replace, e: 1}, volumes: [{name: a, $patch: delete}]}";
    assert_eq!(merged(object, patch), "{c: {e: 1}, volumes: [{name: b}]}");
    assert_eq!(
        merged(object, "{volumes: [{$patch: replace}, {name: c}]}"),
        "{a: {b: 1}, c: {d: 1}, volumes: [{name: c}]}"
    );
    assert_eq!(
        merged("{}", "{a: {b: {$patch: delete, c: 1}, d: {$patch: merge}}}"),
        "{a: {d: {}}}"
    );
    let (outcome, _) =
        try_merge(&pod("{}"), "{apiVersion: v1, kind: Pod, $patch: delete}").unwrap();
    assert_eq!(outcome, Outcome::Deleted);
}

#[test]
fn directives_that_kustomize_does_not_follow() {
    assert_eq!(
        merged(
            "{volumes: [{name: a, b: 1}]}",
            "{volumes: [{name: a, c: 1, $patch: replace}]}"
        ),
        "{volumes: [{b: 1, name: a}]}",
    );
    assert_eq!(
        merged("{}", "{$setElementOrder/volumes: [{name: a}]}"),
        "{$setElementOrder/volumes: [{name: a}]}"
    );
    let (_, object) = try_merge(
        &pod("{a: 1}"),
        "{apiVersion: v1, kind: Pod, $patch: replace}",
    )
    .unwrap();
    assert_eq!(show(object.get("spec").unwrap()), "{a: 1}");
}

#[test]
fn items_that_are_not_told_apart() {
    // The last of two items of one name counts, and one without a name ends all before it.
    assert_eq!(
        merged("{volumes: [{name: a, x: 1}, {name: a, w: 1}]}", "{a: 1}"),
        "{a: 1, volumes: [{name: a, w: 1}]}"
    );
    assert_eq!(
        merged("{volumes: [{name: a}, {x: 1}, {name: b}]}", "{a: 1}"),
        "{a: 1, volumes: [{x: 1}]}"
    );
}

#[test]
fn forms_that_do_not_fit() {
    let fault = try_merge(&pod("{a: {b: {c: 1}}}"), &pod("{a: {b: [1]}}")).unwrap_err();
    assert_eq!(
        fault.message,
        "the object has a map at `spec.a.b`, and the patch a list"
    );
    assert_eq!(fault.span.unwrap().source, PATCH);
    let fault = try_merge(&pod("{a: {}}"), &pod("{a: {$patch: remove}}")).unwrap_err();
    assert_eq!(fault.message, "`$patch` has no value `remove`");
}

#[test]
fn every_node_knows_the_place_to_change() {
    let object = pod("{a: {b: 1, c: 2}, volumes: [{name: old}]}");
    let patch = pod("{a: {b: 9}, volumes: [{name: new}]}");
    let (_, merged) = try_merge(&object, &patch).unwrap();
    let place = |keys: &[&str]| place(merged.at(keys).unwrap(), &object, &patch);
    assert_eq!(place(&["spec", "a", "b"]), "9");
    assert_eq!(place(&["spec", "a", "c"]), "2");
    assert_eq!(place(&["spec", "a"]), "{b: 1, c: 2}");
    let step = |keys: &[&str]| {
        let trail = merged.at(keys).unwrap().origin.trail.clone().unwrap();
        (trail.trace.step, trail.trace.span)
    };
    let (replaced, merged_by) = (step(&["spec", "a", "b"]), step(&["spec", "a"]));
    assert_eq!(
        (replaced.0, &object[replaced.1.range()]),
        (OriginStep::Replaced, "1")
    );
    assert_eq!(
        (merged_by.0, &patch[merged_by.1.range()]),
        (OriginStep::Merged, "{b: 9}")
    );
    let volumes = merged.at(&["spec", "volumes"]).unwrap().items();
    assert_eq!(volumes[0].origin.span.source, PATCH);
    assert_eq!(
        volumes[1].origin,
        read(OBJECT, &object)
            .at(&["spec", "volumes"])
            .unwrap()
            .items()[0]
            .origin
    );
}

#[test]
fn a_copy_of_the_object_does_not_change() {
    let before = read(OBJECT, &pod("{a: {b: 1}, c: {d: 1}}"));
    let mut after = before.clone();
    merge(
        &mut after,
        &read(PATCH, &pod("{a: {b: 2}}")),
        &Schemas::builtin(),
    )
    .unwrap();
    assert_eq!(show(before.at(&["spec", "a"]).unwrap()), "{b: 1}");
    let (Content::Map(old), Content::Map(new)) = (
        &before.at(&["spec", "c"]).unwrap().content,
        &after.at(&["spec", "c"]).unwrap().content,
    ) else {
        panic!("both are maps");
    };
    assert!(
        std::sync::Arc::ptr_eq(old, new),
        "what did not change is shared"
    );
}

#[test]
fn large_lists_are_merged_and_muddled_ones_refused() {
    let names = |from: usize, to: usize| {
        let mut text = "{volumes: [".to_owned();
        (from..to).for_each(|n| write!(text, "{{name: v{n}}}, ").unwrap());
        pod(&(text + "]}"))
    };
    let (_, object) = try_merge(&names(0, 20_000), &names(10_000, 30_000)).unwrap();
    assert_eq!(
        object.at(&["spec", "volumes"]).unwrap().items().len(),
        30_000
    );
    let muddled = names(0, 20_000).replace("v19999", "v0");
    let fault = try_merge(&muddled, &names(0, 1)).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Limit);
}
