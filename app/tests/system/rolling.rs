//! A new release, seen by clients: the API's processes are replaced one by one, and no request fails.

mod balancer;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::support::{Client, Process, World, event, eventually, free_port, named_event};
use balancer::Balancer;

const CLIENTS: u32 = 8;

/// Clients that send one event after another, each over a connection of its own that it keeps.
struct Load {
    clients: JoinSet<u32>,
    stop: Arc<AtomicBool>,
    accepted: Arc<AtomicU32>,
}

impl Load {
    fn start(base: &str) -> Self {
        let port = base.rsplit(':').next().unwrap().parse().unwrap();
        let mut load = Self {
            clients: JoinSet::new(),
            stop: Arc::default(),
            accepted: Arc::default(),
        };
        for number in 0..CLIENTS {
            let (stop, accepted) = (Arc::clone(&load.stop), Arc::clone(&load.accepted));
            load.clients
                .spawn(post_all(Client::new(port), number, stop, accepted));
        }
        load
    }

    /// Waits for some more requests to be answered.
    async fn goes_on(&self) {
        let enough = self.accepted.load(Ordering::Relaxed) + 200;
        eventually("requests are answered", async || {
            self.accepted.load(Ordering::Relaxed) >= enough
        })
        .await;
    }

    /// Returns how many events were accepted.
    async fn end(self) -> u32 {
        self.stop.store(true, Ordering::Relaxed);
        self.clients.join_all().await.into_iter().sum()
    }
}

/// Each event is sent once: an answer that is not 202, or none, fails the test.
async fn post_all(
    client: Client,
    number: u32,
    stop: Arc<AtomicBool>,
    accepted: Arc<AtomicU32>,
) -> u32 {
    let mut sent = 0;
    while !stop.load(Ordering::Relaxed) {
        let event = named_event(sent * CLIENTS + number);
        let answer = client.post("/api/v1/events", &event).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        accepted.fetch_add(1, Ordering::Relaxed);
        sent += 1;
    }
    sent
}

/// How many events a process was sent.
async fn asked(process: &Process) -> u64 {
    let metrics = process.client.get("/metrics").await.text;
    let name = "http_requests_total{method=\"POST\",route=\"/api/v1/events\",status=\"202\"} ";
    let count = metrics.lines().find_map(|line| line.strip_prefix(name));
    count.map_or(0, |count| count.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_are_replaced_one_by_one_and_no_request_fails() {
    for durability in ["redis", "postgres-outbox"] {
        let mut world = World::new().await.searchable().await;
        world.set("DURABILITY", durability);
        world.set("DRAIN_SECONDS", "2");
        let _worker = world.start("worker").await;
        let ports = [free_port(), free_port()];
        let mut processes = Vec::new();
        for port in ports {
            world.set("PORT", &port.to_string());
            processes.push(world.start("api").await);
        }
        let balancer = Balancer::start(&ports).await;
        let load = Load::start(&balancer.client.base);
        for (port, process) in ports.into_iter().zip(&mut processes) {
            load.goes_on().await;
            assert!(asked(process).await > 0, "it has its share of the load");
            assert!(process.terminate().await.success(), "it ends well");
            load.goes_on().await;
            world.set("PORT", &port.to_string());
            *process = world.start("api").await;
            balancer.finds(port, "UP").await;
        }
        load.goes_on().await;
        for process in &processes {
            assert!(asked(process).await > 0, "the new ones have theirs");
        }
        let accepted = load.end().await;
        world.settles_at(accepted.into()).await;
    }
}

#[tokio::test]
async fn while_it_drains_a_process_ends_the_connections_that_are_used() {
    let mut world = World::new().await;
    world.set("DRAIN_SECONDS", "3");
    let mut api = world.start("api").await;
    let client = api.client.clone();
    let address = client.base.strip_prefix("http://").unwrap();
    let mut used = TcpStream::connect(address).await.unwrap();
    let mut idle = TcpStream::connect(address).await.unwrap();
    assert!(!ends(&post(&mut used).await));
    assert!(!ends(&post(&mut idle).await));
    let drained = async {
        eventually("it says that it is not ready", async || {
            client.get("/health/ready").await.status == 503
        })
        .await;
        assert!(ends(&post(&mut used).await), "the client is told");
        assert_eq!(used.read(&mut [0]).await.unwrap(), 0, "and it is so");
        let mut new = TcpStream::connect(address).await.unwrap();
        assert!(ends(&post(&mut new).await), "a new one is served, too");
        assert_eq!(client.get("/health").await.status, 200, "it is alive");
    };
    let (ended, ()) = tokio::join!(api.terminate(), drained);
    assert!(ended.success());
    assert_eq!(idle.read(&mut [0]).await.unwrap(), 0, "idle ones end, too");
    let request = client.request(Method::GET, "/health");
    assert!(client.send(request).await.is_err(), "nobody listens");
    assert_eq!(world.redis.number("LLEN", "").await, 4);
}

/// Sends an event over a connection that is to be kept, and returns the head of the answer.
async fn post(stream: &mut TcpStream) -> String {
    let body = event().to_string();
    let head = format!(
        "POST /api/v1/events HTTP/1.1\r\nhost: sspp\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let request = [head.as_bytes(), body.as_bytes()].concat();
    stream.write_all(&request).await.unwrap();
    let mut answer = vec![0; 4096];
    // Head and body are one write, shorter than this.
    let length = stream.read(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer[..length].to_vec()).unwrap();
    assert!(answer.starts_with("HTTP/1.1 202 "), "{answer}");
    answer.split("\r\n\r\n").next().unwrap().to_owned()
}

/// Whether the answer says that the connection ends with it.
fn ends(head: &str) -> bool {
    let mut lines = head.lines();
    lines.any(|line| line.eq_ignore_ascii_case("connection: close"))
}
