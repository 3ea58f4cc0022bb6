//! The webhook as the API server meets it: the real binary, TLS, reviews.

use crate::support::server::Server;
use crate::support::{good_pod, privileged, review};
use serde_json::{Value, json};

#[test]
fn what_is_refused_is_said_as_the_api_server_says_it() {
    let server = Server::start("", &[]);
    let response = server.ask(&review(&privileged(), None)).response();
    assert_eq!(response["uid"], "705ab4f5-6393-11e8-b7cc-42010a800002");
    assert_eq!(response["allowed"], false);
    let status = &response["status"];
    assert_eq!(
        (&status["code"], &status["reason"]),
        (&json!(422), &json!("Invalid"))
    );
    assert_eq!(status["details"]["kind"], "Pod");
    assert_eq!(status["details"]["name"], "web");
    let causes = status["details"]["causes"].as_array().unwrap();
    let cause = causes
        .iter()
        .find(|cause| cause["field"] == "spec.containers[0].securityContext.privileged");
    let message = cause.unwrap()["message"].as_str().unwrap();
    assert!(message.starts_with("container-privileged: "), "{message}");
    assert!(
        message.ends_with("(plimsoll explain container-privileged)"),
        "{message}"
    );
    assert!(response.get("patch").is_none() && response.get("patchType").is_none());
    let denied = response["auditAnnotations"]["denied-by"].as_str().unwrap();
    assert!(
        denied.split(',').any(|rule| rule == "container-privileged"),
        "{denied}"
    );
    let good = server.ask(&review(&good_pod(), None)).response();
    assert_eq!(good["allowed"], true, "{good}");
    assert!(good.get("status").is_none());
    let metrics = server.probe("/metrics");
    let counted = r#"plimsoll_admission_requests_total{operation="create",resource="pods",decision="deny",dry_run="false"} 1"#;
    assert!(metrics.contains(counted), "{metrics}");
}

#[test]
fn what_is_no_review_is_a_fault_of_whoever_sent_it_and_never_a_denial() {
    let server = Server::start("", &[]);
    let json = |body: &str, status: u16, says: &str| {
        let answer = server.ask(body);
        assert_eq!(answer.status, status, "{body:?}: {answer:?}");
        assert!(answer.body.contains(says), "{body:?}: {answer:?}");
        assert!(answer.has("connection: close"), "{answer:?}");
    };
    json("", 400, "no AdmissionReview");
    json("{", 400, "no AdmissionReview");
    json("[]", 400, "no AdmissionReview");
    json("\u{0}", 400, "no AdmissionReview");
    json(
        r#"{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview"}"#,
        400,
        "v1beta1",
    );
    json(
        r#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}"#,
        400,
        "no `request`",
    );
    json(
        r#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":null}"#,
        400,
        "no `request`",
    );
    json(
        &review(&good_pod(), None).replace("705ab4f5-6393-11e8-b7cc-42010a800002", ""),
        400,
        "no `uid`",
    );
    json(&review(&Value::Null, None), 500, "has no object");
    json(
        &review(&json!({"kind": {}}), None).replace("CREATE", "INVENT"),
        400,
        "INVENT",
    );
    let deep = "[".repeat(300) + &"]".repeat(300);
    json(
        &review(&json!("X"), None).replace("\"X\"", &deep),
        500,
        "could not be read",
    );
    let mut connection = server.connect();
    let answer = connection
        .send(
            "POST /validate",
            "Content-Type: text/plain\r\nContent-Length: 0",
            b"",
        )
        .unwrap();
    assert_eq!(answer.status, 415);
    let answer = server.connect().send("GET /validate", "", b"").unwrap();
    assert_eq!(answer.status, 405);
    let answer = server
        .connect()
        .send("POST /mutate", "Content-Length: 0", b"")
        .unwrap();
    assert_eq!(answer.status, 404);
}

#[test]
fn objects_of_any_shape_are_judged_or_let_through() {
    let server = Server::start("", &[]);
    let mut connection = server.connect();
    let mut wrong = good_pod();
    wrong["spec"]["containers"] = json!("none");
    let mut nulls = good_pod();
    nulls["metadata"]["labels"] = Value::Null;
    nulls["spec"]["containers"][0] = Value::Null;
    let mut many = good_pod();
    many["spec"]["containers"] =
        Value::Array(vec![good_pod()["spec"]["containers"][0].clone(); 2000]);
    let mut strange = good_pod();
    strange["metadata"]["name"] = "\u{1b}[2J\u{202e}web\n\u{0}".into();
    strange["spec"]["containers"][0]["image"] = ("a".repeat(100_000) + ":\u{7}").into();
    for object in [
        wrong,
        nulls,
        many,
        strange,
        json!({}),
        json!({"kind": "Widget", "apiVersion": "example.com/v1"}),
    ] {
        let answer = connection.ask(&review(&object, None));
        let response = answer.response();
        let said = response.to_string();
        assert!(
            !said.contains("\\u001b") && !said.contains('\u{202e}') && !said.contains("\\u0000"),
            "{said}"
        );
        for warning in response["warnings"].as_array().unwrap_or(&Vec::new()) {
            assert!(warning.as_str().unwrap().chars().count() <= 240);
        }
        assert!(
            response["warnings"]
                .as_array()
                .is_none_or(|warnings| warnings.len() <= 15)
        );
        let message = response["status"]["message"].as_str().unwrap_or_default();
        assert!(message.chars().count() <= 1010, "{message}");
    }
}

#[test]
fn bodies_are_taken_up_to_seven_mebibytes() {
    let server = Server::start("", &[]);
    let mut large = good_pod();
    let note = "x".repeat((7 << 20) - 4000);
    large["spec"]["containers"][0]["env"] = json!([{"name": "NOTE", "value": note}]);
    let body = review(&large, None);
    assert!(
        body.len() < 7 << 20 && body.len() > (7 << 20) - 4000,
        "{}",
        body.len()
    );
    assert_eq!(server.ask(&body).response()["allowed"], true);
    let metrics = server.probe("/metrics");
    assert!(
        metrics.contains("plimsoll_admission_queue_seconds_count 1"),
        "{metrics}"
    );
    let body = body.clone() + &" ".repeat((7 << 20) + 1 - body.len());
    // It says so itself, and is turned away before it is sent.
    let head = format!(
        "Content-Type: application/json\r\nContent-Length: {}",
        body.len()
    );
    let answer = server.connect().send("POST /validate", &head, b"").unwrap();
    assert_eq!(answer.status, 413);
    // Without a length it is counted as it comes.
    let mut connection = server.connect();
    let head = "Content-Type: application/json\r\nTransfer-Encoding: chunked";
    let chunked = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let answer = connection
        .send("POST /validate", head, chunked.as_bytes())
        .unwrap();
    assert_eq!(answer.status, 413);
}

#[test]
fn what_need_not_be_judged_is_let_through_and_says_why() {
    let server = Server::start("", &[]);
    let skipped = |body: String, why: &str| {
        let response = server.ask(&body).response();
        assert_eq!(response["allowed"], true, "{why}: {response}");
        assert_eq!(response["auditAnnotations"]["skipped"], why, "{response}");
    };
    let bad = privileged();
    skipped(
        review(&bad, None)
            .replace("\"CREATE\"", "\"DELETE\"")
            .replace("\"object\":{", "\"gone\":{"),
        "operation",
    );
    skipped(
        review(&json!({"kind": "PodExecOptions", "apiVersion": "v1"}), None)
            .replace("\"CREATE\"", "\"CONNECT\""),
        "operation",
    );
    let scale = json!({"kind": "Scale", "apiVersion": "autoscaling/v1", "spec": {"replicas": 0}});
    skipped(
        review(&scale, None).replace("\"dryRun\"", "\"subResource\":\"scale\",\"dryRun\""),
        "subresource",
    );
    let mut going = bad.clone();
    going["metadata"]["deletionTimestamp"] = "2026-11-25T00:00:00Z".into();
    skipped(review(&going, None), "terminating");
    let mut mirror = bad.clone();
    mirror["metadata"]["annotations"] = json!({"kubernetes.io/config.mirror": "a1"});
    skipped(
        review(&mirror, None).replace("\"jane\"", "\"system:node:node1\""),
        "mirror",
    );
    let mut status = bad.clone();
    status["status"] = json!({"phase": "Running"});
    status["metadata"]["resourceVersion"] = "8".into();
    skipped(review(&status, Some(&bad)), "unchanged");
    let mut made = bad.clone();
    made["metadata"]["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-1", "uid": "1", "controller": true}]);
    let controller = "\"system:serviceaccount:kube-system:replicaset-controller\"";
    skipped(
        review(&made, None).replace("\"jane\"", controller),
        "controlled",
    );
    // Anybody can write an owner, or an annotation.
    for (object, why) in [(made, "owner"), (mirror, "mirror")] {
        assert_eq!(
            server.ask(&review(&object, None)).response()["allowed"],
            false,
            "{why}"
        );
    }
    let ephemeral = review(&bad, Some(&good_pod())).replace(
        "\"dryRun\"",
        "\"subResource\":\"ephemeralcontainers\",\"dryRun\"",
    );
    assert_eq!(server.ask(&ephemeral).response()["allowed"], false);
}

#[test]
fn an_update_is_refused_for_what_it_brings_only() {
    let server = Server::start("", &[]);
    let mut labelled = privileged();
    labelled["metadata"]["labels"] = json!({"team": "shop"});
    let response = server
        .ask(&review(&labelled, Some(&privileged())))
        .response();
    assert_eq!(response["allowed"], true, "{response}");
    let warnings = response["warnings"].to_string();
    assert!(
        warnings.contains("container-privileged") && warnings.contains("(it was so before)"),
        "{warnings}"
    );
    let mut worse = labelled.clone();
    worse["spec"]["containers"][0]
        .as_object_mut()
        .unwrap()
        .remove("livenessProbe");
    let response = server.ask(&review(&worse, Some(&privileged()))).response();
    assert_eq!(response["allowed"], false, "{response}");
    let denied = response["auditAnnotations"]["denied-by"].as_str().unwrap();
    assert!(
        denied.contains("probe-liveness-missing") && !denied.contains("container-privileged"),
        "{denied}"
    );
    // The same rule at the same field, of something worse.
    let mounts = |path: &str| {
        let mut pod = good_pod();
        pod["spec"]["volumes"] = json!([{"name": "host", "hostPath": {"path": path}}]);
        pod
    };
    let same = server
        .ask(&review(
            &mounts("/etc/kubernetes"),
            Some(&mounts("/etc/kubernetes")),
        ))
        .response();
    assert_eq!(same["allowed"], true, "{same}");
    let other = server
        .ask(&review(&mounts("/"), Some(&mounts("/etc/kubernetes"))))
        .response();
    assert_eq!(other["allowed"], false, "{other}");
    let strict = Server::start("", &["--on-update", "all"]);
    let response = strict
        .ask(&review(&labelled, Some(&privileged())))
        .response();
    assert_eq!(response["allowed"], false, "{response}");
}

#[test]
fn a_name_that_is_made_later_is_shown_as_what_it_begins_with() {
    let server = Server::start("", &[]);
    let mut pod = privileged();
    pod["metadata"] = json!({"generateName": "web-", "namespace": "shop"});
    let response = server.ask(&review(&pod, None)).response();
    assert_eq!(response["status"]["details"]["name"], "web-*");
}

#[test]
fn an_exemption_holds_and_is_written_down() {
    let config = "exemptions:\n- rule: container-privileged\n  resource: {kind: Pod, namespace: shop, name: web}\n  reason: it loads a kernel module\n";
    let server = Server::start(config, &[]);
    let response = server.ask(&review(&privileged(), None)).response();
    let notes = &response["auditAnnotations"];
    assert!(
        notes["exempt-from"]
            .as_str()
            .unwrap()
            .contains("container-privileged"),
        "{response}"
    );
    assert_eq!(notes["exemption-reasons"], "it loads a kernel module");
    let denied = notes["denied-by"].as_str().unwrap_or_default();
    assert!(!denied.contains("container-privileged"), "{response}");
}
