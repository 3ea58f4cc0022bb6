//! `break-glass`, with the real binary as the webhook of a real API server.

use cluster::{ControlPlane, eventually};
use serde_json::json;

use super::plimsoll_webhook;
use super::running::{install, point_at, serve};

/// Whether a Pod is stored that no rule likes.
fn is_stored(cluster: &ControlPlane, judged: &str) -> bool {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bad", "namespace": judged},
        "spec": {"hostPID": true, "containers": [{"name": "bad", "image": "bad:latest"}]},
    });
    let arguments = ["create", "--dry-run=server", "-f", "-"];
    let output = cluster.kubectl_with(&arguments, &pod.to_string());
    output.code == 0
}

#[test]
#[ignore = "cargo xtask test --only cluster"]
fn the_glass_is_broken_while_nothing_can_be_stored_and_mended_again() {
    let Some(cluster) = ControlPlane::shared() else {
        return;
    };
    let judged = cluster.namespace("glass");
    let name = "glass-one";
    install(
        cluster,
        name,
        &judged,
        &["--certificates", "files", "--fail-policy", "fail"],
    );
    let create = || {
        let arguments = [
            "-n",
            &judged,
            "create",
            "deployment",
            "web",
            "--image=web:latest",
            "--dry-run=server",
        ];
        cluster.kubectl(&arguments)
    };
    let glass = |further: &[&str]| {
        let mut arguments = vec!["break-glass", "--webhook-configuration", name];
        arguments.extend(further);
        plimsoll_webhook(cluster, &arguments)
    };
    eventually("nobody answers, and nothing is stored", || {
        create().code != 0
    });
    let (code, said) = glass(&["--back"]);
    assert_eq!(code, 1);
    assert!(said.contains("the glass is not broken"), "{said}");
    assert_eq!(glass(&[]).0, 0);
    eventually("it is stored", || create().code == 0);
    assert_eq!(glass(&["--back"]).0, 0);
    eventually("it is as before", || create().code != 0);
    // It answers, and denies too much: to ignore its absence is not enough.
    let running = serve(&[]);
    point_at(cluster, name, &running);
    let bad = |code: i32| is_stored(cluster, &judged) == (code == 0);
    eventually("it denies", || bad(1));
    assert_eq!(glass(&[]).0, 0);
    assert!(bad(1), "a denial is a denial");
    assert_eq!(glass(&["--off"]).0, 0);
    eventually("it is not asked", || bad(0));
    assert_eq!(glass(&["--back"]).0, 0);
    eventually("it denies again", || bad(1));
    let path = "jsonpath={.webhooks[0].failurePolicy} {.webhooks[0].matchConditions[*].name} {.metadata.annotations}";
    let left = cluster.kubectl(&[
        "get",
        "validatingwebhookconfiguration",
        name,
        "--output",
        path,
    ]);
    assert_eq!(left.succeeds().trim(), "Fail not-node not-deleting changed");
    cluster
        .kubectl(&["delete", "validatingwebhookconfiguration", name])
        .succeeds();
}
