//! Tools that back up whole namespaces or volumes: Velero, K8up, Kasten, Longhorn, `VolSync`, Stash, snapscheduler.

use foldhash::{HashMap, HashSet};

use plimsoll_yaml::Node;

use crate::{Inventory, Kind, Labels, Resource, Selector, Workload};

#[derive(Debug, Default)]
pub(super) struct Cover<'s> {
    /// By the namespace that is named.
    schedules: HashMap<&'s str, Vec<Schedule<'s>>>,
    /// Those that name none, or a pattern.
    wide: Vec<Schedule<'s>>,
    /// Namespace and name of claims and workloads that a tool names one by one.
    named: HashSet<(&'s str, &'s str)>,
}

/// What a Velero Schedule, or its like, takes.
#[derive(Clone, Debug, Default)]
struct Schedule<'s> {
    included: Vec<&'s str>,
    excluded: Vec<&'s str>,
    selectors: Vec<Selector<'s>>,
    /// Volumes are taken only of pods that ask for it.
    opt_in: bool,
}

impl<'s> Cover<'s> {
    pub(super) fn new(inventory: &Inventory<'s>) -> Self {
        let mut this = Self::default();
        let velero = inventory
            .of_kind(Kind::VeleroSchedule)
            .filter_map(Schedule::of_velero);
        let others = inventory
            .of_kind(Kind::Other)
            .filter_map(Schedule::of_other);
        for schedule in velero.chain(others) {
            this.add(&schedule);
        }
        this.named = inventory.of_kind(Kind::Other).filter_map(named).collect();
        this
    }

    fn add(&mut self, schedule: &Schedule<'s>) {
        let plain = |name: &&&str| !name.contains('*');
        if schedule.included.is_empty() || !schedule.included.iter().all(|name| plain(&name)) {
            self.wide.push(schedule.clone());
        }
        for name in schedule.included.iter().filter(plain) {
            self.schedules
                .entry(name)
                .or_default()
                .push(schedule.clone());
        }
    }

    fn of_namespace<'a>(&'a self, namespace: &'a str) -> impl Iterator<Item = &'a Schedule<'s>> {
        let own = self.schedules.get(namespace).into_iter().flatten();
        own.chain(
            self.wide
                .iter()
                .filter(move |schedule| schedule.includes(namespace)),
        )
        .filter(move |schedule| !schedule.excluded.contains(&namespace))
    }

    /// Whether a whole namespace is taken.
    pub(super) fn holds_namespace(&self, namespace: &str) -> bool {
        self.of_namespace(namespace)
            .any(|schedule| schedule.selectors.is_empty())
    }

    /// Whether a workload's volumes are taken.
    pub(super) fn holds(
        &self,
        workload: &Workload<'s>,
        owner: &Resource<'s>,
        claims: &[String],
    ) -> bool {
        let annotations = workload.template.at(&["metadata", "annotations"]);
        let asks = annotations.is_some_and(|all| {
            all.get("backup.velero.io/backup-volumes")
                .is_some_and(|names| !names.is_empty())
        });
        let labels = [
            workload.labels.clone(),
            owner.labels(),
            claim_labels(workload),
        ];
        let takes = |schedule: &Schedule<'s>| {
            let selected = schedule.selectors.is_empty()
                || schedule
                    .selectors
                    .iter()
                    .any(|selector| labels.iter().any(|labels| selector.matches(labels)));
            selected && (asks || !schedule.opt_in)
        };
        let named = |name: &str| self.named.contains(&(workload.namespace, name));
        asks || self.of_namespace(workload.namespace).any(takes)
            || named(owner.name)
            || claims.iter().any(|claim| named(claim))
    }
}

fn claim_labels<'s>(workload: &Workload<'s>) -> Labels<'s> {
    let first = workload.claim_templates().next();
    Labels::read(first.and_then(|claim| claim.at(&["metadata", "labels"])))
}

impl<'s> Schedule<'s> {
    fn of_velero(object: &Resource<'s>) -> Option<Self> {
        let template = object.field("spec.template");
        let field = |key: &str| template.and_then(|template: Node<'s>| template.get(key));
        let list = |key: &str| {
            field(key)
                .into_iter()
                .flat_map(Node::items)
                .filter_map(Node::text)
                .collect::<Vec<_>>()
        };
        let kinds = list("includedResources");
        let volumes = [
            "*",
            "persistentvolumeclaims",
            "pvc",
            "persistentvolumes",
            "pv",
            "pods",
        ];
        if !kinds.is_empty() && !kinds.iter().any(|kind| volumes.contains(kind)) {
            return None;
        }
        let flag = |key: &str| field(key).and_then(Node::bool);
        let fs = flag("defaultVolumesToFsBackup").or_else(|| flag("defaultVolumesToRestic"))
            == Some(true);
        let one = field("labelSelector").into_iter();
        let many = field("orLabelSelectors").into_iter().flat_map(Node::items);
        Some(Self {
            included: list("includedNamespaces")
                .into_iter()
                .filter(|name| *name != "*")
                .collect(),
            excluded: list("excludedNamespaces"),
            selectors: one
                .chain(many)
                .filter(|node| !node.is_empty())
                .map(Selector::read)
                .collect(),
            opt_in: flag("snapshotVolumes") == Some(false) && !fs,
        })
    }

    fn of_other(object: &Resource<'s>) -> Option<Self> {
        let own = object.declared_namespace.unwrap_or("default");
        let selectors = |path: &str| {
            object
                .field(path)
                .filter(|node| !node.is_empty())
                .map(Selector::read)
                .into_iter()
                .collect()
        };
        match (object.group(), object.kind_name) {
            ("k8up.io", "Schedule") if object.field("spec.backup").is_some() => Some(Self {
                included: vec![own],
                ..Self::default()
            }),
            ("snapscheduler.backube", "SnapshotSchedule") => Some(Self {
                included: vec![own],
                selectors: selectors("spec.claimSelector"),
                ..Self::default()
            }),
            ("longhorn.io", "RecurringJob")
                if object
                    .field("spec.task")
                    .and_then(Node::text)
                    .is_some_and(|task| task.starts_with("backup")) =>
            {
                Some(Self::default())
            }
            ("config.kio.kasten.io", "Policy") => Some(Self::default()),
            _ => None,
        }
    }

    fn includes(&self, namespace: &str) -> bool {
        let matches = |pattern: &str| match pattern.split_once('*') {
            Some((start, end)) => {
                namespace.len() >= start.len() + end.len()
                    && namespace.starts_with(start)
                    && namespace.ends_with(end)
            }
            None => pattern == namespace,
        };
        self.included.is_empty() || self.included.iter().any(|pattern| matches(pattern))
    }
}

/// What a tool names one by one.
fn named<'s>(object: &Resource<'s>) -> Option<(&'s str, &'s str)> {
    let path = match (object.group(), object.kind_name) {
        ("volsync.backube", "ReplicationSource") => "spec.sourcePVC",
        ("stash.appscode.com" | "core.kubestash.com", "BackupConfiguration") => {
            "spec.target.ref.name"
        }
        _ => return None,
    };
    Some((
        object.declared_namespace.unwrap_or("default"),
        object.field(path)?.text()?,
    ))
}
