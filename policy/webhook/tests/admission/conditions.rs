//! What does not leave the API server, by the `matchConditions` that are generated.

use serde_json::Value;

use crate::support::objects::{container, good};
use crate::support::{Namespace, Place};

/// A `ReplicaSet` without Pods, to which no controller writes more than a status.
fn object() -> Value {
    let mut object = good("ReplicaSet", "web");
    object["spec"]["replicas"] = 0.into();
    object
}

fn apply(namespace: &Namespace, object: &Value) {
    let words = [
        "apply",
        "--server-side",
        "--force-conflicts",
        "--filename=-",
    ];
    namespace.send(&words, object).succeeds();
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn only_what_changes_something_is_asked_about() {
    let Some(mut place) = Place::new("conditions") else {
        return;
    };
    apply(&place.namespace, &object());
    place.registered.condition();
    let (namespace, hook) = (&place.namespace, &place.hook);
    let asked = |act: &dyn Fn()| {
        let before = hook.reached("resource=\"replicasets\"");
        act();
        hook.reached("resource=\"replicasets\"") - before
    };
    cluster::eventually("a resync is not asked about", || {
        asked(&|| apply(namespace, &object())) == 0
    });
    let kubectl = |words: &[&str]| asked(&|| drop(namespace.kubectl(words).succeeds()));
    let finalizers = |value: &str| {
        let patch = format!("--patch={{\"metadata\":{{\"finalizers\":{value}}}}}");
        kubectl(&["patch", "replicaset/web", "--type=merge", &patch])
    };
    let mut other = object();
    container(&mut other)["image"] = "ghcr.io/example/web:1.2.4".into();
    assert_eq!(asked(&|| apply(namespace, &other)), 1, "an image");
    assert_eq!(kubectl(&["label", "replicaset/web", "team=shop"]), 1);
    assert_eq!(kubectl(&["annotate", "replicaset/web", "a=b"]), 1);
    let replicas = [
        "patch",
        "replicaset/web",
        "--patch={\"spec\":{\"minReadySeconds\":1}}",
    ];
    assert_eq!(kubectl(&replicas), 1);
    assert_eq!(kubectl(&["scale", "replicaset/web", "--replicas=0"]), 0);
    assert_eq!(finalizers("[\"example.com/held\"]"), 0);
    assert_eq!(kubectl(&["delete", "replicaset/web", "--wait=false"]), 0);
    assert_eq!(
        kubectl(&["label", "replicaset/web", "team=other", "--overwrite"]),
        0
    );
    assert_eq!(finalizers("null"), 0);
    cluster::eventually("it goes", || namespace.names("replicaset").is_empty());
    assert_eq!(asked(&|| apply(namespace, &object())), 1, "a creation");
}
