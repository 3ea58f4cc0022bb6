//! Nodes with the webhook on them, installed from `gitops/platform/plimsoll` as it is.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};

use cluster::{Authorization, ControlPlane, Error, Node, Options, eventually, or_skip};
use serde_json::Value;

/// As in the manifests.
pub(super) const NAMESPACE: &str = "plimsoll";
pub(super) const NAME: &str = "plimsoll-webhook";
const IMAGE: &str = "ghcr.io/plimsoll/plimsoll-webhook:0.1.0";
const MANIFESTS: &str = "gitops/platform/plimsoll";

/// A node each for as many tests as run at once: they wait more than they work.
const NODES: usize = 2;
static CLUSTERS: [OnceLock<Result<Node, Error>>; NODES] = [const { OnceLock::new() }; NODES];

/// Which of them somebody has for itself.
static TAKEN: Mutex<[bool; NODES]> = Mutex::new([false; NODES]);
static GIVEN_BACK: Condvar = Condvar::new();

/// One of the nodes, until it is dropped.
struct Turn(usize);

impl Turn {
    fn take() -> Self {
        let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        let all = |taken: &mut [bool; NODES]| taken.iter().all(|taken| *taken);
        let mut taken = GIVEN_BACK
            .wait_while(taken, all)
            .unwrap_or_else(PoisonError::into_inner);
        let free = taken.iter().position(|taken| !taken).unwrap();
        taken[free] = true;
        Self(free)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        TAKEN.lock().unwrap_or_else(PoisonError::into_inner)[self.0] = false;
        GIVEN_BACK.notify_one();
    }
}

/// The webhook, at work with two ready Pods.
pub(super) struct Installation {
    pub(super) node: &'static Node,
    _turn: Turn,
}

impl Installation {
    /// Waits for its turn, and applies the manifests: what a test that failed has left is as it should be again. `None`
    /// after a line that says why there is no node.
    pub(super) fn take() -> Option<Self> {
        let turn = Turn::take();
        let node = or_skip(CLUSTERS[turn.0].get_or_init(start).as_ref())?;
        install(node.control_plane());
        let taken = Self { node, _turn: turn };
        taken.ready();
        Some(taken)
    }

    pub(super) fn cluster(&self) -> &ControlPlane {
        self.node.control_plane()
    }

    /// Calls kubectl in the webhook's own namespace; it has to succeed.
    #[track_caller]
    pub(super) fn kubectl(&self, words: &[&str]) -> String {
        let words = [&["--namespace", NAMESPACE], words].concat();
        self.cluster().kubectl(&words).succeeds()
    }

    #[track_caller]
    pub(super) fn get(&self, words: &[&str]) -> Value {
        let words = [&["get", "--output=json"], words].concat();
        serde_json::from_str(&self.kubectl(&words)).unwrap()
    }

    /// Waits until two Pods, and none besides, are there and ready, and the API server knows whom to trust.
    #[track_caller]
    pub(super) fn ready(&self) {
        eventually("two Pods are ready, and there are no others", || {
            let pods = self.pods();
            pods.len() == 2 && pods.iter().all(is_ready)
        });
        let status = ["rollout", "status", "deployment", NAME, "--timeout=100s"];
        self.kubectl(&status);
        assert!(!self.bundle().is_empty(), "there is no caBundle");
    }

    /// The Pods, those that are going among them.
    pub(super) fn pods(&self) -> Vec<Value> {
        let selector = format!("--selector=app.kubernetes.io/name={NAME}");
        let mut pods = self.get(&["pods", &selector]);
        serde_json::from_value(pods["items"].take()).unwrap()
    }

    /// The configuration that the API server goes by.
    pub(super) fn configuration(&self) -> Value {
        self.get(&["validatingwebhookconfiguration", NAME])
    }

    /// Whom the API server trusts, as it is written there.
    pub(super) fn bundle(&self) -> String {
        let bundle = &self.configuration()["webhooks"][0]["clientConfig"]["caBundle"];
        bundle.as_str().unwrap_or_default().to_owned()
    }

    /// A call that nobody answers is refused from here on, and so is seen; as it was, when what is returned is dropped.
    #[track_caller]
    pub(super) fn fail_closed(&self) -> FailClosed<'_> {
        self.failure_policy("Fail");
        FailClosed(self)
    }

    #[track_caller]
    fn failure_policy(&self, policy: &str) {
        let patch = format!(
            r#"[{{"op":"replace","path":"/webhooks/0/failurePolicy","value":"{policy}"}}]"#
        );
        let words = ["patch", "validatingwebhookconfiguration", NAME];
        self.kubectl(&[&words[..], &["--type=json", "--patch", &patch]].concat());
    }

    /// Deletes everything that was applied.
    #[track_caller]
    pub(super) fn remove(self) {
        let folder = manifests();
        let delete = ["delete", "--kustomize", folder.to_str().unwrap()];
        self.cluster().kubectl(&delete).succeeds();
    }
}

/// While calls that fail are refused.
pub(super) struct FailClosed<'i>(&'i Installation);

impl Drop for FailClosed<'_> {
    fn drop(&mut self) {
        // A test that failed is told of, not what comes of it.
        if !std::thread::panicking() {
            self.0.failure_policy("Ignore");
        }
    }
}

pub(super) fn is_ready(pod: &Value) -> bool {
    let conditions = pod["status"]["conditions"].as_array();
    let ready = |condition: &Value| condition["type"] == "Ready" && condition["status"] == "True";
    conditions.is_some_and(|all| all.iter().any(ready))
        && pod["metadata"]["deletionTimestamp"].is_null()
}

pub(super) fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap()
}

/// The only container's state.
pub(super) fn container(pod: &Value) -> &Value {
    &pod["status"]["containerStatuses"][0]
}

fn start() -> Result<Node, Error> {
    let Some(archive) = variable("PLIMSOLL_WEBHOOK_IMAGE") else {
        let text = "there is no image; `cargo xtask test --only in-cluster` builds it";
        return Err(Error::Unavailable(text.to_owned()));
    };
    let node = Node::start(&Options {
        // Else the webhook might do what its roles do not say.
        authorization: Authorization::Rbac,
        ..Options::default()
    })?;
    node.publish_image(&archive, IMAGE)?;
    Ok(node)
}

fn install(cluster: &ControlPlane) {
    let apply = ["apply", "--filename=-"];
    cluster
        .kubectl_with(&apply, include_str!("crds.yaml"))
        .succeeds();
    let wait = ["wait", "--for=condition=Established", "crd", "--all"];
    cluster.kubectl(&wait).succeeds();
    let folder = manifests();
    let apply = ["apply", "--kustomize", folder.to_str().unwrap()];
    cluster.kubectl(&apply).succeeds();
}

fn manifests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(MANIFESTS)
        .canonicalize()
        .unwrap()
}

/// What `cargo xtask` tells the tests.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
pub(super) fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from)
}
