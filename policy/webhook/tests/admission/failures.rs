//! What users see when there is no answer, under both values of `failurePolicy`.

use std::time::Duration;

use plimsoll_webhook::manifests::WEBHOOK;
use serde_json::{Value, json};

use crate::support::authority::{Authority, HERE, since_1970};
use crate::support::hook::{Site, YEAR, free_port, url};
use crate::support::objects::{good, privileged};
use crate::support::registered::{Registered, rule};
use crate::support::stranger::Stranger;
use crate::support::{Namespace, Place};

const FAILED_OPEN: &str = "failed-open.validating.webhook.admission.k8s.io/";

/// Nobody gets anything in, and is told why; and everybody everything, which the audit log tells.
#[track_caller]
fn fails_closed_and_open(namespace: &Namespace, registered: &mut Registered, says: &str) {
    let object = good("Pod", "web");
    cluster::eventually("it fails", || namespace.dry_run(&object).code != 0);
    let refused = namespace.create(&object);
    assert_eq!(refused.code, 1);
    let said = refused.stderr;
    let begins = format!("failed calling webhook \"{WEBHOOK}\": failed to call webhook: ");
    assert!(
        said.contains("Error from server (InternalError): "),
        "{said}"
    );
    assert!(said.contains(&begins) && said.contains(says), "{said}");
    registered.set(&[("failurePolicy", "Ignore".into())]);
    cluster::eventually("it is ignored", || namespace.dry_run(&object).code == 0);
    namespace.create(&privileged("Pod", "web")).succeeds();
    failed_open(namespace, "pods");
}

#[track_caller]
fn failed_open(namespace: &Namespace, resource: &str) {
    let events = namespace.audited("create", resource);
    let last = events.last().unwrap();
    let notes = last["annotations"].as_object().unwrap();
    let note = notes.iter().find(|(key, _)| key.starts_with(FAILED_OPEN));
    assert_eq!(note.unwrap().1, WEBHOOK, "{last}");
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn a_webhook_that_is_down() {
    let Some(namespace) = Namespace::new("down") else {
        return;
    };
    let authority = Authority::new();
    let mut registered = Registered::new(&namespace, &url(free_port()), &authority.pem());
    fails_closed_and_open(&namespace, &mut registered, "connection refused");
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn a_webhook_that_hangs() {
    let Some(mut place) = Place::new("hangs") else {
        return;
    };
    place.hook.signal("-STOP");
    place.registered.set(&[("timeoutSeconds", 1.into())]);
    let says = "context deadline exceeded";
    fails_closed_and_open(&place.namespace, &mut place.registered, says);
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn a_webhook_that_has_too_much_to_do() {
    let Some(namespace) = Namespace::new("shed") else {
        return;
    };
    let mut place = Place::around(namespace, &["--max-in-flight", "0"]);
    place.registered.set(&[("timeoutSeconds", 3.into())]);
    let before = place.hook.reached("decision=\"shed\"");
    place.namespace.dry_run(&good("Pod", "web")).fails();
    let asked = place.hook.reached("decision=\"shed\"") - before;
    assert!(asked > 1, "the API server asks again: {asked}");
    let says = "context deadline exceeded";
    fails_closed_and_open(&place.namespace, &mut place.registered, says);
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn what_is_turned_away_is_asked_again_and_answered_when_there_is_room() {
    let Some(namespace) = Namespace::new("again") else {
        return;
    };
    let place = Place::around(namespace, &["--max-in-flight", "1"]);
    let mut held = Stranger::connect(place.hook.port, &place.site.authority).unwrap();
    // A body that does not come holds the one place there is.
    held.write(
        "POST /validate?timeout=30s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
    );
    let namespace = place.namespace.clone();
    let create = std::thread::spawn(move || namespace.create(&good("Pod", "web")));
    place
        .hook
        .wait("turned away", |hook| hook.reached("decision=\"shed\"") > 0);
    drop(held);
    create.join().unwrap().succeeds();
}

/// An object that the API server takes, and our reader does not.
fn nested(kind: &str, group: &str) -> Value {
    let mut nest = json!({});
    for _ in 0..300 {
        nest = json!({"in": nest});
    }
    json!({"apiVersion": format!("{group}/v1"), "kind": kind, "metadata": {"name": "deep"}, "spec": nest})
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn a_fault_of_the_webhook_is_no_denial() {
    let Some(mut place) = Place::new("fault") else {
        return;
    };
    let namespace = &place.namespace;
    let group = format!("{}.example.com", namespace.name);
    let schema = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
    let version = json!({"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}});
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("nests.{group}")},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": "nests", "singular": "nest", "kind": "Nest"},
            "versions": [version],
        },
    });
    namespace.create(&definition).succeeds();
    let name = format!("crd/nests.{group}");
    let wait = ["wait", &name, "--for=condition=Established"];
    namespace.kubectl(&wait).succeeds();
    let create = ["create", "--validate=false", "--filename=-"];
    let rules = json!([rule(&group, &["nests"]), rule("", &["pods"])]);
    place.registered.set(&[("rules", rules)]);
    let dry_run = [&create[..], &["--dry-run=server"]].concat();
    let object = nested("Nest", &group);
    let sent = |words: &[&str]| place.namespace.send(words, &object);
    cluster::eventually("it is asked", || sent(&dry_run).code != 0);
    let said = sent(&create).fails();
    assert!(
        said.contains("(InternalError): ") && said.contains("could not be read"),
        "{said}"
    );
    place.registered.set(&[("failurePolicy", "Ignore".into())]);
    cluster::eventually("it is ignored", || sent(&dry_run).code == 0);
    sent(&create).succeeds();
    failed_open(&place.namespace, "nests");
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn an_authority_that_is_not_the_webhooks() {
    let Some(mut place) = Place::new("authority") else {
        return;
    };
    place.registered.trust(&Authority::new().pem());
    let says = "certificate signed by unknown authority";
    fails_closed_and_open(&place.namespace, &mut place.registered, says);
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn a_certificate_for_another_name() {
    let Some(namespace) = Namespace::new("name") else {
        return;
    };
    let site = Site::new();
    site.show(&site.authority.certify("plimsoll.plimsoll.svc", YEAR));
    let hook = site.start(&[]);
    let mut registered = Registered::new(&namespace, &hook.url(), &site.authority.pem());
    let says = "cannot validate certificate for 127.0.0.1";
    fails_closed_and_open(&namespace, &mut registered, says);
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn a_certificate_that_has_expired() {
    let Some(namespace) = Namespace::new("expired") else {
        return;
    };
    let site = Site::new();
    let lasts = Duration::from_secs(8);
    let over = since_1970() + lasts;
    site.show(&site.authority.certify(HERE, lasts));
    let hook = site.begin(&[]);
    hook.wait("shown", |hook| hook.logged("the certificate is shown"));
    assert!(!hook.is_ready(), "no Service would send anything to it");
    cluster::eventually("it is over", || {
        since_1970() > over + Duration::from_secs(1)
    });
    let mut registered = Registered::new(&namespace, &hook.url(), &site.authority.pem());
    let says = "certificate has expired or is not yet valid";
    fails_closed_and_open(&namespace, &mut registered, says);
}
