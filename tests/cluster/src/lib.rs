//! A real Kubernetes for tests.
//!
//! ```text
//! ControlPlane   etcd ◀── kube-apiserver ◀── kube-controller-manager     Pods stay pending
//! Node           ControlPlane ◀── kube-scheduler, kubelet ──▶ containerd    Pods run; needs root
//!                             ◀── kube-proxy ──▶ iptables
//! ```
//!
//! `cargo xtask test --only cluster` builds and installs the programs, and later runs find them below the build folder.
//! Tests are ignored, so that `cargo test --workspace` needs none of this, and are run by a step of `cargo xtask test`.
//! Everything is on loopback or in a network of its own, in a private folder, and ends with the test process, even if
//! that is killed. `cargo run --package cluster` starts one to try things on, `cargo run --package cluster node` a node.
//!
//! ```no_run
//! use cluster::{ControlPlane, eventually};
//!
//! // In a test of yours: #[test] #[ignore = "cargo xtask test --only cluster"]
//! // One for all tests of this binary; without the programs it prints a SKIPPED line.
//! let Some(cluster) = ControlPlane::shared() else { return };
//! let namespace = cluster.namespace("orders");
//! cluster
//!     .kubectl(&["-n", &namespace, "create", "deployment", "web", "--image=web:1"])
//!     .succeeds();
//! eventually("there is a Pod", || {
//!     let pods = cluster.kubectl(&["-n", &namespace, "get", "pods", "--output=name"]);
//!     pods.succeeds().lines().count() == 1
//! });
//! // Who asked for what, and what the admission webhooks said: one event a line, as JSON.
//! let created = cluster.audit().into_iter().filter(|event| event["verb"] == "create");
//! assert!(created.count() > 0);
//! ```
//!
//! A test that stops the API server, or wants other [`Options`], starts a [`ControlPlane`] of its own:
//!
//! ```no_run
//! use cluster::{Authorization, ControlPlane, Options, or_skip};
//!
//! let options = Options { authorization: Authorization::Rbac, ..Options::default() };
//! let Some(mut cluster) = or_skip(ControlPlane::start(&options)) else { return };
//! let refused = cluster.kubectl(&["get", "secrets", "--as=dev", "--as-group=devs"]);
//! assert_eq!(refused.code, 1);
//! assert!(refused.stderr.contains("forbidden"));
//! cluster.stop_api_server();
//! cluster.start_api_server().unwrap();
//! ```
//!
//! A [`Node`] is a control plane with everything that makes Pods run; [`Node::control_plane`] has all of the above:
//!
//! ```no_run
//! use cluster::{Node, build_image};
//!
//! // In a test of yours: #[test] #[ignore = "cargo xtask test --only node"]
//! let Some(node) = Node::shared() else { return };
//! let archive = std::env::temp_dir().join("webhook.tar");
//! // A folder with a Containerfile that begins with `FROM scratch`: no registry of the world is asked.
//! build_image("target/webhook-image".as_ref(), "localhost/webhook:1", &archive).unwrap();
//! node.import_image(&archive).unwrap();
//! let cluster = node.control_plane();
//! let run = ["run", "webhook", "--image=localhost/webhook:1", "--image-pull-policy=Never"];
//! cluster.kubectl(&run).succeeds();
//! cluster.kubectl(&["wait", "pod/webhook", "--for=condition=Ready"]).succeeds();
//! // Or as manifests have it that cannot be changed: pulled, by a name in a registry that is not ours.
//! node.publish_image(&archive, "ghcr.io/plimsoll/webhook:1").unwrap();
//! ```
#![expect(clippy::missing_panics_doc, reason = "a panic is how a test fails")]

mod control_plane;
mod error;
mod folder;
mod guard;
mod kubectl;
mod node;
mod programs;
mod wait;

pub use control_plane::{Authorization, ControlPlane, Options};
pub use error::{Error, or_skip};
pub use kubectl::Output;
pub use node::{Node, build_image};
pub use wait::eventually;
