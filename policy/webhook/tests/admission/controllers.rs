//! What Kubernetes' own controllers make of objects: it comes, whatever the webhook thinks of it by now.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::objects::{KINDS, container, good, privileged};
use crate::support::{Namespace, Place, noted};

/// Who makes Pods, and Jobs, of what.
const MAKERS: [(&str, &str); 6] = [
    ("Deployment", "replicaset-controller"),
    ("StatefulSet", "statefulset-controller"),
    ("DaemonSet", "daemon-set-controller"),
    ("ReplicationController", "replication-controller"),
    ("Job", "job-controller"),
    ("CronJob", "cronjob-controller"),
];

/// The names, without the suffixes, of what is made.
fn made_of(namespace: &Namespace) -> BTreeSet<String> {
    let names = namespace.names("pod");
    let stems = names
        .iter()
        .filter_map(|name| name.strip_prefix("pod/")?.split('-').next());
    stems.map(ToOwned::to_owned).collect()
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn a_good_deployment_has_its_pods_by_way_of_its_replica_set() {
    let Some(place) = Place::new("made") else {
        return;
    };
    let namespace = &place.namespace;
    namespace.apply(&good("Deployment", "web")).succeeds();
    cluster::eventually("there are two Pods", || namespace.names("pod").len() == 2);
    for (resource, maker) in [
        ("replicasets", "deployment-controller"),
        ("pods", "replicaset-controller"),
    ] {
        let mut created = namespace.audited("create", resource);
        created.retain(|event| event["user"]["username"] != "admin");
        assert!(!created.is_empty());
        for event in created {
            let user = format!("system:serviceaccount:kube-system:{maker}");
            assert_eq!(event["user"]["username"], *user, "{event}");
            assert_eq!(noted(&event, "skipped"), "controlled", "{event}");
        }
    }
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn what_was_there_before_the_webhook_goes_on_making_its_pods() {
    let Some(namespace) = Namespace::new("before") else {
        return;
    };
    // A DaemonSet has a Pod for each node, even if nobody runs it.
    let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": namespace.name}});
    namespace.create(&node).succeeds();
    let workloads = KINDS.iter().filter(|kind| **kind != "Pod");
    let names: BTreeSet<String> = workloads
        .map(|kind| {
            let name = kind.to_lowercase();
            namespace.create(&privileged(kind, &name)).succeeds();
            name
        })
        .collect();
    cluster::eventually("all have Pods", || made_of(&namespace).is_superset(&names));
    let place = Place::around(namespace, &[]);
    let namespace = &place.namespace;
    let asked = namespace.audited("create", "pods").len();
    let delete = ["delete", "pod,job", "--all", "--force"];
    namespace.kubectl(&delete).succeeds();
    namespace.create(&good("Job", "other")).succeeds();
    let job = "a Job that is deleted is gone, and the CronJob makes its own again";
    cluster::eventually(job, || {
        let mut wanted = names.clone();
        wanted.remove("job");
        made_of(namespace).is_superset(&wanted)
    });
    let made = namespace.audited("create", "pods");
    let jobs = namespace.audited("create", "jobs");
    let since: Vec<&Value> = made[asked..].iter().chain(&jobs).collect();
    for (kind, maker) in MAKERS {
        let user = format!("system:serviceaccount:kube-system:{maker}");
        let own = since.iter().filter(|event| {
            event["user"]["username"] == *user && noted(event, "skipped") == "controlled"
        });
        assert!(own.count() > 0, "{kind} is made by {user}: {since:#?}");
    }
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn an_old_deployment_is_scaled_and_labelled_and_made_no_worse() {
    let Some(namespace) = Namespace::new("legacy") else {
        return;
    };
    let old = privileged("Deployment", "web");
    namespace.apply(&old).succeeds();
    let place = Place::around(namespace, &[]);
    let namespace = &place.namespace;
    let scale = ["scale", "deployment/web", "--replicas=3"];
    namespace.kubectl(&scale).succeeds();
    cluster::eventually("there are three Pods", || namespace.names("pod").len() == 3);
    let label = namespace.kubectl(&["label", "deployment/web", "team=shop"]);
    assert_eq!(label.code, 0, "{label:?}");
    assert!(label.stderr.contains("(it was so before)"), "{label:?}");
    // A new template makes a new ReplicaSet, with the old fault in it.
    let image = [
        "set",
        "image",
        "deployment/web",
        "web=ghcr.io/example/web:1.2.4",
    ];
    namespace.kubectl(&image).succeeds();
    cluster::eventually("there is a new ReplicaSet", || {
        namespace.names("replicaset").len() == 2
    });
    let mut worse = old.clone();
    container(&mut worse)
        .as_object_mut()
        .unwrap()
        .remove("livenessProbe");
    let refused = namespace.apply(&worse).fails();
    assert!(refused.contains("probe-liveness-missing: "), "{refused}");
    let denials = refused
        .lines()
        .filter(|line| !line.starts_with("Warning: "));
    let denials: String = denials.collect();
    assert!(!denials.contains("container-privileged"), "{refused}");
    // What is mended may not be broken again.
    namespace.apply(&good("Deployment", "web")).succeeds();
    let refused = namespace.apply(&old).fails();
    assert!(refused.contains("container-privileged: "), "{refused}");
}
