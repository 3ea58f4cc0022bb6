//! Clients that store Deployments without a pause, and remember every answer that was not the webhook's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cluster::{ControlPlane, eventually};
use k8s_openapi::api::apps::v1::Deployment;
use kube::api::{Api, DeleteParams, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config, Error};
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::verdicts::{bad, good};

/// Of which one really stores what it creates.
const CLIENTS: usize = 6;
/// Between two calls of a client: what is looked for is a call that fails, not how many there can be.
const PAUSE: Duration = Duration::from_millis(20);

/// A load that goes on until it is ended.
pub(super) struct Load {
    runtime: Runtime,
    clients: Vec<JoinHandle<Calls>>,
    shared: Arc<Shared>,
    start: Instant,
}

#[derive(Default)]
struct Shared {
    ends: AtomicBool,
    answered: AtomicUsize,
}

/// What became of the calls.
#[derive(Debug, Default)]
pub(super) struct Calls {
    admitted: usize,
    denied: usize,
    /// What was answered in place of a verdict, and when, since the start.
    pub(super) failed: Vec<(Duration, String)>,
    slowest: Duration,
}

impl Load {
    pub(super) fn start(cluster: &ControlPlane, namespace: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let client = runtime.block_on(client(cluster));
        let shared = Arc::new(Shared::default());
        let start = Instant::now();
        let clients = (0..CLIENTS).map(|number| {
            let api = Api::namespaced(client.clone(), namespace);
            runtime.spawn(run(number, api, Arc::clone(&shared), start))
        });
        let clients = clients.collect();
        let load = Self {
            runtime,
            clients,
            shared,
            start,
        };
        load.goes_on(100);
        load
    }

    /// Waits for as many answers more.
    pub(super) fn goes_on(&self, answers: usize) {
        let answered = || self.shared.answered.load(Ordering::Relaxed);
        let until = answered() + answers;
        eventually("the load goes on", || answered() >= until);
    }
    /// Since it was started.
    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// Ends it, and says what became of it.
    pub(super) fn end(self, name: &str) -> Calls {
        self.goes_on(100);
        self.shared.ends.store(true, Ordering::Relaxed);
        let mut all = Calls::default();
        for client in self.clients {
            let calls = self.runtime.block_on(client).unwrap();
            all.admitted += calls.admitted;
            all.denied += calls.denied;
            all.failed.extend(calls.failed);
            all.slowest = all.slowest.max(calls.slowest);
        }
        all.failed.sort();
        let seconds = self.start.elapsed().as_secs_f64();
        println!(
            "{name}: {} admitted and {} denied in {seconds:.0} s, {} failed, the slowest took {:.0?}",
            all.admitted,
            all.denied,
            all.failed.len(),
            all.slowest
        );
        all
    }
}

impl Calls {
    /// The least that can be said of all that was done to the webhook meanwhile.
    #[track_caller]
    pub(super) fn none_failed(&self) {
        assert!(self.failed.is_empty(), "{:#?}", self.failed);
        assert!(self.admitted > 0 && self.denied > 0, "{self:?}");
    }

    fn count(&mut self, good: bool, answer: Result<Deployment, Error>, at: Duration) {
        match answer {
            Ok(_) if good => self.admitted += 1,
            Err(Error::Api(status)) if !good && is_verdict(&status.message) => self.denied += 1,
            Ok(_) => self.failed.push((at, "what is bad was admitted".into())),
            Err(error) => self.failed.push((at, error.to_string())),
        }
    }
}

fn is_verdict(message: &str) -> bool {
    message.contains("probe-liveness-missing")
}

async fn run(number: usize, api: Api<Deployment>, shared: Arc<Shared>, start: Instant) -> Calls {
    let name = format!("load-{number}");
    let deployments = [good(&name), bad(&name)].map(deployment);
    let dry_run = number > 0;
    let params = PostParams {
        dry_run,
        ..PostParams::default()
    };
    let mut calls = Calls::default();
    for turn in 0.. {
        if shared.ends.load(Ordering::Relaxed) {
            break;
        }
        let good = turn % 2 == 0;
        let asked = Instant::now();
        let answer = api.create(&params, &deployments[usize::from(!good)]).await;
        calls.slowest = calls.slowest.max(asked.elapsed());
        if !dry_run && answer.is_ok() {
            api.delete(&name, &DeleteParams::default()).await.unwrap();
        }
        calls.count(good, answer, start.elapsed());
        shared.answered.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(PAUSE).await;
    }
    calls
}

/// Nothing of it runs: it is about what is stored.
fn deployment(object: Value) -> Deployment {
    let mut deployment: Deployment = serde_json::from_value(object).unwrap();
    deployment.spec.as_mut().unwrap().paused = Some(true);
    deployment
}

async fn client(cluster: &ControlPlane) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let file = Kubeconfig::read_from(cluster.kubeconfig()).unwrap();
    let config = Config::from_custom_kubeconfig(file, &KubeConfigOptions::default()).await;
    Client::try_from(config.unwrap()).unwrap()
}
