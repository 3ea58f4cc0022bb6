//! After it is deleted nothing of it is left.

use cluster::eventually;
use serde_json::Value;

use super::installation::{Installation, NAME, NAMESPACE};
use super::verdicts::bad;

#[test]
#[ignore = "cargo xtask test --only in-cluster"]
fn what_is_deleted_leaves_nothing_behind() {
    let Some(installation) = Installation::take() else {
        return;
    };
    let node = installation.node;
    let cluster = node.control_plane();
    // They are not in the manifests: the webhook has made them.
    let lease = format!("lease/{NAME}-certificates");
    for made in [format!("secret/{NAME}-certificates"), lease] {
        installation.kubectl(&["get", &made]);
    }
    let namespace = cluster.namespace("removal");
    let apply = ["--namespace", &namespace, "apply", "--filename=-"];
    let bad = bad("web").to_string();
    cluster.kubectl_with(&apply, &bad).fails();
    installation.remove();
    eventually("the namespace is gone with all that was in it", || {
        cluster.kubectl(&["get", "namespace", NAMESPACE]).code != 0
    });
    assert_eq!(left(cluster), [""; 0]);
    // Nobody is asked any more.
    cluster.kubectl_with(&apply, &bad).succeeds();
    cluster
        .kubectl(&["delete", "namespace", &namespace, "--wait=false"])
        .succeeds();
}

/// Whatever is named as it is, of every kind that the API server knows.
fn left(cluster: &cluster::ControlPlane) -> Vec<String> {
    let kinds = ["api-resources", "--verbs=list", "--output=name"];
    let kinds = cluster.kubectl(&kinds).succeeds();
    // Events tell what was.
    let kinds: Vec<&str> = kinds
        .lines()
        .filter(|kind| !kind.starts_with("events"))
        .collect();
    let get = ["get", &kinds.join(","), "--all-namespaces", "--output=json"];
    let all: Value = serde_json::from_str(&cluster.kubectl(&get).succeeds()).unwrap();
    let items = all["items"].as_array().unwrap();
    let texts = items
        .iter()
        .map(|item| format!("{} {}", item["kind"], item["metadata"]));
    texts.filter(|text| text.contains("plimsoll")).collect()
}
