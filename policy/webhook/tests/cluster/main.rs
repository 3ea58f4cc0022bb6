//! The webhook in a real Kubernetes: what it reads and writes there.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod audit;
mod break_glass;
mod certificates;
mod conditions;
mod doctor;
mod preflight;
mod rights;
mod running;
mod view;

use cluster::ControlPlane;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

/// Runs the real binary as somebody who may do everything; gives back its exit code, and all that it said.
fn plimsoll_webhook(cluster: &ControlPlane, arguments: &[&str]) -> (i32, String) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_plimsoll-webhook"))
        .args(arguments)
        .env("KUBECONFIG", cluster.kubeconfig())
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(said).unwrap(),
    )
}

async fn client(cluster: &ControlPlane) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let file = Kubeconfig::read_from(cluster.kubeconfig()).unwrap();
    let config = Config::from_custom_kubeconfig(file, &KubeConfigOptions::default()).await;
    Client::try_from(config.unwrap()).unwrap()
}

fn now() -> i64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "certificates are made for the real day"
    )]
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH).unwrap();
    since.as_secs().try_into().unwrap()
}
