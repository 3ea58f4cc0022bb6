//! Redis over TLS, with a certificate that only the settings say to trust.

use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

use crate::support::{World, event, eventually, free_port};

/// An authority, the certificate that it has signed for a host, and where both lie.
struct Certificates {
    folder: TempDir,
}

impl Certificates {
    fn of(host: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = KeyPair::generate().unwrap();
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = authority.self_signed(&key).unwrap();
        let own = Self { folder };
        std::fs::write(own.path("ca.crt"), certificate.pem()).unwrap();
        let issuer = Issuer::new(authority, key);
        let key = KeyPair::generate().unwrap();
        let server = CertificateParams::new(vec![host.to_owned()]).unwrap();
        let certificate = server.signed_by(&key, &issuer).unwrap();
        std::fs::write(own.path("tls.crt"), certificate.pem()).unwrap();
        std::fs::write(own.path("tls.key"), key.serialize_pem()).unwrap();
        own
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn authority(&self) -> String {
        self.path("ca.crt").to_str().unwrap().to_owned()
    }

    /// A world whose processes know Redis by its TLS port alone; the test itself asks the plain one.
    async fn world(&self) -> World {
        let port = free_port().to_string();
        let [certificate, key, authority] =
            ["tls.crt", "tls.key", "ca.crt"].map(|name| self.path(name).display().to_string());
        let mut world = World::with_redis(&[
            "--tls-port",
            &port,
            "--tls-cert-file",
            &certificate,
            "--tls-key-file",
            &key,
            "--tls-ca-cert-file",
            &authority,
            "--tls-auth-clients",
            "no",
        ])
        .await;
        world.set("REDIS_URL", &format!("rediss://127.0.0.1:{port}/0"));
        world
    }
}

#[tokio::test]
async fn events_pass_through_a_redis_whose_authority_is_named() {
    let certificates = Certificates::of("127.0.0.1");
    for variable in ["REDIS_CA_FILE", "SSL_CERT_FILE"] {
        let mut world = certificates.world().await;
        world.set(variable, &certificates.authority());
        let (api, _worker) = (world.start("api").await, world.start("worker").await);
        assert_eq!(api.client.get("/health/ready").await.status, 200);
        let answer = api.client.post("/api/v1/events", &event()).await;
        assert_eq!(answer.status, 202);
        world.settles_at(1).await;
        world.run("requeue").succeeds();
    }
}

/// What the log of an API says of a Redis that it does not trust, and that it takes no events.
async fn refusal(world: &World) -> String {
    let api = world.start("api").await;
    eventually("it says that it is not ready", async || {
        api.client.get("/health/ready").await.status == 503
    })
    .await;
    let answer = api.client.post("/api/v1/events", &event()).await;
    assert_eq!(answer.status, 503);
    assert_eq!(world.redis.number("LLEN", "").await, 0);
    let said = &api.said("a dependency is not healthy")[0];
    assert_eq!(said["dependency"], "redis");
    said["error"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn another_authority_or_another_host_is_refused_and_the_log_says_why() {
    let certificates = Certificates::of("127.0.0.1");
    let mut world = certificates.world().await;
    let other = Certificates::of("127.0.0.1");
    world.set("REDIS_CA_FILE", &other.authority());
    let said = refusal(&world).await;
    assert!(said.contains("invalid peer certificate"), "{said}");
    assert!(said.contains("REDIS_CA_FILE"), "{said}");

    let certificates = Certificates::of("redis.example");
    let mut world = certificates.world().await;
    world.set("REDIS_CA_FILE", &certificates.authority());
    let said = refusal(&world).await;
    assert!(said.contains("not valid for name"), "{said}");
    assert!(said.contains("the host in REDIS_URL"), "{said}");
}

#[tokio::test]
async fn a_file_that_is_of_no_use_keeps_a_process_from_starting() {
    let certificates = Certificates::of("127.0.0.1");
    let mut world = certificates.world().await;
    for (file, complaint) in [
        ("/nowhere.crt".to_owned(), "which cannot be read"),
        (
            certificates.path("tls.key").display().to_string(),
            "which holds no certificate",
        ),
    ] {
        world.set("REDIS_CA_FILE", &file);
        let finished = world.run("api").0;
        assert_eq!(finished.status.code(), Some(1));
        let said = String::from_utf8(finished.stdout).unwrap();
        let names = said.contains("REDIS_CA_FILE names") && said.contains(complaint);
        assert!(names, "{said}");
    }
    world.set("REDIS_CA_FILE", &certificates.authority());
    let plain = world.redis.url();
    world.set("REDIS_URL", &plain);
    let finished = world.run("worker").0;
    let said = String::from_utf8(finished.stdout).unwrap();
    assert!(said.contains("does not begin with rediss://"), "{said}");
}
