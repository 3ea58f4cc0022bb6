//! What is refused and what runs, the webhook's own Pods among it.

use std::io::Write;
use std::process::{Command, Stdio};

use cluster::eventually;
use serde_json::{Value, json};

use super::installation::{Installation, NAME, NAMESPACE, variable};

/// What the rules ask of an object is in it; it runs the harness's own server.
pub(super) fn good(name: &str) -> Value {
    let labels = json!({"app.kubernetes.io/name": name});
    let container = json!({
        "name": "web",
        "image": "localhost/server:1",
        "imagePullPolicy": "Never",
        "ports": [{"containerPort": 8080}],
        "livenessProbe": {"httpGet": {"port": 8080}, "periodSeconds": 10},
        "readinessProbe": {"httpGet": {"port": 8080}, "periodSeconds": 1},
        "resources": {
            "requests": {"cpu": "10m", "memory": "8Mi"},
            "limits": {"cpu": "100m", "memory": "16Mi"},
        },
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": true,
        },
    });
    let pod = json!({
        "automountServiceAccountToken": false,
        "securityContext": {
            "runAsNonRoot": true,
            "runAsUser": 65532,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
    });
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    })
}

/// As the good one, but that nobody asks whether it is alive.
pub(super) fn bad(name: &str) -> Value {
    let mut bad = good(name);
    let container = &mut bad["spec"]["template"]["spec"]["containers"][0];
    container.as_object_mut().unwrap().remove("livenessProbe");
    bad
}

#[test]
#[ignore = "cargo xtask test --only in-cluster"]
fn what_is_bad_is_refused_and_what_is_good_runs() {
    let Some(installation) = Installation::take() else {
        return;
    };
    installation.node.import_server().unwrap();
    let cluster = installation.cluster();
    let namespace = cluster.namespace("verdicts");
    let apply = ["--namespace", &namespace, "apply", "--filename=-"];
    let refused = cluster.kubectl_with(&apply, &bad("web").to_string());
    assert_eq!(refused.code, 1, "{refused:?}");
    assert_eq!(refused.stderr.trim(), REFUSED);
    cluster
        .kubectl_with(&apply, &good("web").to_string())
        .succeeds();
    let status = ["rollout", "status", "deployment/web", "--timeout=100s"];
    let status = [&["--namespace", &namespace][..], &status].concat();
    cluster.kubectl(&status).succeeds();
    // The API server has asked, and not let it pass.
    let judged = cluster.audit().into_iter().find(|event| {
        event["verb"] == "create"
            && event["objectRef"]["namespace"] == *namespace
            && event["objectRef"]["resource"] == "deployments"
            && event["responseStatus"]["code"] == 201
    });
    let judged = judged.unwrap();
    let decision = &judged["annotations"]["validate.plimsoll.dev/decision"];
    assert_eq!(decision, "allow", "{judged}");
    cluster
        .kubectl(&["delete", "namespace", &namespace, "--wait=false"])
        .succeeds();
}

const REFUSED: &str = "The Deployment \"web\" is invalid: spec.template.spec.containers[0].livenessProbe: \
    probe-liveness-missing: container `web` has no liveness probe; add a `livenessProbe` that asks the process itself, \
    and nothing it depends on (plimsoll explain probe-liveness-missing)";

#[test]
#[ignore = "cargo xtask test --only in-cluster"]
fn its_own_pods_pass_its_own_rules() {
    let Some(installation) = Installation::take() else {
        return;
    };
    let kinds = "namespace,deployment,service,serviceaccount,configmap,poddisruptionbudget,networkpolicy,\
        horizontalpodautoscaler,resourcequota,servicemonitor,prometheusrule,ciliumnetworkpolicy,\
        role,rolebinding,pod";
    let held = installation.kubectl(&["get", kinds, "--output=yaml"]);
    assert!(held.contains("kind: Pod\n"), "{held}");
    let mut check = Command::new(variable("PLIMSOLL_BIN").unwrap());
    check.args(["check", "-"]).stdin(Stdio::piped());
    let mut check = check
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    check
        .stdin
        .take()
        .unwrap()
        .write_all(held.as_bytes())
        .unwrap();
    let output = check.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{said}");
}

#[test]
#[ignore = "cargo xtask test --only in-cluster"]
fn a_copy_of_it_elsewhere_is_admitted() {
    let Some(installation) = Installation::take() else {
        return;
    };
    let cluster = installation.cluster();
    let namespace = cluster.namespace("copy");
    let _closed = installation.fail_closed();
    let mut copy = installation.get(&["deployment", NAME]);
    copy["metadata"] = json!({"name": NAME, "labels": copy["metadata"]["labels"]});
    copy["spec"]["paused"] = json!(true);
    let apply = ["--namespace", &namespace, "create", "--filename=-"];
    cluster.kubectl_with(&apply, &copy.to_string()).succeeds();
    // In its own namespace it is not asked of itself; here it was.
    eventually("the answer is in the audit log", || {
        cluster.audit().into_iter().any(|event| {
            let decision = &event["annotations"]["validate.plimsoll.dev/decision"];
            event["objectRef"]["namespace"] == *namespace
                && event["objectRef"]["name"] == *NAME
                && (decision == "allow" || decision == "warn")
        })
    });
    assert_ne!(namespace, NAMESPACE);
    cluster
        .kubectl(&["delete", "namespace", &namespace, "--wait=false"])
        .succeeds();
}
