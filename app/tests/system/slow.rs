//! Clients that take their time cost one connection for a bounded time, and nobody else anything.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::{Process, World, event};

/// Longer than any bound that the tests set, for slow machines.
const PATIENCE: Duration = Duration::from_secs(30);

async fn connect(api: &Process) -> TcpStream {
    let address = api.client.base.strip_prefix("http://").unwrap().to_owned();
    TcpStream::connect(address).await.unwrap()
}

/// Whether the server ends the connection, and what it says before.
async fn ending(stream: &mut TcpStream) -> Option<String> {
    let mut said = Vec::new();
    let ended = timeout(PATIENCE, stream.read_to_end(&mut said)).await;
    // A connection that is cut with bytes unread is reset.
    ended.ok()?.ok();
    Some(String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test]
async fn heads_that_come_byte_by_byte_are_cut_and_others_served() {
    let mut world = World::new().await;
    world.set("HEADER_SECONDS", "1");
    let api = world.start("api").await;
    let mut slow = Vec::new();
    for _ in 0..50 {
        let mut stream = connect(&api).await;
        slow.push(tokio::spawn(async move {
            let head = b"POST /api/v1/events HTTP/1.1\r\nhost: sspp\r\nx: ".iter();
            for byte in head.chain(std::iter::repeat(&b'x')) {
                // Each byte comes well within the bound; the head never ends.
                if stream.write_all(&[*byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }));
    }
    let mut silent = connect(&api).await;
    let answer = api.client.post("/api/v1/events", &event()).await;
    assert_eq!(answer.status, 202);
    for stream in slow {
        timeout(PATIENCE, stream).await.expect("it is cut").unwrap();
    }
    assert_eq!(ending(&mut silent).await.as_deref(), Some(""));
    assert_eq!(api.client.get("/health").await.status, 200);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_answered_with_408() {
    let mut world = World::new().await;
    world.set("BODY_SECONDS", "1");
    let api = world.start("api").await;
    let mut stream = connect(&api).await;
    let head = "POST /api/v1/events HTTP/1.1\r\nhost: sspp\r\ncontent-length: 500\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let said = ending(&mut stream).await.expect("it is ended");
    assert!(said.starts_with("HTTP/1.1 408 "), "{said}");
    assert!(said.contains("application/problem+json"), "{said}");
    assert!(said.contains("The body did not arrive in time"), "{said}");
    assert_eq!(world.redis.number("LLEN", "").await, 0);
}

#[tokio::test]
async fn a_slow_request_after_a_quick_one_is_cut_and_an_idle_connection_is_not() {
    let mut world = World::new().await;
    world.set("HEADER_SECONDS", "1");
    let api = world.start("api").await;
    let (mut idle, mut slow) = (connect(&api).await, connect(&api).await);
    let request = b"GET /health HTTP/1.1\r\nhost: sspp\r\n\r\n";
    for stream in [&mut idle, &mut slow] {
        stream.write_all(request).await.unwrap();
        let mut answer = [0; 1024];
        let read = stream.read(&mut answer).await.unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 200 "));
    }
    slow.write_all(b"GET /heal").await.unwrap();
    assert_eq!(ending(&mut slow).await.as_deref(), Some(""));
    // By now it has been idle for longer than a head may take.
    idle.write_all(request).await.unwrap();
    let mut answer = [0; 1024];
    let read = idle.read(&mut answer).await.unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 200 "));
}

#[tokio::test]
async fn more_connections_than_are_allowed_wait_for_one_to_end() {
    let mut world = World::new().await;
    world.set("CONNECTION_LIMIT", "2");
    world.set("IDLE_SECONDS", "1");
    let api = world.start("api").await;
    let mut open = vec![connect(&api).await, connect(&api).await];
    let request = b"GET /health HTTP/1.1\r\nhost: sspp\r\n\r\n";
    for stream in &mut open {
        stream.write_all(request).await.unwrap();
        let mut answer = [0; 1024];
        assert!(stream.read(&mut answer).await.unwrap() > 0);
    }
    // The system accepts it; the server does so once an idle one has ended.
    assert_eq!(api.client.get("/health").await.status, 200);
    let full = api.said("no more connections are accepted until one has ended");
    assert!(!full.is_empty());
    for stream in &mut open {
        assert_eq!(ending(stream).await.as_deref(), Some(""));
    }
}
