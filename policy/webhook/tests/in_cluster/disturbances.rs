//! What happens to a webhook in its life, under a load that would see every call that fails.

use cluster::{ControlPlane, Output, eventually};
use serde_json::{Value, json};

use super::installation::{Installation, NAME, NAMESPACE, container, is_ready, name};
use super::load::{Calls, Load};
use super::verdicts::good;

/// Does something to the webhook while clients store objects that it has to judge.
fn under_load(test: &str, act: impl FnOnce(&Installation, &Load)) -> Option<Calls> {
    let installation = Installation::take()?;
    let cluster = installation.cluster();
    let namespace = cluster.namespace("load");
    let closed = installation.fail_closed();
    let load = Load::start(cluster, &namespace);
    act(&installation, &load);
    installation.ready();
    let calls = load.end(test);
    drop(closed);
    let delete = ["delete", "namespace", &namespace, "--wait=false"];
    cluster.kubectl(&delete).succeeds();
    Some(calls)
}

fn names(installation: &Installation) -> Vec<String> {
    let pods = installation.pods();
    pods.iter().map(|pod| name(pod).to_owned()).collect()
}

#[test]
#[ignore = "cargo xtask test --only in-cluster"]
fn a_rolling_restart_costs_no_call() {
    let calls = under_load("rolling restart", |installation, _| {
        let before = names(installation);
        installation.kubectl(&["rollout", "restart", "deployment", NAME]);
        let status = ["rollout", "status", "deployment", NAME, "--timeout=110s"];
        installation.kubectl(&status);
        installation.ready();
        let after = names(installation);
        assert!(
            after.iter().all(|pod| !before.contains(pod)),
            "{before:?} {after:?}"
        );
    });
    if let Some(calls) = calls {
        calls.none_failed();
    }
}

#[test]
#[ignore = "cargo xtask test --only in-cluster"]
fn a_pod_that_is_deleted_at_once_costs_no_call() {
    let calls = under_load("deleted Pod", |installation, _| {
        let gone = names(installation).remove(0);
        installation.kubectl(&["delete", "pod", &gone, "--grace-period=0", "--force"]);
        eventually("it is replaced", || !names(installation).contains(&gone));
    });
    if let Some(calls) = calls {
        calls.none_failed();
    }
}

/// Has a signal sent to the process of one Pod, and waits for the kubelet to have started another.
fn signal(installation: &Installation, signal: &str) {
    let pod = installation.pods().remove(0);
    let id = container(&pod)["containerID"].as_str().unwrap().to_owned();
    installation.node.signal(&id, signal).unwrap();
    eventually("the kubelet starts it again", || {
        let pods = installation.pods();
        let same = pods.iter().find(|other| name(other) == name(&pod));
        same.is_some_and(|same| is_ready(same) && container(same)["containerID"] != *id)
    });
}

#[test]
#[ignore = "cargo xtask test --only in-cluster"]
fn a_process_that_is_told_to_end_costs_no_call() {
    let calls = under_load("SIGTERM", |installation, _| signal(installation, "SIGTERM"));
    if let Some(calls) = calls {
        calls.none_failed();
    }
}

/// What it was answering is lost, and until its endpoint is taken out so are connections to it: nobody but the API server
/// could ask again. These calls go by the `failurePolicy`.
#[test]
#[ignore = "cargo xtask test --only in-cluster"]
fn a_process_that_is_killed_costs_calls_until_it_is_back_and_none_after() {
    let mut back = None;
    let calls = under_load("SIGKILL", |installation, load| {
        signal(installation, "SIGKILL");
        back = Some(load.elapsed());
    });
    let (Some(mut calls), Some(back)) = (calls, back) else {
        return;
    };
    let (until, after): (Vec<_>, Vec<_>) = calls.failed.drain(..).partition(|(at, _)| *at < back);
    let unanswered = |what: &str| what.contains("failed calling webhook");
    assert!(until.iter().all(|(_, what)| unanswered(what)), "{until:#?}");
    calls.failed = after;
    calls.none_failed();
}

/// What a Pod has counted.
fn metric(installation: &Installation, pod: &Value, metric: &str) -> u64 {
    let path = format!(
        "/api/v1/namespaces/{NAMESPACE}/pods/{}:8080/proxy/metrics",
        name(pod)
    );
    let text = installation.kubectl(&["get", "--raw", &path]);
    let line = text.lines().find_map(|line| line.strip_prefix(metric));
    line.map_or(0, |value| value.trim().parse().unwrap())
}

/// Does something, and waits until each Pod has counted it.
fn counted(installation: &Installation, what: &str, act: impl FnOnce()) {
    let pods = installation.pods();
    let count = |pod: &Value| metric(installation, pod, what);
    let before: Vec<u64> = pods.iter().map(count).collect();
    act();
    eventually(&format!("each Pod counts {what}"), || {
        let mut both = pods.iter().zip(&before);
        both.all(|(pod, before)| count(pod) > *before)
    });
}

const SHOWN: &str = r#"plimsoll_cert_reloads_total{result="taken"}"#;
const TAKEN: &str = r#"plimsoll_policy_reloads_total{result="taken"}"#;
const REFUSED: &str = r#"plimsoll_policy_reloads_total{result="refused"}"#;

#[test]
#[ignore = "cargo xtask test --only in-cluster"]
fn certificates_that_are_lost_and_made_anew_cost_no_call() {
    let calls = under_load("certificates made anew", |installation, load| {
        let bundle = installation.bundle();
        let secret = format!("{NAME}-certificates");
        counted(installation, SHOWN, || {
            installation.kubectl(&["delete", "secret", &secret]);
        });
        assert_ne!(installation.bundle(), bundle, "there is another authority");
        load.goes_on(1000);
    });
    if let Some(calls) = calls {
        calls.none_failed();
    }
}

/// Replaces the file that the webhook goes by, as somebody does who edits the `ConfigMap`.
fn edit(installation: &Installation, text: &str) {
    let patch = json!({"data": {"plimsoll.yaml": text}}).to_string();
    let words = ["patch", "configmap", NAME, "--type=merge", "--patch"];
    installation.kubectl(&[&words[..], &[&patch]].concat());
}

/// Which of a few calls do not end with this exit code: there are two Pods.
fn others(cluster: &ControlPlane, object: &str, code: i32) -> Vec<Output> {
    let dry_run = ["create", "--dry-run=server", "--filename=-"];
    let calls = (0..6).map(|_| cluster.kubectl_with(&dry_run, object));
    calls.filter(|call| call.code != code).collect()
}

#[track_caller]
fn none(calls: &[Output]) {
    assert!(calls.is_empty(), "{calls:#?}");
}

#[test]
#[ignore = "cargo xtask test --only in-cluster"]
fn a_configuration_that_is_edited_costs_no_call() {
    let calls = under_load("edited configuration", |installation, load| {
        let cluster = installation.cluster();
        let mut object = good("edited");
        object["spec"]["template"]["spec"]["hostPID"] = json!(true);
        let object = object.to_string();
        none(&others(cluster, &object, 1));
        let file = installation.get(&["configmap", NAME])["data"]["plimsoll.yaml"].clone();
        let file = file.as_str().unwrap();
        let with = |rule: &str| format!("{file}\nrules:\n  {rule}: off\n");
        counted(installation, TAKEN, || {
            edit(installation, &with("host-pid"));
        });
        none(&others(cluster, &object, 0));
        // With a mistake in it, the last good one stays in force.
        counted(installation, REFUSED, || {
            edit(installation, &with("no-such-rule"));
        });
        none(&others(cluster, &object, 0));
        counted(installation, TAKEN, || {
            edit(installation, file);
        });
        none(&others(cluster, &object, 1));
        load.goes_on(100);
    });
    if let Some(calls) = calls {
        calls.none_failed();
    }
}
