//! As much as the API server takes, and as much as strangers send.

use std::net::TcpStream;

use serde_json::{Value, json};

use crate::support::Place;
use crate::support::authority::HERE;
use crate::support::load::Load;
use crate::support::objects::{container, good, privileged};
use crate::support::stranger::Stranger;

/// The API server takes bodies of three, and etcd one and a half.
const MIB: usize = 1 << 20;

fn heavy(mut object: Value, bytes: usize) -> Value {
    container(&mut object)["env"] = json!([{"name": "NOTE", "value": "x".repeat(bytes)}]);
    object
}

fn suspended(mut object: Value) -> Value {
    object["spec"]["suspend"] = true.into();
    object
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn the_largest_objects_are_judged() {
    let Some(place) = Place::new("heavy") else {
        return;
    };
    let namespace = &place.namespace;
    let most = 3 * MIB - 8 * 1024;
    // Nobody else writes to it, as controllers do to what makes Pods.
    let [good, privileged] = [good("CronJob", "web"), privileged("CronJob", "web")].map(suspended);
    namespace.dry_run(&heavy(good.clone(), most)).succeeds();
    let refused = namespace.dry_run(&heavy(privileged.clone(), most)).fails();
    assert!(refused.contains("container-privileged: "), "{refused}");
    // What was there and what is to come, in one question.
    namespace
        .create(&heavy(good.clone(), 4 * MIB / 3))
        .succeeds();
    let replace = ["replace", "--dry-run=server", "--filename=-"];
    namespace
        .send(&replace, &heavy(good.clone(), most))
        .succeeds();
    let refused = namespace.send(&replace, &heavy(privileged, most)).fails();
    assert!(refused.contains("container-privileged: "), "{refused}");
    let over = heavy(good, 3 * MIB);
    let said = namespace.dry_run(&over).fails();
    assert!(said.contains("Request entity too large"), "{said}");
}

#[test]
#[ignore = "cargo xtask test --only admission"]
fn strangers_do_not_keep_the_api_server_from_being_answered() {
    let Some(place) = Place::new("strangers") else {
        return;
    };
    let load = Load::start(&place.namespace);
    let port = place.hook.port;
    for _ in 0..3 {
        let silent: Vec<TcpStream> = (0..2000)
            .map(|_| TcpStream::connect((HERE, port)).unwrap())
            .collect();
        let mut slow: Vec<Stranger> = (0..50)
            .map(|_| Stranger::connect(port, &place.site.authority).unwrap())
            .collect();
        for stranger in &mut slow {
            stranger.write("POST /validate HTTP/1.1\r\nHost:");
        }
        load.goes_on(200);
        drop((silent, slow));
    }
    load.had_no_failure();
    assert!(place.hook.is_ready());
}
