//! The real binary as the webhook of a real API server.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use cluster::{ControlPlane, eventually};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::json;

use super::plimsoll_webhook;

/// A webhook that runs on this machine, with a certificate for it; gone with the test.
pub(super) struct Running {
    child: Child,
    port: u16,
    admin: u16,
    authority: String,
    _folder: tempfile::TempDir,
}

impl Running {
    /// What the port for probes and metrics says.
    pub(super) fn probe(&self, path: &str) -> String {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.admin)).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: hook\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).unwrap();
        said
    }

    /// How many requests it has answered.
    pub(super) fn asked(&self) -> u64 {
        let answer = self.probe("/metrics");
        let counts = answer
            .lines()
            .filter(|line| line.starts_with("plimsoll_admission_requests_total"));
        counts
            .map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap())
            .sum()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

pub(super) fn serve(further: &[&str]) -> Running {
    started(binary().args(further))
}

/// One that watches the cluster; ready when this has been read.
pub(super) fn serve_with_view(cluster: &ControlPlane, further: &[&str]) -> Running {
    serve_with_kubeconfig(cluster.kubeconfig(), further)
}

/// One that watches the cluster as somebody.
pub(super) fn serve_with_kubeconfig(kubeconfig: &Path, further: &[&str]) -> Running {
    let mut command = binary();
    command.env("KUBECONFIG", kubeconfig);
    let running = started(command.arg("--view").args(further));
    eventually("it is ready", || running.probe("/readyz").ends_with("ok\n"));
    running
}

fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll-webhook"));
    command.arg("serve");
    command
}

fn started(command: &mut Command) -> Running {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let key = KeyPair::generate().unwrap();
    let chain = params.signed_by(&key, &issuer).unwrap().pem();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tls.crt"), chain).unwrap();
    std::fs::write(folder.path().join("tls.key"), key.serialize_pem()).unwrap();
    let (port, admin) = (free_port(), free_port());
    let child = command
        .args(["--certificate", "tls.crt", "--key", "tls.key"])
        .args([
            "--listen",
            &format!("127.0.0.1:{port}"),
            "--admin",
            &format!("127.0.0.1:{admin}"),
        ])
        .current_dir(folder.path())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    eventually("it listens", || {
        [port, admin]
            .into_iter()
            .all(|port| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok())
    });
    Running {
        child,
        port,
        admin,
        authority,
        _folder: folder,
    }
}

/// Installs the manifests under a name of the test's own, for what is done in one namespace alone.
pub(super) fn install(cluster: &ControlPlane, name: &str, only: &str, further: &[&str]) {
    let mut arguments = vec!["manifests", "--without-monitoring", "--namespace", name];
    arguments.extend(["--service", name, "--webhook-configuration", name]);
    arguments.extend(further);
    let (code, manifests) = plimsoll_webhook(cluster, &arguments);
    assert_eq!(code, 0, "{manifests}");
    // The namespace has to be there before what is in it.
    let _ = cluster.kubectl(&["create", "namespace", name]);
    // Nobody else's test is to meet it.
    let begin =
        "      matchExpressions:\n        - key: kubernetes.io/metadata.name\n          operator: ";
    let here = format!(
        "{begin}In\n          values: [{only}]\n{}",
        &begin["      matchExpressions:\n".len()..]
    );
    let manifests = manifests.replace(begin, &here);
    cluster
        .kubectl_with(&["apply", "--server-side", "-f", "-"], &manifests)
        .succeeds();
}

pub(super) fn point_at(cluster: &ControlPlane, name: &str, running: &Running) {
    let bundle = k8s_openapi::ByteString(running.authority.clone().into());
    let url = format!("https://127.0.0.1:{}/validate", running.port);
    let patch = json!([{"op": "replace", "path": "/webhooks/0/clientConfig", "value": {"url": url, "caBundle": bundle}}]);
    let patch = patch.to_string();
    let arguments = [
        "patch",
        "validatingwebhookconfiguration",
        name,
        "--type=json",
        "--patch",
        &patch,
    ];
    cluster.kubectl(&arguments).succeeds();
}
