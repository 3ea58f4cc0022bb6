//! What becomes of each kind of workload that is created, changed, scaled and deleted.

use crate::support::objects::{KINDS, container, good, privileged};
use crate::support::{Namespace, Place, noted};

/// An image that no runtime can fetch, which the API server does not look at.
const NO_IMAGE: &str = "ghcr.io/Example/Web:1.2.3";

fn refused(what: &str, output: cluster::Output, rule: &str) {
    assert_eq!(output.code, 1, "{what}: {output:?}");
    let said = output.stderr;
    assert!(said.contains(" is invalid: "), "{what}: {said}");
    let explained = format!("{rule}: ");
    assert!(said.contains(&explained), "{what}: {said}");
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn objects_of_each_kind_are_refused_for_what_they_bring_and_let_in_without_it() {
    let Some(place) = Place::new("kinds") else {
        return;
    };
    for kind in KINDS {
        is_refused(&place.namespace, kind);
        is_let_in(&place.namespace, kind);
        changes(&place.namespace, kind);
        goes(&place.namespace, kind);
    }
}

fn is_refused(namespace: &Namespace, kind: &str) {
    let bad = privileged(kind, "bad");
    let rule = "container-privileged";
    refused(kind, namespace.create(&bad), rule);
    refused(kind, namespace.apply(&bad), rule);
    refused(kind, namespace.dry_run(&bad), rule);
    let server_side = ["apply", "--server-side", "--filename=-"];
    refused(kind, namespace.send(&server_side, &bad), rule);
    assert_eq!(namespace.names(kind), [""; 0], "nothing is stored");
}

fn is_let_in(namespace: &Namespace, kind: &str) {
    let object = good(kind, "web");
    namespace.dry_run(&object).succeeds();
    assert_eq!(namespace.names(kind), [""; 0], "nothing is stored");
    let apply = ["apply", "--server-side", "--filename=-"];
    namespace.send(&apply, &object).succeeds();
    let before = namespace.stored(&one(kind), "/metadata/resourceVersion");
    // What a GitOps controller does every few minutes.
    namespace.send(&apply, &object).succeeds();
    let patched = namespace.audited("patch", &resource(kind));
    let last = patched.last().unwrap();
    assert_eq!(noted(last, "skipped"), "unchanged", "{kind}: {last}");
    // Controllers write the status in the meantime, which is no change of what was applied.
    let status_is_its_own = kind == "Pod";
    if status_is_its_own {
        let after = namespace.stored(&one(kind), "/metadata/resourceVersion");
        assert_eq!(after, before);
    }
}

fn changes(namespace: &Namespace, kind: &str) {
    let words = ["label", &one(kind), "team=shop"];
    namespace.kubectl(&words).succeeds();
    let apply = ["apply", "--server-side", "--dry-run=server", "--filename=-"];
    let mut object = good(kind, "web");
    if kind != "Job" {
        // A Job's template cannot be changed at all.
        container(&mut object)["image"] = NO_IMAGE.into();
        let rule = "image-reference-invalid";
        refused(kind, namespace.send(&apply, &object), rule);
        container(&mut object)["image"] = "ghcr.io/example/web:1.2.4".into();
        namespace.send(&apply, &object).succeeds();
    }
    if matches!(
        kind,
        "Deployment" | "StatefulSet" | "ReplicaSet" | "ReplicationController"
    ) {
        let scale = ["scale", &one(kind), "--replicas=1"];
        namespace.kubectl(&scale).succeeds();
        assert_eq!(namespace.stored(&one(kind), "/spec/replicas"), 1);
    }
}

fn goes(namespace: &Namespace, kind: &str) {
    namespace.kubectl(&["delete", &one(kind)]).succeeds();
    let deleted = namespace.audited("delete", &resource(kind));
    let last = deleted.last().unwrap();
    assert_eq!(noted(last, "decision"), "", "nobody asks about it");
    cluster::eventually("what was made of it goes", || {
        namespace.kubectl(&["delete", "pod,replicaset,job", "--all", "--force"]);
        namespace.names(kind).is_empty() && namespace.names("pod").is_empty()
    });
}

fn one(kind: &str) -> String {
    format!("{}/web", kind.to_lowercase())
}

fn resource(kind: &str) -> String {
    kind.to_lowercase() + "s"
}
