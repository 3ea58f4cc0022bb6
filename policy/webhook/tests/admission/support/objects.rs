//! Objects of each kind that has a pod template, with nothing to say of them or with too many rights.

use serde_json::{Value, json};

/// Every kind of workload.
pub(crate) const KINDS: [&str; 8] = [
    "Pod",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "ReplicationController",
    "Job",
    "CronJob",
];

/// An object that nothing blocks.
pub(crate) fn good(kind: &str, name: &str) -> Value {
    let mut pod = template(name);
    if matches!(kind, "Job" | "CronJob") {
        pod["spec"]["restartPolicy"] = "Never".into();
    }
    let selector = json!({"matchLabels": {"app": name}});
    let (version, spec) = match kind {
        "Pod" => ("v1", pod["spec"].clone()),
        "Deployment" | "ReplicaSet" => (
            "apps/v1",
            json!({"replicas": 2, "selector": selector, "template": pod}),
        ),
        "StatefulSet" => {
            let spec =
                json!({"replicas": 2, "serviceName": name, "selector": selector, "template": pod});
            ("apps/v1", spec)
        }
        "DaemonSet" => ("apps/v1", json!({"selector": selector, "template": pod})),
        "ReplicationController" => (
            "v1",
            json!({"replicas": 2, "selector": {"app": name}, "template": pod}),
        ),
        "Job" => ("batch/v1", json!({"template": pod})),
        "CronJob" => {
            let spec = json!({"schedule": "* * * * *", "jobTemplate": {"spec": {"template": pod}}});
            ("batch/v1", spec)
        }
        _ => unreachable!("{kind} is no workload"),
    };
    let metadata = json!({"name": name, "labels": {"app": name}});
    json!({"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec})
}

/// The same, with every right on its node.
pub(crate) fn privileged(kind: &str, name: &str) -> Value {
    let mut object = good(kind, name);
    container(&mut object)["securityContext"] = json!({"privileged": true});
    object
}

/// Its one container.
pub(crate) fn container(object: &mut Value) -> &mut Value {
    let kind = object["kind"].as_str().unwrap_or_default();
    let path = match kind {
        "Pod" => "/spec/containers/0",
        "CronJob" => "/spec/jobTemplate/spec/template/spec/containers/0",
        _ => "/spec/template/spec/containers/0",
    };
    object.pointer_mut(path).unwrap()
}

fn template(name: &str) -> Value {
    json!({
        "metadata": {"labels": {"app": name}},
        "spec": {
            "automountServiceAccountToken": false,
            "securityContext": {"runAsNonRoot": true, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [{
                "name": "web",
                "image": "ghcr.io/example/web:1.2.3",
                "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": "100m", "memory": "16Mi"}},
                "securityContext": {"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]}},
                "livenessProbe": {"httpGet": {"path": "/healthz", "port": 8080}},
                "readinessProbe": {"httpGet": {"path": "/readyz", "port": 8080}},
            }],
        },
    })
}
