//! `HAProxy` before several processes of the API.

use std::process::Command;

use tempfile::TempDir;

use crate::support::{Client, Guard, eventually, free_port};

/// A balancer that sends each request once, to a process whose last readiness check went well.
pub(super) struct Balancer {
    pub(super) client: Client,
    _folder: TempDir,
    guard: Option<Guard>,
}

impl Balancer {
    /// Before the processes on `ports`.
    pub(super) async fn start(ports: &[u16]) -> Self {
        let port = free_port();
        let folder = tempfile::tempdir().expect("there is room");
        let file = folder.path().join("haproxy.cfg");
        std::fs::write(&file, configuration(port, ports)).expect("the folder is ours");
        let mut haproxy = Command::new("haproxy");
        haproxy.arg("-f").arg(&file).arg("-db");
        let guard = Guard::start(&haproxy, None, folder.path());
        let balancer = Self {
            client: Client::new(port),
            _folder: folder,
            guard: Some(guard),
        };
        for port in ports {
            balancer.finds(*port, "UP").await;
        }
        balancer
    }

    /// Waits until it has found out that the process on `port` is `UP` or `DOWN`.
    pub(super) async fn finds(&self, port: u16, state: &str) {
        eventually(&format!("{port} is {state}"), async || {
            let request = self.client.request(reqwest::Method::GET, "/haproxy;csv");
            let Ok(answer) = self.client.send(request).await else {
                return false;
            };
            let mut lines = answer.text.lines();
            lines.any(|line| line.starts_with(&format!("api,{port},")) && line.contains(state))
        })
        .await;
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        if let Some(guard) = self.guard.take() {
            guard.end("KILL");
        }
    }
}

/// Nothing is sent a second time, and every connection to a process is used again: whatever goes wrong is seen.
fn configuration(port: u16, ports: &[u16]) -> String {
    let servers = ports.iter().map(|port| {
        format!("    server {port} 127.0.0.1:{port} check inter 100ms fall 1 rise 1\n")
    });
    let servers: String = servers.collect();
    format!(
        "defaults
    mode http
    retries 0
    retry-on none
    http-reuse always
    timeout connect 5s
    timeout client 30s
    timeout server 30s
    timeout check 5s
frontend clients
    bind 127.0.0.1:{port}
    stats enable
    stats uri /haproxy
    default_backend api
backend api
    balance roundrobin
    option httpchk GET /health/ready
    http-check expect status 200
{servers}"
    )
}
