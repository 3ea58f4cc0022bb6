//! Objects of each kind that is sent, with any fields.

#![no_main]

mod judging;

use serde_json::{Value, json};

const KINDS: [(&str, &str); 12] = [
    ("v1", "Pod"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
    ("apps/v1", "ReplicaSet"),
    ("v1", "ReplicationController"),
    ("batch/v1", "Job"),
    ("batch/v1", "CronJob"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("networking.k8s.io/v1", "Ingress"),
    ("policy/v1", "PodDisruptionBudget"),
    ("v1", "Service"),
];

libfuzzer_sys::fuzz_target!(|input: (u8, &str, &str)| {
    let (kind, metadata, spec) = input;
    let (api_version, kind) = KINDS[usize::from(kind) % KINDS.len()];
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|_| text.into());
    let object = json!({"apiVersion": api_version, "kind": kind, "metadata": read(metadata), "spec": read(spec)});
    let review = json!({
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": {
            "uid": "1", "operation": "CREATE", "object": object,
            "kind": {"group": "", "version": "v1", "kind": kind},
            "resource": {"group": "", "version": "v1", "resource": "things"},
        },
    });
    judging::check(review.to_string().as_bytes());
});
