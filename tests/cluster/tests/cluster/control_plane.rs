//! The control plane as the tests of other crates use it: real controllers, real refusals, real exit codes.

use cluster::{Authorization, ControlPlane, Options, eventually, or_skip};

fn names(cluster: &ControlPlane, namespace: &str, kind: &str) -> Vec<String> {
    let listed = cluster.kubectl(&["-n", namespace, "get", kind, "--output=name"]);
    listed.succeeds().lines().map(ToOwned::to_owned).collect()
}

#[test]
#[ignore = "cargo xtask test --only cluster"]
fn a_deployment_becomes_a_replica_set_and_pods() {
    let Some(cluster) = ControlPlane::shared() else {
        return;
    };
    let namespace = cluster.namespace("deployment");
    let create = [
        "create",
        "deployment",
        "web",
        "--image=web:1",
        "--replicas=2",
    ];
    let create = [&["-n", &namespace][..], &create].concat();
    cluster.kubectl(&create).succeeds();
    eventually("there are two Pods", || {
        names(cluster, &namespace, "pods").len() == 2
    });
    assert_eq!(names(cluster, &namespace, "replicasets").len(), 1);
    let events = cluster.audit();
    let created = events.iter().filter(|event| {
        let object = &event["objectRef"];
        event["verb"] == "create"
            && object["resource"] == "pods"
            && object["namespace"] == namespace
    });
    assert_eq!(created.count(), 2, "the audit log has each Pod");
}

#[test]
#[ignore = "cargo xtask test --only cluster"]
fn a_deleted_namespace_goes_with_what_is_in_it() {
    let Some(cluster) = ControlPlane::shared() else {
        return;
    };
    let namespace = cluster.namespace("deleted");
    let create = ["-n", &namespace, "create", "configmap", "settings"];
    cluster.kubectl(&create).succeeds();
    let delete = ["delete", "namespace", &namespace, "--wait=false"];
    cluster.kubectl(&delete).succeeds();
    eventually("the namespace goes", || {
        let get = cluster.kubectl(&["get", "namespace", &namespace]);
        get.code == 1 && get.stderr.contains("NotFound")
    });
}

#[test]
#[ignore = "cargo xtask test --only cluster"]
fn kubectl_tells_by_its_exit_code() {
    let Some(cluster) = ControlPlane::shared() else {
        return;
    };
    let namespace = cluster.namespace("codes");
    let config = |value: &str| {
        format!(
            "{{apiVersion: v1, kind: ConfigMap, metadata: {{name: settings}}, data: {{a: {value}}}}}"
        )
    };
    let at = |words: &[&str], input: &str| {
        let words = [&["-n", &namespace][..], words].concat();
        cluster.kubectl_with(&words, input)
    };
    let applied = at(&["apply", "--filename=-"], &config("one"));
    assert_eq!(applied.succeeds(), "configmap/settings created\n");
    assert_eq!(at(&["diff", "--filename=-"], &config("one")).code, 0);
    assert_eq!(at(&["diff", "--filename=-"], &config("two")).code, 1);
    // A number is no string, which the API server says, and not kubectl.
    let refused = at(&["apply", "--filename=-", "--validate=false"], &config("1"));
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.contains("cannot convert int64 to string"),
        "{}",
        refused.stderr
    );
    assert_eq!(at(&["get", "configmap", "missing"], "").code, 1);
    assert_eq!(at(&["no-such-command"], "").code, 1);
}

#[test]
#[ignore = "cargo xtask test --only cluster"]
fn roles_decide_where_they_should() {
    let options = Options {
        authorization: Authorization::Rbac,
        controllers: false,
        ..Options::default()
    };
    let Some(cluster) = or_skip(ControlPlane::start(&options)) else {
        return;
    };
    let refused = cluster.kubectl(&["get", "secrets", "--as=dev", "--as-group=devs"]);
    assert!(refused.fails().contains("Forbidden"));
    cluster.kubectl(&["get", "secrets"]).succeeds();
    // Without controllers nobody makes an account, and Pods are accepted all the same.
    let pod = ["run", "web", "--image=web:1", "--output=name"];
    assert_eq!(cluster.kubectl(&pod).succeeds(), "pod/web\n");
}

#[test]
#[ignore = "cargo xtask test --only cluster"]
fn what_was_stored_is_there_after_a_restart() {
    let Some(mut cluster) = or_skip(ControlPlane::start(&Options::default())) else {
        return;
    };
    let namespace = cluster.namespace("restart");
    cluster.stop_api_server();
    let refused = cluster.kubectl(&["get", "namespace", &namespace]).fails();
    assert!(refused.contains("refused"), "{refused}");
    cluster.start_api_server().expect("it has run before");
    cluster
        .kubectl(&["get", "namespace", &namespace])
        .succeeds();
    eventually("the controllers work again", || {
        let other = cluster.kubectl(&["create", "namespace", "again"]);
        let account = ["-n", "again", "get", "serviceaccount", "default"];
        (other.code == 0 || other.stderr.contains("AlreadyExists"))
            && cluster.kubectl(&account).code == 0
    });
}
