//! What kubectl prints, to the letter.

use serde_json::Value;

use crate::support::Place;
use crate::support::objects::{container, good};

/// A Deployment with two faults, and something to warn of.
fn faulty() -> Value {
    let mut object = good("Deployment", "web");
    let container = container(&mut object);
    container["image"] = "nginx:latest".into();
    container["securityContext"]["capabilities"]["add"] = serde_json::json!(["SYS_ADMIN"]);
    container.as_object_mut().unwrap().remove("livenessProbe");
    object
}

fn printed(output: cluster::Output, code: i32, expected: &str) {
    let said = output.stdout + &output.stderr;
    assert_eq!(said, expected, "it has printed:\n{said}");
    assert_eq!(output.code, code);
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn a_refusal_reads_as_those_of_the_api_server_itself() {
    let Some(place) = Place::new("printed") else {
        return;
    };
    let namespace = &place.namespace;
    let refused = include_str!("printed/refused.txt");
    printed(namespace.create(&faulty()), 1, refused);
    printed(namespace.apply(&faulty()), 1, refused);
    printed(namespace.dry_run(&faulty()), 1, refused);
    let server_side = ["apply", "--server-side", "--filename=-"];
    printed(namespace.send(&server_side, &faulty()), 1, refused);
    let diff = ["diff", "--filename=-"];
    printed(namespace.send(&diff, &faulty()), 2, refused);
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn a_warning_is_printed_and_does_no_harm() {
    let Some(place) = Place::new("warned") else {
        return;
    };
    let mut object = good("Deployment", "web");
    container(&mut object)["image"] = "nginx:latest".into();
    let expected = include_str!("printed/warned.txt");
    printed(place.namespace.apply(&object), 0, expected);
}
