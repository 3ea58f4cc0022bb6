//! What is kept of a cluster, and what is said of what is not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use plimsoll_check::Kind;
use plimsoll_webhook::admission::{Request, answer, judge};
use plimsoll_webhook::policy::{Policy, Settings};
use plimsoll_webhook::view::kinds::WATCHED;
use plimsoll_webhook::view::{About, Caps, Held, Projected, View, project};
use serde_json::{Value, json};

use crate::parity::today;
use crate::support::{good_pod, review};

fn kept(kind: Kind, object: &Value) -> Projected {
    let watched = WATCHED.iter().find(|own| own.kind == kind).unwrap();
    project(watched, object).unwrap()
}

#[test]
fn of_secrets_and_of_pod_templates_no_values_are_kept() {
    let secret = json!({
        "metadata": {"name": "db", "namespace": "shop", "uid": "1",
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "hunter2", "team": "shop"},
            "managedFields": [{"manager": "hunter2"}]},
        "data": {"password": "hunter2"}, "type": "Opaque",
    });
    let text = kept(Kind::Secret, &secret).text.unwrap();
    let object: Value = serde_json::from_str(&text).unwrap();
    let expected = json!({
        "apiVersion": "", "kind": "Secret", "type": "Opaque", "data": {"password": ""},
        "metadata": {"name": "db", "namespace": "shop", "annotations": {"team": "shop"}},
    });
    assert_eq!(object, expected);
    let deployment = json!({
        "apiVersion": "apps/v1", "status": {"replicas": 1}, "metadata": {"name": "web"},
        "spec": {"template": {"spec": {"containers": [{
            "name": "web", "ports": [{"containerPort": 80}], "env": [{"name": "P", "value": "hunter2"}],
        }]}}},
    });
    let text = kept(Kind::Deployment, &deployment).text.unwrap();
    assert!(
        text.contains("containerPort") && !text.contains("hunter2") && !text.contains("status"),
        "{text}"
    );
}

#[test]
fn what_a_controller_made_is_not_kept() {
    let owned = |kind: &str, controller: bool| {
        json!({"metadata": {"name": "web", "ownerReferences": [
            {"apiVersion": "x", "kind": kind, "name": "web", "uid": "1", "controller": controller}]}})
    };
    assert!(kept(Kind::Pod, &owned("ReplicaSet", true)).text.is_none());
    assert!(kept(Kind::Job, &owned("CronJob", true)).text.is_none());
    assert!(kept(Kind::Pod, &owned("ReplicaSet", false)).text.is_some());
    // An operator's, which no template tells of.
    assert!(kept(Kind::Pod, &owned("Cluster", true)).text.is_some());
    assert!(
        kept(Kind::Service, &owned("Deployment", true))
            .text
            .is_some()
    );
}

/// What is written down of a Pod that comes, with what a view holds.
fn annotations(view: &View, until: Option<Instant>) -> Value {
    let policy = Arc::new(Policy::read("", "", &Settings::default()).unwrap());
    let mut pod = good_pod();
    pod["metadata"]["namespace"] = "shop".into();
    let body = review(&pod, None);
    let request = Request::read(body.as_bytes()).unwrap();
    let about = About {
        kind: Kind::Pod,
        namespace: "shop",
        name: &request.name,
        text: request.object.unwrap().get(),
    };
    let surroundings = view.around(&policy, about, until);
    let verdict = judge(&policy, &request, &surroundings, today()).unwrap();
    let answer: Value = serde_json::from_slice(&answer(&request, &verdict, &policy)).unwrap();
    answer["response"]["auditAnnotations"].clone()
}

fn full(caps: Caps, services: &[Projected]) -> View {
    let view = View::new(caps, false);
    for watched in WATCHED {
        view.fill(watched.kind, &[]);
    }
    view.fill(Kind::Service, services);
    view
}

fn services(count: usize, namespace: &str) -> Vec<Projected> {
    let service = |at: usize| {
        Projected {
        namespace: namespace.to_owned(),
        name: format!("s{at}"),
        text: Some(json!({"apiVersion": "v1", "kind": "Service", "metadata": {
            "name": format!("s{at}"), "namespace": namespace, "labels": {"filler": "x".repeat(1000)}}})
            .to_string().into()),
    }
    };
    (0..count).map(service).collect()
}

#[test]
fn what_cannot_be_looked_at_in_time_is_not_asked_and_that_is_written_down() {
    let view = full(Caps::default(), &[]);
    let now = Instant::now();
    let said = annotations(&view, Some(now + Duration::from_mins(1)));
    assert!(
        said["warned-by"]
            .to_string()
            .contains("networkpolicy-missing-for-workload"),
        "{said}"
    );
    let said = annotations(&view, Some(now));
    assert!(
        said["rules-not-asked"].to_string().contains("no time left"),
        "{said}"
    );
    assert!(
        !said["warned-by"]
            .to_string()
            .contains("networkpolicy-missing"),
        "{said}"
    );
    let view = full(Caps::default(), &services(2500, "shop"));
    let said = annotations(&view, None);
    assert!(
        said["rules-not-asked"]
            .to_string()
            .contains("hold too much"),
        "{said}"
    );
    // What is in another namespace has nothing to do with it.
    let view = full(Caps::default(), &services(2500, "elsewhere"));
    let said = annotations(&view, None);
    assert!(
        said["warned-by"]
            .to_string()
            .contains("networkpolicy-missing"),
        "{said}"
    );
}

#[test]
fn a_kind_with_too_many_objects_is_not_known() {
    let caps = Caps {
        objects: 10,
        ..Caps::default()
    };
    let view = full(caps, &services(11, "elsewhere"));
    assert_eq!(view.held(Kind::Service), Held::TooMany);
    let said = annotations(&view, None);
    assert!(
        said["rules-not-asked"]
            .to_string()
            .contains("Service more than are kept"),
        "{said}"
    );
    assert!(
        said["warned-by"]
            .to_string()
            .contains("networkpolicy-missing"),
        "others are asked: {said}"
    );
}
