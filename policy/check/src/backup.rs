//! Which stores a repository runs, and what backs each of them up.
//!
//! ```text
//! StatefulSet with a claim and an image of a database ──▶ Store ◀──names its Service, its Secret or its claim── CronJob
//!                                                           ▲
//!                                                           └──selects its namespace or its volumes── Velero, K8up, VolSync …
//! ```
//!
//! What a job speaks to is read from its words: image, command, environment, and the `ConfigMap`s that it mounts or has its
//! environment from. Each job is read once, and stores look themselves up in what the jobs name.

mod cover;
mod engine;
mod job;
mod managed;
mod store;
mod target;

pub(crate) use engine::Engine;
pub(crate) use job::Job;
pub(crate) use managed::{Managed, has_destination, is_scheduled};
pub(crate) use store::Store;
pub(crate) use target::{Target, in_cluster_host};

use cover::Cover;
use foldhash::HashMap;

use crate::{Inventory, Kind, Resource, Workload, WorkloadIndex};

/// The index.
#[derive(Debug)]
pub(crate) struct Backups<'s> {
    /// Every workload that is a database with a volume.
    pub(crate) stores: Vec<Store<'s>>,
    /// Every job that backs up, and every job that restores.
    pub(crate) jobs: Vec<Job<'s>>,
    job_of: HashMap<WorkloadIndex, usize>,
    by_word: HashMap<(&'s str, &'s str), Vec<usize>>,
    by_secret: HashMap<(&'s str, &'s str), Vec<usize>>,
    by_claim: HashMap<(&'s str, &'s str), Vec<usize>>,
    restores: HashMap<&'s str, Vec<usize>>,
    cover: Cover<'s>,
}

impl<'s> Backups<'s> {
    pub(crate) fn new(inventory: &Inventory<'s>) -> Self {
        let mut this = Self {
            stores: Store::all(inventory).collect(),
            jobs: Vec::new(),
            job_of: HashMap::default(),
            by_word: HashMap::default(),
            by_secret: HashMap::default(),
            by_claim: HashMap::default(),
            restores: HashMap::default(),
            cover: Cover::new(inventory),
        };
        for job in inventory
            .workloads()
            .iter()
            .filter_map(|workload| Job::read(inventory, workload))
        {
            this.add(inventory, job);
        }
        this
    }

    fn add(&mut self, inventory: &Inventory<'s>, job: Job<'s>) {
        let at = self.jobs.len();
        let namespace = inventory.workload(job.workload).namespace;
        if job.restores {
            self.restores.entry(namespace).or_default().push(at);
        } else {
            for key in job.names(namespace) {
                self.by_word.entry(key).or_default().push(at);
            }
            for secret in &job.secrets {
                self.by_secret
                    .entry((namespace, secret))
                    .or_default()
                    .push(at);
            }
            for claim in &job.claims {
                self.by_claim
                    .entry((namespace, claim))
                    .or_default()
                    .push(at);
            }
        }
        self.job_of.insert(job.workload, at);
        self.jobs.push(job);
    }

    /// A workload is a store. They are in the order of their workloads.
    pub(crate) fn is_store(&self, workload: &Workload<'_>) -> bool {
        self.stores
            .binary_search_by_key(&workload.index, |store| store.workload)
            .is_ok()
    }

    /// The job that a workload is, if it backs up or restores.
    pub(crate) fn job_of(&self, workload: &Workload<'_>) -> Option<&Job<'s>> {
        self.job_of.get(&workload.index).map(|at| &self.jobs[*at])
    }

    /// The backup job that an object is.
    pub(crate) fn backup_job<'a>(
        &'a self,
        inventory: &'a Inventory<'s>,
        resource: &Resource<'_>,
    ) -> Option<(&'a Workload<'s>, &'a Job<'s>)> {
        let workload = inventory.workload_of(resource)?;
        let job = self.job_of(workload).filter(|job| !job.restores)?;
        Some((workload, job))
    }

    /// Whether something in the repository backs a store up.
    pub(crate) fn covers(&self, inventory: &Inventory<'s>, store: &Store<'s>) -> bool {
        let workload = inventory.workload(store.workload);
        let namespace = workload.namespace;
        let fits = |found: Option<&Vec<usize>>| {
            found.is_some_and(|found| found.iter().any(|at| self.jobs[*at].fits(store.engine)))
        };
        let owner = inventory.owner(workload);
        let mut names = inventory
            .services_of(workload)
            .map(|service| service.name)
            .chain([owner.name]);
        names.any(|name| fits(self.by_word.get(&(namespace, name))))
            || store
                .secrets
                .iter()
                .any(|secret| fits(self.by_secret.get(&(namespace, *secret))))
            || store
                .claims
                .iter()
                .any(|claim| fits(self.by_claim.get(&(namespace, claim.as_str()))))
            || store.backs_itself_up
            || self.cover.holds(workload, owner, &store.claims)
    }

    /// Whether something in the repository backs up what an operator runs, besides the operator.
    pub(crate) fn covers_managed(&self, resource: &Resource<'s>, engine: Engine) -> bool {
        let namespace = resource.declared_namespace.unwrap_or("default");
        let endings = [
            "", "-rw", "-ro", "-r", "-primary", "-master", "-es-http", "-haproxy", "-router",
            "-mongos", "-rs0", "-service",
        ];
        let mut names = endings
            .iter()
            .map(|ending| format!("{}{ending}", resource.name));
        names.any(|name| {
            let jobs = self.by_word.get(&(namespace, name.as_str()));
            jobs.is_some_and(|jobs| jobs.iter().any(|at| self.jobs[*at].fits(engine)))
        }) || self.cover.holds_namespace(namespace)
    }

    /// Whether something in a namespace restores backups of an engine.
    pub(crate) fn restores(
        &self,
        inventory: &Inventory<'s>,
        namespace: &str,
        engine: Engine,
    ) -> bool {
        let jobs = self.restores.get(namespace).into_iter().flatten();
        let velero = || {
            let mut restores = inventory.of_kind(Kind::Other);
            self.cover.holds_namespace(namespace)
                && restores
                    .any(|object| object.group() == "velero.io" && object.kind_name == "Restore")
        };
        jobs.into_iter().any(|at| self.jobs[*at].fits(engine)) || velero()
    }
}
