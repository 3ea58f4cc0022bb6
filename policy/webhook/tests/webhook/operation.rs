//! The webhook in operation: what it reads again, what it turns away, how it goes.

use std::io::Read;

use crate::support::server::{Authority, NAME, Server};
use crate::support::{good_pod, privileged, review};

#[test]
fn more_than_can_be_answered_is_turned_away_to_be_asked_again_elsewhere() {
    let server = Server::start("", &["--max-in-flight", "0"]);
    let answer = server.ask(&review(&good_pod(), None));
    assert_eq!(answer.status, 503);
    assert!(
        answer.has("retry-after: 1") && answer.has("connection: close"),
        "{answer:?}"
    );
    assert!(server.probe("/metrics").contains(r#"decision="shed""#));
}

#[test]
fn the_configuration_is_read_again_and_a_wrong_one_changes_nothing() {
    let server = Server::start("", &[]);
    let path = server.folder.path().join("plimsoll.yaml");
    let body = review(&privileged(), None);
    let denies = || {
        server.ask(&body).response()["auditAnnotations"]["denied-by"]
            .to_string()
            .contains("container-privileged")
    };
    assert!(denies());
    std::fs::write(&path, "rules:\n  container-privilegd: off\n").unwrap();
    server.wait("refused", || {
        server
            .probe("/metrics")
            .contains(r#"plimsoll_policy_reloads_total{result="refused"} 1"#)
    });
    // The log comes by a pipe, and so a moment later.
    server.wait("named in the log", || {
        let log = server.log();
        log.contains("plimsoll.yaml:2:3: ") && log.contains("container-privileged")
    });
    assert!(denies() && server.probe("/readyz").starts_with("HTTP/1.1 200"));
    std::fs::write(&path, "rules:\n  container-privileged: off\n").unwrap();
    server.wait("taken", || !denies());
}

#[test]
fn a_certificate_is_swapped_while_connections_stay() {
    let mut server = Server::start("", &[]);
    let mut old = server.connect();
    let body = review(&good_pod(), None);
    assert_eq!(old.ask(&body).status, 200);
    let other = Authority::new();
    let (chain, key) = other.certify(NAME, 2099);
    let (_, wrong_key) = other.certify(NAME, 2099);
    let refused = |chain: &str, key: &str, why: &str| {
        server.show(chain, key);
        server.wait(why, || server.log().contains(why));
        assert_eq!(server.ask(&body).status, 200, "the last good one stays");
    };
    refused(&chain, &wrong_key, "KeyMismatch");
    let (elsewhere, its_key) = other.certify("plimsoll.elsewhere.svc", 2099);
    refused(&elsewhere, &its_key, "is for plimsoll.elsewhere.svc");
    let (over, its_key) = other.certify(NAME, 2020);
    refused(&over, &its_key, "not valid now");
    refused("nothing", &key, "no certificate");
    server.show(&chain, &key);
    server.wait("shown", || server.try_connect(&other).is_ok());
    assert!(
        server.try_connect(&server.authority).is_err(),
        "the old one is not shown any more"
    );
    assert_eq!(
        old.ask(&body).status,
        200,
        "an open connection keeps what it was shown"
    );
    server.authority = other;
    assert_eq!(server.ask(&body).status, 200);
}

#[test]
fn whoever_is_told_to_go_answers_on_and_asks_its_clients_to_leave() {
    let mut server = Server::start("", &["--drain-seconds", "2"]);
    let body = review(&good_pod(), None);
    let mut kept = server.connect();
    assert!(!kept.ask(&body).has("connection: close"));
    server.signal("-TERM");
    server.wait("unready", || {
        server.probe("/readyz").starts_with("HTTP/1.1 503")
    });
    let answer = kept.ask(&body);
    assert!(
        answer.status == 200 && answer.has("connection: close"),
        "{answer:?}"
    );
    assert_eq!(
        server.ask(&body).status,
        200,
        "new connections are still taken"
    );
    assert!(server.child.wait().unwrap().success());
    server.wait("gone", || server.log().contains("gone"));
}

#[test]
fn whoever_does_not_go_on_is_cut_off_and_others_are_answered() {
    let server = Server::start("", &[]);
    let body = review(&good_pod(), None);
    // Connections that never say anything, that never finish a head, that never finish a body.
    let silent: Vec<_> = (0..300).map(|_| server.plain()).collect();
    let mut half: Vec<_> = (0..20).map(|_| server.connect()).collect();
    for connection in &mut half {
        connection
            .write(b"POST /validate HTTP/1.1\r\nHost:")
            .unwrap();
    }
    let mut slow = server.connect();
    slow.write(b"POST /validate?timeout=1s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{").unwrap();
    let mut honest = server.connect();
    assert_eq!(honest.ask(&body).status, 200);
    assert_eq!(
        slow.read().unwrap().status,
        408,
        "a body has the time that its request says"
    );
    for connection in &mut half {
        assert!(connection.read().is_err(), "a head has five seconds");
    }
    assert_eq!(
        honest.ask(&body).status,
        200,
        "whoever has nothing to ask may stay"
    );
    drop(silent);
}

#[test]
fn a_crowd_that_only_connects_pushes_itself_out_and_not_those_who_ask() {
    let server = Server::start("", &["--max-connections", "8"]);
    let body = review(&good_pod(), None);
    let mut early = server.connect();
    assert_eq!(early.ask(&body).status, 200);
    let mut crowd: Vec<_> = (0..100).map(|_| server.plain()).collect();
    assert_eq!(early.ask(&body).status, 200, "whoever has asked stays");
    let mut late = server.connect();
    assert_eq!(
        late.ask(&body).status,
        200,
        "there is a place for whoever comes and asks"
    );
    // Closed, not kept waiting: reading ends at once.
    let oldest = crowd.iter_mut().take(90);
    assert!(
        oldest
            .map(|idler| idler.read(&mut [0]).unwrap_or(0))
            .all(|read| read == 0)
    );
    assert!(server.probe("/metrics").contains("plimsoll_connections 8"));
    // Where all have asked, there is no place for one more, and nobody is interrupted.
    let mut asking: Vec<_> = (0..6).map(|_| server.connect()).collect();
    for connection in &mut asking {
        assert_eq!(connection.ask(&body).status, 200);
    }
    assert!(server.try_connect(&server.authority).is_err());
    assert_eq!(
        (early.ask(&body).status, late.ask(&body).status),
        (200, 200)
    );
}
