//! What is said of an object changes with what is around it, and no request waits for that.

use cluster::{Authorization, ControlPlane, Options, Output, eventually, or_skip};

use super::running::{install, point_at, serve_with_view};

/// A Deployment with nothing wrong but what is not around it.
pub(super) const WEB: &str = r#"{
    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
    "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{
            "name": "web", "image": "ghcr.io/acme/web:1.2.3",
            "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}},
            "securityContext": {"runAsNonRoot": true, "readOnlyRootFilesystem": true,
                "allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]},
                "seccompProfile": {"type": "RuntimeDefault"}},
            "livenessProbe": {"httpGet": {"path": "/live", "port": 8080}},
            "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080}},
            "ports": [{"name": "http", "containerPort": 8080}]
        }]}
    }}
}"#;

pub(super) const BUDGET: &str = r#"{
    "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"},
    "spec": {"maxUnavailable": 1, "unhealthyPodEvictionPolicy": "AlwaysAllow",
        "selector": {"matchLabels": {"app": "web"}}}
}"#;

const DEFAULTS: &str = r#"{
    "apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "defaults"},
    "spec": {"limits": [{"type": "Container", "default": {"memory": "64Mi"}}]}
}"#;

fn apply(cluster: &ControlPlane, namespace: &str, object: &str, further: &[&str]) -> Output {
    let arguments = [&["-n", namespace, "apply", "-f", "-"], further].concat();
    cluster.kubectl_with(&arguments, object)
}

#[test]
#[ignore = "cargo xtask test --only cluster"]
fn what_looks_at_other_objects_is_said_until_they_are_there() {
    let Some(cluster) = ControlPlane::shared() else {
        return;
    };
    let namespace = cluster.namespace("view");
    let running = serve_with_view(cluster, &[]);
    install(cluster, "view-hook", &namespace, &[]);
    point_at(cluster, "view-hook", &running);
    let dry = |object: &str| apply(cluster, &namespace, object, &["--dry-run=server"]);
    eventually("the budget is missed", || {
        dry(WEB).stderr.contains("pdb-missing")
    });
    apply(cluster, &namespace, BUDGET, &[]).succeeds();
    eventually("the budget is seen", || {
        let said = dry(WEB);
        said.code == 0 && !said.stderr.contains("pdb-missing")
    });
    cluster
        .kubectl(&["-n", &namespace, "delete", "pdb", "web"])
        .succeeds();
    eventually("it is missed again", || {
        dry(WEB).stderr.contains("pdb-missing")
    });
}

#[test]
#[ignore = "cargo xtask test --only cluster"]
fn what_a_namespace_says_is_known_and_its_lack_denies() {
    let Some(cluster) = ControlPlane::shared() else {
        return;
    };
    let namespace = cluster.namespace("limits");
    let running = serve_with_view(cluster, &[]);
    install(cluster, "limits-hook", &namespace, &[]);
    point_at(cluster, "limits-hook", &running);
    let bare = WEB.replace(r#", "limits": {"memory": "64Mi"}"#, "");
    let dry = || apply(cluster, &namespace, &bare, &["--dry-run=server"]);
    eventually("it is denied", || {
        let said = dry();
        said.code == 1 && said.stderr.contains("memory-limit-missing")
    });
    apply(cluster, &namespace, DEFAULTS, &[]).succeeds();
    eventually("the LimitRange sets the limit", || {
        let said = dry();
        said.code == 0 && !said.stderr.contains("memory-limit-missing")
    });
}

/// The kubeconfig of an account that may read some things, and neither Secrets nor budgets.
fn somebody(cluster: &ControlPlane, namespace: &str) -> tempfile::TempDir {
    let accounts = ["-n", namespace, "create", "serviceaccount", "hook"];
    cluster.kubectl(&accounts).succeeds();
    let resources = "--resource=namespaces,limitranges,services,deployments.apps,networkpolicies.networking.k8s.io";
    let role = [
        "create",
        "clusterrole",
        "some",
        "--verb=list,watch",
        resources,
    ];
    cluster.kubectl(&role).succeeds();
    let account = format!("--serviceaccount={namespace}:hook");
    let binding = [
        "create",
        "clusterrolebinding",
        "some",
        "--clusterrole=some",
        &account,
    ];
    cluster.kubectl(&binding).succeeds();
    let token = ["-n", namespace, "create", "token", "hook"];
    let token = cluster.kubectl(&token).succeeds();
    let kubeconfig = std::fs::read_to_string(cluster.kubeconfig()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kubeconfig");
    std::fs::write(&path, kubeconfig.replace(cluster.token(), token.trim())).unwrap();
    folder
}

#[test]
#[ignore = "cargo xtask test --only cluster"]
fn a_rule_that_looks_at_what_is_not_permitted_is_not_asked() {
    let options = Options {
        authorization: Authorization::Rbac,
        ..Options::default()
    };
    let Some(cluster) = or_skip(ControlPlane::start(&options)) else {
        return;
    };
    let namespace = cluster.namespace("refused");
    let folder = somebody(&cluster, &namespace);
    let path = folder.path().join("kubeconfig");
    let running = super::running::serve_with_kubeconfig(&path, &[]);
    install(&cluster, "refused-hook", &namespace, &[]);
    point_at(&cluster, "refused-hook", &running);
    eventually("what is known is said", || {
        let said = apply(&cluster, &namespace, WEB, &["--dry-run=server"]);
        said.stderr.contains("networkpolicy-missing-for-workload")
            && !said.stderr.contains("pdb-missing")
    });
    let metrics = running.probe("/metrics");
    for line in [
        r#"plimsoll_cache_synced{kind="PodDisruptionBudget"} 0"#,
        r#"plimsoll_cache_synced{kind="Secret"} 0"#,
        r#"plimsoll_cache_synced{kind="NetworkPolicy"} 1"#,
        r#"plimsoll_cache_synced{kind="ScaledObject"} 1"#,
    ] {
        assert!(metrics.contains(line), "{line}\n{metrics}");
    }
    let key = "validate.plimsoll.dev/rules-not-asked";
    let said = cluster
        .audit()
        .into_iter()
        .filter_map(|event| event["annotations"][key].as_str().map(ToOwned::to_owned));
    let said: Vec<_> = said.collect();
    assert!(
        said.iter()
            .any(|said| said.contains("PodDisruptionBudget not permitted")),
        "{said:?}"
    );
}
