//! What is written down, and what is said, of objects out of the ordinary.

use serde_json::{Value, json};

use crate::support::objects::{container, good, privileged};
use crate::support::registered::rule;
use crate::support::{Namespace, Place, noted};

#[test]
#[ignore = "cargo xtask test --only admission"]
fn the_audit_log_tells_what_was_decided_and_by_which_policy() {
    let Some(place) = Place::new("audit") else {
        return;
    };
    let namespace = &place.namespace;
    namespace.create(&privileged("Deployment", "bad")).fails();
    namespace.create(&good("Deployment", "web")).succeeds();
    let events = namespace.audited("create", "deployments");
    let [.., denied, admitted] = events.as_slice() else {
        panic!("{events:?}");
    };
    assert_eq!(denied["responseStatus"]["code"], 422);
    assert_eq!(noted(denied, "decision"), "deny", "{denied}");
    assert_eq!(noted(denied, "denied-by"), "container-privileged");
    assert_eq!(admitted["responseStatus"]["code"], 201);
    assert_eq!(noted(admitted, "decision"), "allow", "{admitted}");
    assert_eq!(noted(admitted, "denied-by"), "");
    let digest = noted(admitted, "policy-digest");
    assert!(digest.len() == 12 && digest == noted(denied, "policy-digest"));
    assert!(place.hook.logged(&digest), "the log names it, too");
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn an_exemption_is_written_down_with_its_reason() {
    let Some(place) = Place::new("exempt") else {
        return;
    };
    let namespace = &place.namespace;
    place.site.configure(
        "exemptions:\n- rule: container-privileged\n  resource: {kind: Deployment, name: driver}\n  \
         reason: it loads a kernel module\n",
    );
    place
        .hook
        .wait("in force", |hook| hook.logged("is in force"));
    namespace.create(&privileged("Deployment", "web")).fails();
    namespace
        .create(&privileged("Deployment", "driver"))
        .succeeds();
    let events = namespace.audited("create", "deployments");
    let exempt = events.last().unwrap();
    assert!(noted(exempt, "exempt-from").contains("container-privileged"));
    let reason = noted(exempt, "exemption-reasons");
    assert_eq!(reason, "it loads a kernel module");
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn warnings_come_whole_however_many_there_are() {
    let Some(place) = Place::new("many") else {
        return;
    };
    let mut pod = good("Pod", "web");
    let one = container(&mut pod).clone();
    let containers = (0..40).map(|number| {
        let mut container = one.clone();
        container["name"] = format!("container-{number}-{}", "x".repeat(40)).into();
        let path = "repository/".repeat(20);
        container["image"] = format!("ghcr.io/{path}:latest").replace("/:", ":").into();
        container
    });
    pod["spec"]["containers"] = Value::Array(containers.collect());
    let output = place.namespace.create(&pod);
    assert_eq!(output.code, 0, "{output:?}");
    let warnings = output.stderr.lines();
    let warnings: Vec<&str> = warnings
        .map(|line| line.strip_prefix("Warning: ").unwrap())
        .collect();
    assert_eq!(warnings.len(), 15, "{warnings:#?}");
    let (last, others) = warnings.split_last().unwrap();
    assert!(last.ends_with("`plimsoll check` on the manifest lists them all"));
    // The API server cuts at 256 without a sign.
    assert!(
        others
            .iter()
            .all(|warning| warning.starts_with("plimsoll "))
    );
    assert!(
        warnings
            .iter()
            .all(|warning| warning.chars().count() <= 240)
    );
    let mut of_images = others
        .iter()
        .filter(|warning| warning.contains("image-tag-mutable"));
    assert!(of_images.all(|warning| warning.ends_with("is another image tomorrow")));
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn a_generated_name_is_told() {
    let Some(place) = Place::new("generated") else {
        return;
    };
    let mut pod = privileged("Pod", "web");
    pod["metadata"] = json!({"generateName": "web-"});
    let refused = place.namespace.create(&pod).fails();
    assert!(refused.contains("The Pod \"web-"), "{refused}");
    let mut pod = good("Pod", "web");
    pod["metadata"] = json!({"generateName": "web-"});
    place.namespace.create(&pod).succeeds();
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn an_ephemeral_container_is_judged_as_what_it_is() {
    let Some(place) = Place::new("ephemeral") else {
        return;
    };
    let namespace = &place.namespace;
    namespace.create(&good("Pod", "web")).succeeds();
    let debug = |profile: &str| {
        let image = "--image=ghcr.io/example/tools:1.0.0";
        let profile = format!("--profile={profile}");
        namespace.kubectl(&["debug", "web", image, &profile, "--container=tools"])
    };
    let refused = debug("sysadmin").fails();
    assert!(refused.contains("container-privileged: "), "{refused}");
    assert!(refused.contains("spec.ephemeralContainers[0]"), "{refused}");
    let containers = "/spec/ephemeralContainers";
    assert_eq!(namespace.stored("pod/web", containers), Value::Null);
    debug("restricted").succeeds();
    let name = "/spec/ephemeralContainers/0/name";
    assert_eq!(namespace.stored("pod/web", name), "tools");
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn what_is_being_deleted_can_be_let_go() {
    let Some(namespace) = Namespace::new("terminating") else {
        return;
    };
    let mut object = privileged("Deployment", "web");
    object["metadata"]["finalizers"] = json!(["example.com/held"]);
    namespace.create(&object).succeeds();
    // Strict, so that it is not the old findings' pardon that lets it go.
    let place = Place::around(namespace, &["--on-update", "all"]);
    let namespace = &place.namespace;
    let label = ["label", "deployment/web", "team=shop"];
    namespace.kubectl(&label).fails();
    let delete = ["delete", "deployment/web", "--wait=false"];
    namespace.kubectl(&delete).succeeds();
    namespace.kubectl(&label).succeeds();
    let events = namespace.audited("patch", "deployments");
    assert_eq!(noted(events.last().unwrap(), "skipped"), "terminating");
    let release = [
        "patch",
        "deployment/web",
        "--type=merge",
        "--patch={\"metadata\":{\"finalizers\":null}}",
    ];
    namespace.kubectl(&release).succeeds();
    cluster::eventually("it goes", || namespace.names("deployment").is_empty());
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn whoever_asks_for_a_shell_is_not_held_up() {
    let Some(mut place) = Place::new("shell") else {
        return;
    };
    place.namespace.create(&good("Pod", "web")).succeeds();
    let shell = ["exec", "web", "--", "true"];
    // Nobody runs the Pod: this is what the API server says when nobody else has objected.
    let no_node = "does not have a host assigned";
    let said = place.namespace.kubectl(&shell).fails();
    assert!(said.contains(no_node), "{said}");
    assert_eq!(place.hook.reached("operation=\"connect\""), 0);
    let mut connections = rule("", &["pods/exec"]);
    connections["operations"] = json!(["CONNECT"]);
    let all = json!([connections, rule("", &["pods"])]);
    place.registered.set(&[("rules", all)]);
    cluster::eventually("it is asked", || {
        let said = place.namespace.kubectl(&shell).fails();
        assert!(said.contains(no_node), "{said}");
        place.hook.reached("operation=\"connect\"") > 0
    });
    let event = place.namespace.cluster.audit().into_iter().rfind(|event| {
        event["objectRef"]["subresource"] == "exec" && !noted(event, "skipped").is_empty()
    });
    assert_eq!(noted(&event.unwrap(), "skipped"), "operation");
}
