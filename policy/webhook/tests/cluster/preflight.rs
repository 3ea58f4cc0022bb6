//! `preflight` of a real cluster, and the switch that it guards.

use cluster::ControlPlane;
use serde_json::json;

use super::plimsoll_webhook;
use super::running::install;

/// A Pod that is refused, one that is not, and one that a controller made.
fn store(cluster: &ControlPlane, judged: &str) {
    let owner = json!([{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "x", "uid": "y", "controller": true}]);
    let pod = |name: &str, bad: bool, owners: &serde_json::Value| {
        let pod = json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": judged, "ownerReferences": owners},
            "spec": {"hostPID": bad, "securityContext": {"runAsNonRoot": true}, "containers": [{
            "name": "web", "image": "web:1.2.3",
            "livenessProbe": {"tcpSocket": {"port": 80}}, "readinessProbe": {"httpGet": {"port": 80}},
            "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "1Gi"}},
            "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
        }]},
        });
        cluster
            .kubectl_with(&["create", "-f", "-"], &pod.to_string())
            .succeeds();
    };
    pod("bad", true, &json!([]));
    pod("good", false, &json!([]));
    pod("made", true, &owner);
}

#[test]
#[ignore = "cargo xtask test --only cluster"]
fn what_is_stored_is_judged_and_the_switch_waits_for_it() {
    let Some(cluster) = ControlPlane::shared() else {
        return;
    };
    let judged = cluster.namespace("preflight");
    let name = "preflight-one";
    install(cluster, name, &judged, &["--certificates", "files"]);
    // Nobody answers for it.
    plimsoll_webhook(
        cluster,
        &["break-glass", "--off", "--webhook-configuration", name],
    );
    store(cluster, &judged);
    plimsoll_webhook(
        cluster,
        &["break-glass", "--back", "--webhook-configuration", name],
    );
    let preflight = |further: &[&str]| {
        let mut arguments = vec!["preflight", "--webhook-configuration", name];
        arguments.extend(further);
        plimsoll_webhook(cluster, &arguments)
    };
    let policy = || {
        let path = "jsonpath={.webhooks[0].failurePolicy}";
        cluster
            .kubectl(&[
                "get",
                "validatingwebhookconfiguration",
                name,
                "--output",
                path,
            ])
            .succeeds()
    };
    let (code, said) = preflight(&[]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains(&format!("stored: create of Pod {judged}/bad\n")),
        "{said}"
    );
    assert!(
        said.ends_with("1 of 2 objects in the cluster would be denied\n"),
        "{said}"
    );
    let (code, said) = preflight(&["--switch"]);
    assert_eq!(code, 3);
    assert!(
        said.contains("failurePolicy stays as it is: 1 objects would be refused"),
        "{said}"
    );
    assert_eq!(policy(), "Ignore");
    let (_, said) = preflight(&["--switch", "--acknowledge", "1"]);
    assert!(said.contains("failurePolicy Fail"), "{said}");
    assert_eq!(policy(), "Fail");
    cluster
        .kubectl(&["delete", "validatingwebhookconfiguration", name])
        .succeeds();
}
