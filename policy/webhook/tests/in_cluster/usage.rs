//! What the Pods take of memory and processor, as the kubelet measures it.

use std::time::Duration;

use cluster::eventually;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde_json::Value;

use super::installation::{Installation, NAMESPACE, name};
use super::load::Load;

/// Over which the processor's time is counted.
const WINDOW: Duration = Duration::from_secs(20);

/// One look at a Pod.
struct Sample {
    seconds: f64,
    cpu: f64,
    working_set: u64,
}

fn sample(installation: &Installation, pod: &str) -> Option<Sample> {
    let text = installation.kubectl(&["get", "--raw=/api/v1/nodes/node/proxy/stats/summary"]);
    let summary: Value = serde_json::from_str(&text).unwrap();
    let pods = summary["pods"].as_array().unwrap();
    let known = pods.iter().find(|known| {
        known["podRef"]["name"] == *pod && known["podRef"]["namespace"] == NAMESPACE
    })?;
    let container = known["containers"].get(0)?;
    let Time(time) = serde_json::from_value(container["cpu"]["time"].clone()).ok()?;
    Some(Sample {
        seconds: time.as_duration().as_secs_f64(),
        cpu: container["cpu"]["usageCoreNanoSeconds"].as_f64()? / 1e9,
        working_set: container["memory"]["workingSetBytes"].as_u64()?,
    })
}

/// Prints what both Pods take from now on, and gives back the largest working set in bytes and the cores of both.
fn measure(installation: &Installation, what: &str) -> (u64, f64) {
    let pods = installation.pods();
    let mut largest = 0;
    let mut cores = 0.0;
    let mut before = Vec::new();
    for pod in &pods {
        eventually("the kubelet knows the Pod", || {
            let known = sample(installation, name(pod));
            let is_known = known.is_some();
            before.extend(known);
            is_known
        });
    }
    for (pod, before) in pods.iter().zip(before) {
        let mut last = None;
        eventually("the kubelet has measured again", || {
            last = sample(installation, name(pod));
            let seconds = last.as_ref().map(|last| last.seconds - before.seconds);
            seconds.is_some_and(|seconds| seconds >= WINDOW.as_secs_f64())
        });
        let last = last.unwrap();
        let share = (last.cpu - before.cpu) / (last.seconds - before.seconds);
        println!(
            "{what}: {} {} KiB, {:.1} millicores",
            name(pod),
            last.working_set >> 10,
            share * 1000.0
        );
        largest = largest.max(last.working_set);
        cores += share;
    }
    (largest, cores)
}

#[test]
#[ignore = "cargo xtask test --only in-cluster"]
fn memory_and_processor_stay_below_what_the_manifests_ask_for() {
    let Some(installation) = Installation::take() else {
        return;
    };
    let (_, idle) = measure(&installation, "idle");
    let cluster = installation.cluster();
    let namespace = cluster.namespace("usage");
    let load = Load::start(cluster, &namespace);
    let (memory, busy) = measure(&installation, "under load");
    load.end("usage").none_failed();
    // Above its request a Pod is the first to go where memory is short.
    assert!(
        memory < 64 << 20,
        "{memory} bytes are more than the manifests ask for"
    );
    assert!(
        busy > idle,
        "the load did not reach the Pods: {busy} {idle}"
    );
    cluster
        .kubectl(&["delete", "namespace", &namespace, "--wait=false"])
        .succeeds();
}
