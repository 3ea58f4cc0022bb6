//! What the API server keeps to itself by the `matchConditions` of the manifests, and what it asks about.

use cluster::{ControlPlane, eventually};
use serde_json::{Value, json};

use super::running::{Running, install, point_at, serve};

/// A suspended `CronJob`: no controller makes or changes anything because of it.
fn cron_job(namespace: &str, label: &str, image: &str) -> Value {
    json!({
        "apiVersion": "batch/v1", "kind": "CronJob",
        "metadata": {"name": "report", "namespace": namespace, "labels": {"for": label}},
        "spec": {"schedule": "0 0 * * *", "suspend": true, "jobTemplate": {"spec": {"template": {"spec": {
            "restartPolicy": "Never", "containers": [{"name": "report", "image": image}],
        }}}}},
    })
}

/// How often the webhook is asked because of something.
fn asked(running: &Running, does: impl FnOnce()) -> u64 {
    let before = running.asked();
    does();
    running.asked() - before
}

/// Applies the object by server-side apply, as a GitOps tool does.
fn apply(cluster: &ControlPlane, object: &Value, further: &[&str]) -> i32 {
    let arguments = [&["apply", "--server-side", "-f", "-"], further].concat();
    cluster.kubectl_with(&arguments, &object.to_string()).code
}

#[test]
#[ignore = "cargo xtask test --only cluster"]
fn what_changes_nothing_and_what_is_going_does_not_leave_the_api_server() {
    let Some(cluster) = ControlPlane::shared() else {
        return;
    };
    let judged = cluster.namespace("conditions");
    let (name, running) = ("conditions-one", serve(&["--fail-on", "never"]));
    let options = ["--certificates", "files", "--fail-policy", "fail"];
    install(cluster, name, &judged, &options);
    point_at(cluster, name, &running);
    eventually("the webhook is asked", || {
        let object = cron_job(&judged, "one", "report:1");
        apply(cluster, &object, &["--dry-run=server"]);
        running.asked() > 0
    });
    let applied = |label, image| {
        let object = cron_job(&judged, label, image);
        asked(&running, || assert_eq!(apply(cluster, &object, &[]), 0))
    };
    let report = ["-n", &judged, "patch", "cronjob", "report", "--type=merge"];
    let patched = |patch: &str| {
        let arguments = [&report[..], &["--patch", patch]].concat();
        asked(&running, || drop(cluster.kubectl(&arguments).succeeds()))
    };
    assert_eq!(applied("one", "report:1"), 1, "created");
    assert_eq!(applied("one", "report:1"), 0, "as it was");
    assert_eq!(applied("two", "report:1"), 1, "a label");
    assert_eq!(applied("two", "report:2"), 1, "an image");
    let annotation = patched(r#"{"metadata": {"annotations": {"a": "b"}}}"#);
    assert_eq!(annotation, 1, "an annotation");
    let finalizer = patched(r#"{"metadata": {"finalizers": ["plimsoll.dev/test"]}}"#);
    assert_eq!(finalizer, 0, "a finalizer");
    let delete = ["-n", &judged, "delete", "cronjob", "report", "--wait=false"];
    cluster.kubectl(&delete).succeeds();
    let going = patched(r#"{"metadata": {"labels": {"for": "three"}}}"#);
    assert_eq!(going, 0, "it is going");
    let let_go = patched(r#"{"metadata": {"finalizers": null}}"#);
    assert_eq!(let_go, 0, "it is let go");
    let configuration = ["delete", "validatingwebhookconfiguration", name];
    cluster.kubectl(&configuration).succeeds();
}
