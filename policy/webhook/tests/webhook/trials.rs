//! `replay` and `preflight` on files: the real binary.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::support::review;

/// What is said, with the exit code.
fn run(folder: &Path, arguments: &[&str], input: &str) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll-webhook"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn pod(name: &str, bad: bool) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "shop"},
        "spec": {"hostPID": bad, "securityContext": {"runAsNonRoot": true}, "containers": [{
            "name": "web", "image": "web:1.2.3",
            "livenessProbe": {"tcpSocket": {"port": 80}}, "readinessProbe": {"httpGet": {"port": 80}},
            "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "1Gi"}},
            "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}},
        }]},
    })
}

/// Only one rule, so that nothing else is refused.
const CONFIG: &str = "version: 1\n";
const LENIENT: &str = "version: 1\nrules:\n  host-pid: off\n";

fn event(verb: &str, object: &Value, further: &Value) -> Value {
    let mut event = json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Request", "stage": "ResponseComplete",
        "verb": verb, "user": {"username": "jane"},
        "objectRef": {"resource": "pods", "namespace": "shop", "name": "old", "apiVersion": "v1"},
        "requestObject": object, "responseStatus": {"code": 201},
    });
    let fields = event.as_object_mut().unwrap();
    fields.extend(further.as_object().unwrap().clone());
    event
}

/// Two reviews, and five events, two of which are of no workload that was written.
fn records() -> String {
    let mut records = format!(
        "{}\n{}\n",
        review(&pod("bad", true), None),
        review(&pod("good", false), None)
    );
    let events = [
        event("create", &pod("audited", true), &json!({})),
        event("get", &pod("seen", true), &json!({})),
        event(
            "create",
            &pod("twice", true),
            &json!({"stage": "RequestReceived"}),
        ),
        // A patch is no object: what came of it is.
        event(
            "patch",
            &json!({"spec": {}}),
            &json!({"responseObject": pod("patched", true)}),
        ),
        event(
            "create",
            &json!({}),
            &json!({"objectRef": {"resource": "leases", "apiGroup": "coordination.k8s.io"}}),
        ),
    ];
    for event in &events {
        let _ = writeln!(records, "{event}");
    }
    records
}

#[test]
fn what_was_recorded_is_judged_by_another_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    std::fs::write(place.join("strict.yaml"), CONFIG).unwrap();
    std::fs::write(place.join("lenient.yaml"), LENIENT).unwrap();
    let records = records();
    std::fs::write(place.join("records.jsonl"), &records).unwrap();
    let (code, said, errors) = run(
        place,
        &["replay", "--config", "strict.yaml", "records.jsonl"],
        "",
    );
    assert_eq!((code, errors.as_str()), (1, ""), "{said}");
    let denied: Vec<_> = said
        .lines()
        .filter(|line| line.contains(" of Pod "))
        .collect();
    assert_eq!(
        denied,
        [
            "records.jsonl#1: create of Pod shop/bad by jane",
            "records.jsonl#3: create of Pod shop/audited by jane",
            "records.jsonl#6: update of Pod shop/patched by jane",
        ]
    );
    assert!(said.contains("  host-pid: "), "{said}");
    assert!(
        said.ends_with("3 of 4 recorded requests would be denied\n"),
        "{said}"
    );
    let (code, said, _) = run(
        place,
        &["replay", "--config", "lenient.yaml", "-"],
        &records,
    );
    assert_eq!(
        (code, said.as_str()),
        (0, "0 of 4 recorded requests would be denied\n")
    );
}

#[test]
fn what_cannot_be_replayed_is_said_and_is_not_taken_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let replay = |input: &str| run(folder.path(), &["replay", "-"], input);
    let (code, _, said) = replay(&event("create", &Value::Null, &json!({})).to_string());
    assert_eq!(code, 2);
    assert!(
        said.contains("-#1: not judged: the event has no object of pods shop/old"),
        "{said}"
    );
    let good = review(&pod("good", false), None);
    let (code, told, said) = replay(&format!(
        "{good}\n{{\"kind\": \"Pod\"}}\n{{broken\n{good}\n"
    ));
    assert_eq!(code, 2);
    assert!(
        said.contains("-#2: not judged: Pod is neither an AdmissionReview"),
        "{said}"
    );
    assert!(said.contains("record 3 and what follows it"), "{said}");
    assert!(
        told.ends_with("0 of 1 recorded requests would be denied; 2 could not be judged\n"),
        "{told}"
    );
    assert_eq!(replay("").0, 2, "nothing is no proof");
    let (code, _, said) = run(folder.path(), &["replay", "missing.json"], "");
    assert_eq!(code, 2);
    assert!(said.contains("missing.json"), "{said}");
    assert_eq!(
        run(
            folder.path(),
            &["replay", "--config", "missing.yaml", "-"],
            ""
        )
        .0,
        3
    );
}

#[test]
fn manifests_are_judged_as_they_would_be_when_they_are_applied() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    std::fs::create_dir(place.join("deploy")).unwrap();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": [pod("listed", true), pod("good", false)]});
    std::fs::write(place.join("deploy/list.json"), list.to_string()).unwrap();
    let yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n---\n# no workload above\napiVersion: v1\nkind: Pod\n\
        metadata: {name: written, namespace: shop}\nspec:\n  hostPID: yes\n  containers: [{name: web, image: 'web:1.2.3'}]\n";
    std::fs::write(place.join("deploy/pod.yaml"), yaml).unwrap();
    let (code, said, errors) = run(place, &["preflight", "deploy"], "");
    assert_eq!((code, errors.as_str()), (1, ""), "{said}");
    assert!(
        said.contains("deploy/list.json:1: create of Pod shop/listed\n"),
        "{said}"
    );
    assert!(
        said.contains("deploy/pod.yaml:6: create of Pod shop/written\n"),
        "{said}"
    );
    assert!(
        said.ends_with("2 of 3 objects in files would be denied\n"),
        "{said}"
    );
    let (code, said, _) = run(place, &["preflight", "--fail-on", "never", "-"], yaml);
    assert_eq!(
        (code, said.as_str()),
        (0, "0 of 1 objects in files would be denied\n")
    );
    let (code, _, errors) = run(place, &["preflight", "-"], "a: [");
    assert_eq!(code, 2);
    assert!(errors.starts_with("error: -: not judged: "), "{errors}");
}
