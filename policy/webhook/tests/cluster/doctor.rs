//! `doctor`, with the real binary as the webhook of a real API server.

use cluster::{ControlPlane, eventually};
use serde_json::json;

use super::plimsoll_webhook;
use super::running::{install, point_at, serve};

fn doctor(cluster: &ControlPlane, name: &str, judged: &str) -> (i32, String) {
    let place = [
        "--namespace",
        name,
        "--service",
        name,
        "--webhook-configuration",
        name,
    ];
    let canary = ["--canary-namespace", judged];
    plimsoll_webhook(cluster, &[&["doctor"][..], &place, &canary].concat())
}

/// A webhook of somebody else that is asked about Pods of a namespace, and runs in another.
fn install_other(cluster: &ControlPlane, name: &str, other: &str) {
    let webhook = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": "other-webhook"},
        "webhooks": [{
            "name": "mutate.other.example", "sideEffects": "None", "admissionReviewVersions": ["v1"],
            "clientConfig": {"service": {"namespace": other, "name": "other"}},
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}},
            "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"], "operations": ["CREATE"]}],
        }],
    });
    cluster
        .kubectl_with(&["apply", "-f", "-"], &webhook.to_string())
        .succeeds();
}

#[test]
#[ignore = "cargo xtask test --only cluster"]
fn an_installation_is_looked_at_from_nothing_to_a_deadlock() {
    let Some(cluster) = ControlPlane::shared() else {
        return;
    };
    let judged = cluster.namespace("judged");
    let name = "doctor-one";
    let doctor = || doctor(cluster, name, &judged);
    let (code, said) = doctor();
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("there is no ValidatingWebhookConfiguration doctor-one"),
        "{said}"
    );
    install(
        cluster,
        name,
        &judged,
        &["--certificates", "files", "--fail-policy", "fail"],
    );
    let (_, said) = doctor();
    assert!(
        said.contains("error    the configuration has no caBundle"),
        "{said}"
    );
    assert!(said.contains("ok       all workloads are sent"), "{said}");
    assert!(said.contains("error    no replica is ready"), "{said}");
    eventually("the API server says that it cannot reach it", || {
        doctor()
            .1
            .contains("error    the API server does not reach the webhook")
    });
    let running = serve(&[]);
    point_at(cluster, name, &running);
    eventually("a canary is judged", || {
        doctor()
            .1
            .contains("ok       the API server reaches the webhook")
    });
    // Nobody else is to wait for it.
    cluster
        .kubectl(&["delete", "validatingwebhookconfiguration", name])
        .succeeds();
}

#[test]
#[ignore = "cargo xtask test --only cluster"]
fn webhooks_that_wait_for_each_other_are_told() {
    let Some(cluster) = ControlPlane::shared() else {
        return;
    };
    let judged = cluster.namespace("waits");
    let name = "doctor-two";
    install(
        cluster,
        name,
        &judged,
        &["--certificates", "files", "--fail-policy", "fail"],
    );
    let doctor = || doctor(cluster, name, &judged);
    let other = cluster.namespace("other");
    install_other(cluster, name, &other);
    let (_, said) = doctor();
    assert!(
        said.contains("warning  our Pods do not start while mutate.other.example"),
        "{said}"
    );
    let values = json!([{"op": "replace", "path": "/webhooks/0/namespaceSelector/matchExpressions/0/values", "value": [judged, other]}]);
    let arguments = [
        "patch",
        "validatingwebhookconfiguration",
        name,
        "--type=json",
        "--patch",
        &values.to_string(),
    ];
    cluster.kubectl(&arguments).succeeds();
    let (code, said) = doctor();
    assert_eq!(code, 1);
    assert!(
        said.contains("error    deadlock: our Pods wait for mutate.other.example"),
        "{said}"
    );
    cluster
        .kubectl(&["delete", "mutatingwebhookconfiguration", "other-webhook"])
        .succeeds();
    cluster
        .kubectl(&["delete", "validatingwebhookconfiguration", name])
        .succeeds();
}
