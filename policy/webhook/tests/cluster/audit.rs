//! Reports of what is stored: they appear, change and go, and nobody else's is touched.

use cluster::{ControlPlane, Options, eventually, or_skip};
use serde_json::{Value, json};

use super::running::serve_with_view;
use super::view::{BUDGET, WEB};

const DEFINITIONS: [&str; 2] = [
    include_str!("../crds/openreports.io_reports.yaml"),
    include_str!("../crds/openreports.io_clusterreports.yaml"),
];

fn report(name: &str, managed_by: &str) -> String {
    let report = json!({
        "apiVersion": "openreports.io/v1alpha1", "kind": "Report", "source": "somebody",
        "metadata": {"name": name, "labels": {"app.kubernetes.io/managed-by": managed_by}},
    });
    report.to_string()
}

/// The results of the report of an object.
fn results(cluster: &ControlPlane, namespace: &str, uid: &str) -> Option<Vec<Value>> {
    let get = ["-n", namespace, "get", "report", uid, "--output=json"];
    let got = cluster.kubectl(&get);
    let report: Value = (got.code == 0).then(|| serde_json::from_str(&got.stdout).unwrap())?;
    Some(report["results"].as_array().unwrap().clone())
}

fn says(results: Option<&Vec<Value>>, rule: &str) -> bool {
    results.is_some_and(|results| results.iter().any(|result| result["rule"] == rule))
}

fn define(cluster: &ControlPlane) {
    for definition in DEFINITIONS {
        cluster
            .kubectl_with(&["create", "-f", "-"], definition)
            .succeeds();
    }
    let wait = ["wait", "--for=condition=Established", "crd", "--all"];
    cluster.kubectl(&wait).succeeds();
}

#[test]
#[ignore = "cargo xtask test --only cluster"]
fn reports_appear_change_and_go() {
    let Some(cluster) = or_skip(ControlPlane::start(&Options::default())) else {
        return;
    };
    define(&cluster);
    let namespace = cluster.namespace("audit");
    let apply = ["-n", &namespace, "apply", "-f", "-"];
    eventually("reports can be written", || {
        cluster
            .kubectl_with(&apply, &report("left-behind", "plimsoll"))
            .code
            == 0
    });
    cluster
        .kubectl_with(&apply, &report("another", "somebody"))
        .succeeds();
    cluster.kubectl_with(&apply, WEB).succeeds();
    let uid = [
        "-n",
        &namespace,
        "get",
        "deployment",
        "web",
        "--output=jsonpath={.metadata.uid}",
    ];
    let uid = cluster.kubectl(&uid).succeeds();
    let running = serve_with_view(
        &cluster,
        &[
            "--audit",
            "--audit-debounce",
            "1",
            "--namespace",
            &namespace,
        ],
    );
    eventually("the Deployment has a report", || {
        says(results(&cluster, &namespace, &uid).as_ref(), "pdb-missing")
    });
    eventually("what an earlier run left is gone", || {
        results(&cluster, &namespace, "left-behind").is_none()
    });
    let reports = ["-n", &namespace, "get", "reports", "--output=name"];
    let reports = cluster.kubectl(&reports).succeeds();
    assert!(reports.contains("/another"), "{reports}");
    // Its ReplicaSet and its Pods are there, and have none of their own.
    assert_eq!(reports.lines().count(), 2, "{reports}");
    cluster.kubectl_with(&apply, BUDGET).succeeds();
    eventually("it changes", || {
        let results = results(&cluster, &namespace, &uid);
        results.is_some() && !says(results.as_ref(), "pdb-missing")
    });
    let metrics = running.probe("/metrics");
    assert!(metrics.contains("plimsoll_leader 1"), "{metrics}");
    let web = ["-n", &namespace, "delete", "deployment", "web"];
    cluster.kubectl(&web).succeeds();
    eventually("it goes with its object", || {
        results(&cluster, &namespace, &uid).is_none()
    });
}
