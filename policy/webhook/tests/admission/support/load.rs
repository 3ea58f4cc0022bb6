//! Dry-run creations without a pause, half of which have to be refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

use axum::http::Request;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config, Error};
use serde_json::Value;

use super::{Namespace, objects};

/// So many at once: more than the connections that the API server keeps when they are idle.
const AT_ONCE: usize = 32;

/// A load that goes on until it is asked what came of it.
pub(crate) struct Load {
    ends: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    thread: JoinHandle<Vec<String>>,
}

impl Load {
    pub(crate) fn start(namespace: &Namespace) -> Self {
        let (ends, answered) = (Arc::default(), Arc::default());
        let asking = Asking {
            path: format!(
                "/apis/apps/v1/namespaces/{}/deployments?dryRun=All",
                namespace.name
            ),
            ends: Arc::clone(&ends),
            answered: Arc::clone(&answered),
        };
        let kubeconfig = namespace.cluster.kubeconfig().to_owned();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(async {
                let _ = rustls::crypto::ring::default_provider().install_default();
                let file = Kubeconfig::read_from(kubeconfig).unwrap();
                let options = KubeConfigOptions::default();
                let config = Config::from_custom_kubeconfig(file, &options);
                let client = Client::try_from(config.await.unwrap()).unwrap();
                let tasks: Vec<_> = (0..AT_ONCE)
                    .map(|task| tokio::spawn(asking.clone().ask(client.clone(), task)))
                    .collect();
                let mut failures = Vec::new();
                for task in tasks {
                    failures.extend(task.await.unwrap());
                }
                failures
            })
        });
        let load = Self {
            ends,
            answered,
            thread,
        };
        load.goes_on(100);
        load
    }

    /// Waits until so many more are answered.
    #[track_caller]
    pub(crate) fn goes_on(&self, count: usize) {
        let answered = || self.answered.load(Ordering::Relaxed);
        let enough = answered() + count;
        cluster::eventually("more is answered", || {
            answered() >= enough || self.thread.is_finished()
        });
    }

    /// Ends it, and holds that none has failed.
    #[track_caller]
    pub(crate) fn had_no_failure(self) {
        self.ends.store(true, Ordering::Relaxed);
        let failures = self.thread.join().unwrap();
        let answered = self.answered.load(Ordering::Relaxed);
        assert!(
            failures.is_empty(),
            "{} of {answered} failed, such as {:#?}",
            failures.len(),
            &failures[..failures.len().min(3)]
        );
    }
}

#[derive(Clone)]
struct Asking {
    path: String,
    ends: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
}

impl Asking {
    async fn ask(self, client: Client, task: usize) -> Vec<String> {
        let good = objects::good("Deployment", "load").to_string();
        let privileged = objects::privileged("Deployment", "load").to_string();
        let mut failures = Vec::new();
        for turn in task.. {
            if self.ends.load(Ordering::Relaxed) {
                break;
            }
            let is_good = turn % 2 == 0;
            let body = if is_good { &good } else { &privileged };
            let request = Request::post(&self.path)
                .header("Content-Type", "application/json")
                .body(body.clone().into_bytes());
            match client.request::<Value>(request.unwrap()).await {
                Ok(_) if is_good => {}
                Err(Error::Api(status)) if !is_good && status.code == 422 => {}
                Ok(_) => failures.push("a privileged Deployment is let in".to_owned()),
                Err(error) => failures.push(error.to_string()),
            }
            self.answered.fetch_add(1, Ordering::Relaxed);
        }
        failures
    }
}
