//! What `manifests` prints: the tree in `gitops/` is what it writes, and every variant is YAML that holds together.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use super::support::to_json;
use plimsoll_check::Kind;
use plimsoll_webhook::view::kinds::WATCHED;
use plimsoll_yaml::{Limits, SourceId, Tree};
use serde_json::Value;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// How `gitops/platform/plimsoll` was written; gitops/README.md has the same.
const GITOPS: &str = "--config gitops/.plimsoll.yaml --cilium --max-replicas 6 \
    --label app.kubernetes.io/part-of=platform --label owner=platform --label team=platform \
    --label cost-center=platform --label env=shared --monitor-label prometheus=main";

fn run(arguments: &str) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll-webhook"))
        .arg("manifests")
        .args(arguments.split_whitespace())
        .current_dir(ROOT)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// The objects, by `kind/name`.
fn objects(arguments: &str) -> BTreeMap<String, Value> {
    let (code, text, said) = run(arguments);
    assert_eq!((code, said.as_str()), (0, ""));
    let tree = Tree::parse(SourceId(0), text.as_str(), &Limits::default());
    assert!(tree.errors().is_empty(), "{:?} in\n{text}", tree.errors());
    let objects = tree
        .documents()
        .map(|document| to_json(document.root.unwrap()));
    objects
        .map(|object| {
            let text = |path| {
                object
                    .pointer(path)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            (
                format!("{}/{}", text("/kind"), text("/metadata/name")),
                object.clone(),
            )
        })
        .collect()
}

#[test]
fn gitops_has_what_the_command_writes() {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, said) = run(&format!("{GITOPS} --kustomize {}", folder.path().display()));
    assert_eq!((code, said.as_str()), (0, ""));
    let read = |folder: &Path| {
        let files = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path());
        let files = files.map(|file| {
            (
                file.file_name().unwrap().to_owned(),
                std::fs::read_to_string(file).unwrap(),
            )
        });
        files.collect::<BTreeMap<_, _>>()
    };
    let own = Path::new(ROOT).join("gitops/platform/plimsoll");
    assert_eq!(
        read(&own),
        read(folder.path()),
        "plimsoll webhook manifests --kustomize gitops/platform/plimsoll {GITOPS}"
    );
    let readme = std::fs::read_to_string(Path::new(ROOT).join("gitops/README.md")).unwrap();
    let words = |text: &str| {
        text.split_whitespace()
            .filter(|word| *word != "\\")
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert!(
        words(&readme).contains(&words(GITOPS)),
        "gitops/README.md says how it is written"
    );
}

#[test]
fn nothing_may_be_read_or_changed_that_is_not_used() {
    let names =
        |objects: &BTreeMap<String, Value>| objects.keys().cloned().collect::<Vec<_>>().join(" ");
    let files = objects("--certificates files --without-monitoring");
    assert!(!names(&files).contains("Role"), "{}", names(&files));
    let pod = &files["Deployment/plimsoll-webhook"]["spec"]["template"]["spec"];
    assert_eq!(pod["automountServiceAccountToken"], false);
    assert!(
        files["NetworkPolicy/plimsoll-webhook"]["spec"]
            .get("egress")
            .is_none()
    );
    let own = objects("");
    for rule in own["Role/plimsoll-webhook"]["rules"].as_array().unwrap() {
        let limited = rule.get("resourceNames").is_some();
        assert!(
            limited || rule["verbs"] == serde_json::json!(["create"]),
            "{rule}"
        );
    }
    let rules = &own["ClusterRole/plimsoll-webhook"]["rules"];
    assert_eq!(
        rules[0]["resourceNames"],
        serde_json::json!(["plimsoll-webhook"])
    );
    assert_eq!(rules.as_array().unwrap().len(), 1);
    let all = objects("--view");
    let seen = all["ClusterRole/plimsoll-webhook-view"].to_string();
    assert!(
        !seen.contains("\"secrets\"") && !seen.contains("create"),
        "{seen}"
    );
    assert!(!own.contains_key("ClusterRole/plimsoll-webhook-view"));
    assert!(!all.contains_key("ClusterRole/plimsoll-webhook-audit"));
}

#[test]
fn the_view_may_read_what_it_watches_and_the_audit_may_write_reports() {
    let all = objects("--view --audit");
    let rules = &all["ClusterRole/plimsoll-webhook-view"]["rules"];
    let plural = |name: &str| match name.to_lowercase() {
        name if name.ends_with('s') => name + "es",
        name if name.ends_with('y') => name.trim_end_matches('y').to_owned() + "ies",
        name => name + "s",
    };
    let built_in = |group: &str| {
        !group.contains('.') || group.ends_with(".k8s.io") && !OF_DEFINITIONS.contains(&group)
    };
    let watched = WATCHED
        .iter()
        .filter(|watched| built_in(watched.group) && watched.kind != Kind::Secret);
    for watched in watched {
        let has = rules.as_array().unwrap().iter().any(|rule| {
            let of =
                |field: &str, text: &str| rule[field].as_array().unwrap().contains(&text.into());
            of("apiGroups", watched.group) && of("resources", &plural(watched.name))
        });
        assert!(has, "{watched:?}");
    }
    let arguments =
        &all["Deployment/plimsoll-webhook"]["spec"]["template"]["spec"]["containers"][0]["args"];
    for argument in ["--view", "--audit"] {
        assert!(
            arguments.as_array().unwrap().contains(&argument.into()),
            "{arguments}"
        );
    }
    let written = all["ClusterRole/plimsoll-webhook-audit"].to_string();
    assert!(
        written.contains("reports") && !written.contains('*'),
        "{written}"
    );
}

/// Groups of Kubernetes' own whose kinds come with definitions.
const OF_DEFINITIONS: [&str; 3] = [
    "autoscaling.k8s.io",
    "gateway.networking.k8s.io",
    "policy.networking.k8s.io",
];

#[test]
fn the_configuration_is_that_which_is_asked_for() {
    let get = |arguments: &str| {
        objects(arguments)["ValidatingWebhookConfiguration/plimsoll-webhook"]["webhooks"][0].clone()
    };
    let hook = get("--namespace guard --exclude-namespace argocd --exclude-namespace guard");
    assert_eq!(hook["failurePolicy"], "Ignore");
    assert_eq!(hook["timeoutSeconds"], 3);
    let values = &hook["namespaceSelector"]["matchExpressions"][0]["values"];
    let excluded = [
        "kube-system",
        "kube-public",
        "kube-node-lease",
        "guard",
        "argocd",
    ];
    assert_eq!(*values, serde_json::json!(excluded));
    assert_eq!(hook["matchConditions"].as_array().unwrap().len(), 3);
    assert!(hook["clientConfig"].get("caBundle").is_none());
    let hook = get("--fail-policy fail --without-match-conditions");
    assert_eq!(hook["failurePolicy"], "Fail");
    assert!(hook.get("matchConditions").is_none());
    let manager = objects("--certificates cert-manager");
    let configuration = &manager["ValidatingWebhookConfiguration/plimsoll-webhook"];
    let injected = &configuration["metadata"]["annotations"]["cert-manager.io/inject-ca-from"];
    assert_eq!(injected, "plimsoll/plimsoll-webhook");
    let certificate = &manager["Certificate/plimsoll-webhook"]["spec"];
    assert_eq!(certificate["dnsNames"][0], "plimsoll-webhook.plimsoll.svc");
    assert_eq!(certificate["secretName"], "plimsoll-webhook-tls");
    assert!(!manager.contains_key("Role/plimsoll-webhook"));
}

#[test]
fn what_is_no_name_is_refused_before_it_is_written() {
    for wrong in [
        "--namespace Guard",
        "--exclude-namespace a:b",
        "--service -x-",
        "--max-replicas 1",
    ] {
        let (code, text, said) = run(wrong);
        assert_eq!((code, text.as_str()), (3, ""), "{wrong}");
        assert!(said.starts_with("error: "), "{said}");
    }
    let (code, _, said) = run("--label owner");
    assert_eq!(code, 3);
    assert!(said.contains("write it as KEY=VALUE"), "{said}");
}
