//! What scales what: workloads, and the autoscalers that point at them.
//!
//! ```text
//! HorizontalPodAutoscaler ─┐
//! ScaledObject ────────────┼─ group, kind, namespace, name ─▶ Deployment, StatefulSet, Rollout, …
//! VerticalPodAutoscaler ───┘                                       Rollout ─ workloadRef ─▶ Deployment
//! ```
//!
//! The horizontal pod autoscaler finds its target by the group of `apiVersion`, whatever the version, in its own
//! namespace (`pkg/controller/podautoscaler/horizontal.go`); one without `apiVersion` looks in the core group.

use foldhash::HashMap;
use plimsoll_yaml::Node;

use crate::kind::BUILT_IN_GROUPS;
use crate::naming::has_placeholder;
use crate::{Config, Inventory, Kind, Resource, ResourceIndex, Scope, Workload};

/// What an autoscaler changes, and who runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalerKind {
    /// A `HorizontalPodAutoscaler`: the number of pods.
    Horizontal,
    /// A `ScaledObject` of KEDA, which makes a `HorizontalPodAutoscaler` of its own.
    Keda,
    /// A `VerticalPodAutoscaler`: the requests of the containers.
    Vertical,
}

/// What an autoscaler points at.
#[derive(Clone, Copy, Debug)]
pub struct Target<'s> {
    /// The reference.
    pub node: Node<'s>,
    /// The group of `apiVersion`; empty for the core group, and where none is named.
    pub group: &'s str,
    /// As written.
    pub kind_name: &'s str,
    /// As written.
    pub name: &'s str,
}

impl Target<'_> {
    /// The kind, if Plimsoll knows it.
    pub fn kind(&self) -> Kind {
        Kind::of(self.group, self.kind_name)
    }
}

/// An autoscaler.
#[derive(Debug)]
pub struct Scaler<'s> {
    /// The object.
    pub resource: ResourceIndex,
    /// What it is.
    pub kind: ScalerKind,
    /// Its namespace, which is its target's.
    pub namespace: &'s str,
    /// What it scales; `None` where it does not say.
    pub target: Option<Target<'s>>,
    /// The fewest pods while anything runs: 1 for an autoscaler that may go to zero.
    pub fewest: i64,
    /// The most pods; `None` where it does not say.
    pub most: Option<i64>,
}

/// What became of an autoscaler's target.
#[derive(Debug)]
pub enum Resolution<'a, 's> {
    /// These objects; several where environments repeat one.
    Found(Vec<&'a Resource<'s>>),
    /// Nobody makes it here, and nobody else would.
    Missing,
    /// The group has no such kind, but this one has.
    OtherGroup(&'static str),
    /// A kind whose number of pods cannot be set.
    NotScalable,
    /// Declared external, or a kind that only its operator knows.
    Elsewhere,
    /// The reference has no kind or no name.
    Unnamed,
}

/// How many pods a workload runs.
#[derive(Clone, Copy, Debug)]
pub struct Pods {
    /// The fewest.
    pub fewest: i64,
    /// The most.
    pub most: i64,
    /// The autoscaler that keeps the minimum; `None` where the object's own `replicas` say it.
    pub scaler: Option<ResourceIndex>,
}

type Key<'s> = (&'s str, &'s str, &'s str, &'s str);

/// The index.
#[derive(Debug, Default)]
pub struct Scaling<'s> {
    scalers: Vec<Scaler<'s>>,
    of_resource: HashMap<ResourceIndex, usize>,
    by_target: HashMap<Key<'s>, Vec<usize>>,
    rollouts: HashMap<ResourceIndex, ResourceIndex>,
}

impl<'s> Scaling<'s> {
    pub(crate) fn new(inventory: &Inventory<'s>) -> Self {
        let mut this = Self::default();
        let kinds = [
            (Kind::HorizontalPodAutoscaler, ScalerKind::Horizontal),
            (Kind::ScaledObject, ScalerKind::Keda),
            (Kind::VerticalPodAutoscaler, ScalerKind::Vertical),
        ];
        for (kind, scaler_kind) in kinds {
            for resource in inventory.of_kind(kind) {
                this.add(scaler(resource, scaler_kind));
            }
        }
        for rollout in inventory.of_kind(Kind::Rollout) {
            let referenced: Vec<_> = referenced_workloads(inventory, rollout).collect();
            for workload in referenced {
                this.rollouts.insert(workload.index(), rollout.index());
            }
        }
        this
    }

    fn add(&mut self, scaler: Scaler<'s>) {
        let at = self.scalers.len();
        self.of_resource.insert(scaler.resource, at);
        if let Some(key) = scaler.key() {
            self.by_target.entry(key).or_default().push(at);
        }
        self.scalers.push(scaler);
    }

    /// An object as the autoscaler that it is.
    pub fn scaler(&self, resource: &Resource<'_>) -> Option<&Scaler<'s>> {
        self.of_resource
            .get(&resource.index())
            .map(|at| &self.scalers[*at])
    }

    /// The autoscalers that point at an object, of all kinds.
    pub fn scalers_of<'a>(
        &'a self,
        resource: &Resource<'s>,
    ) -> impl Iterator<Item = &'a Scaler<'s>> + use<'a, 's> {
        let key = (
            resource.group(),
            resource.kind_name,
            namespace_of(resource),
            resource.name,
        );
        let found: &[usize] = self.by_target.get(&key).map_or(&[], Vec::as_slice);
        found.iter().map(|at| &self.scalers[*at])
    }

    /// The autoscalers that set the number of pods of what an autoscaler points at, itself among them if it does.
    pub fn horizontal_at<'a>(
        &'a self,
        scaler: &Scaler<'s>,
    ) -> impl Iterator<Item = &'a Scaler<'s>> + use<'a, 's> {
        let found = scaler.key().and_then(|key| self.by_target.get(&key));
        found
            .into_iter()
            .flatten()
            .map(|at| &self.scalers[*at])
            .filter(|scaler| scaler.kind != ScalerKind::Vertical)
    }

    /// The autoscalers that set a workload's number of pods, through a Rollout that takes it over too.
    pub fn horizontal_of<'a>(
        &'a self,
        inventory: &'a Inventory<'s>,
        workload: &Workload<'s>,
    ) -> impl Iterator<Item = &'a Scaler<'s>> + use<'a, 's> {
        self.scalers_of(self.counted(inventory, workload))
            .filter(|scaler| scaler.kind != ScalerKind::Vertical)
    }

    /// The object whose `replicas` count: the Rollout that takes a Deployment over, or the workload's own.
    pub fn counted<'a>(
        &self,
        inventory: &'a Inventory<'s>,
        workload: &Workload<'s>,
    ) -> &'a Resource<'s> {
        let index = self.rollouts.get(&workload.resource);
        inventory.resource(*index.unwrap_or(&workload.resource))
    }

    /// How many pods a workload runs: as its autoscalers say, or else its `replicas`, or else one. `None` for kinds
    /// without replicas, and for text that is no number.
    pub fn pods(&self, inventory: &Inventory<'s>, workload: &Workload<'s>) -> Option<Pods> {
        if !workload.has_replicas() {
            return None;
        }
        let counted = self.counted(inventory, workload);
        let declared = counted
            .field("spec.replicas")
            .filter(|node| !node.is_null());
        let replicas = declared.map_or(Some(1), Node::int)?;
        let own = Pods {
            fewest: replicas,
            most: replicas,
            scaler: None,
        };
        let scaled = self.horizontal_of(inventory, workload).map(|scaler| Pods {
            fewest: scaler.fewest,
            most: scaler.most.unwrap_or(scaler.fewest),
            scaler: Some(scaler.resource),
        });
        Some(
            scaled
                .reduce(|one, other| Pods {
                    most: one.most.max(other.most),
                    ..if other.fewest < one.fewest {
                        other
                    } else {
                        one
                    }
                })
                .unwrap_or(own),
        )
    }
}

impl<'s> Scaler<'s> {
    fn key(&self) -> Option<Key<'s>> {
        let target = self.target?;
        Some((target.group, target.kind_name, self.namespace, target.name))
    }

    /// Looks its target up.
    pub fn resolve<'a>(&self, inventory: &'a Inventory<'s>, config: &Config) -> Resolution<'a, 's> {
        let Some(target) = self
            .target
            .filter(|target| !target.kind_name.is_empty() && !target.name.is_empty())
        else {
            return Resolution::Unnamed;
        };
        // What a tool has yet to fill in names nothing that could be looked up.
        let open = has_placeholder(target.kind_name) || has_placeholder(target.name);
        if open || config.is_external(target.kind_name, self.namespace, target.name) {
            return Resolution::Elsewhere;
        }
        let found = self.targets(inventory);
        if is_scalable(target.kind()) {
            let (kind, namespace) = (target.kind(), self.namespace);
            return if !found.is_empty() {
                Resolution::Found(found)
            } else if inventory.produced().may_make(kind, namespace, target.name) {
                Resolution::Elsewhere
            } else {
                Resolution::Missing
            };
        }
        if RIGID.contains(&target.kind_name) || target.kind() == Kind::KnativeService {
            return Resolution::NotScalable;
        }
        if !BUILT_IN_GROUPS.contains(&target.group) {
            return if found.is_empty() {
                Resolution::Elsewhere
            } else {
                Resolution::Found(found)
            };
        }
        let other = ["apps", "", "argoproj.io", "apps.openshift.io"]
            .into_iter()
            .find(|group| is_scalable(Kind::of(group, target.kind_name)));
        match other {
            Some(group) => Resolution::OtherGroup(group),
            None if target.kind() == Kind::Other => Resolution::Missing,
            None => Resolution::NotScalable,
        }
    }

    /// The objects that it points at.
    fn targets<'a>(&self, inventory: &'a Inventory<'s>) -> Vec<&'a Resource<'s>> {
        let Some(target) = self.target else {
            return Vec::new();
        };
        // An object of a kind whose scope is not known has no default namespace.
        let undeclared =
            (target.kind() == Kind::Other && self.namespace == "default").then_some("");
        std::iter::once(self.namespace)
            .chain(undeclared)
            .flat_map(|namespace| inventory.find_all(target.kind(), namespace, target.name))
            .filter(|found| found.group() == target.group && found.kind_name == target.kind_name)
            .collect()
    }

    /// The pod templates that it scales: a Rollout's may be a Deployment's.
    pub fn workloads<'a>(&self, inventory: &'a Inventory<'s>) -> Vec<&'a Workload<'s>> {
        let mut workloads = Vec::new();
        for target in self.targets(inventory) {
            workloads.extend(inventory.workload_of(target));
            workloads.extend(
                referenced_workloads(inventory, target)
                    .filter_map(|resource| inventory.workload_of(resource)),
            );
        }
        workloads
    }
}

/// Kinds that somebody may well name, though their number of pods cannot be set.
const RIGID: &[&str] = &["DaemonSet", "Job", "CronJob", "Pod"];

/// Kinds with a `scale` subresource that Plimsoll knows.
fn is_scalable(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Deployment
            | Kind::StatefulSet
            | Kind::ReplicaSet
            | Kind::ReplicationController
            | Kind::Rollout
            | Kind::DeploymentConfig
    )
}

fn scaler<'s>(resource: &Resource<'s>, kind: ScalerKind) -> Scaler<'s> {
    let int = |path| resource.field(path).and_then(Node::int);
    let (reference, fewest, most) = match kind {
        ScalerKind::Horizontal => (
            "spec.scaleTargetRef",
            int("spec.minReplicas").unwrap_or(1),
            int("spec.maxReplicas"),
        ),
        // KEDA's defaults: none when idle, a hundred at most.
        ScalerKind::Keda => (
            "spec.scaleTargetRef",
            int("spec.minReplicaCount").unwrap_or(0),
            Some(int("spec.maxReplicaCount").unwrap_or(100)),
        ),
        ScalerKind::Vertical => ("spec.targetRef", 1, None),
    };
    Scaler {
        resource: resource.index(),
        kind,
        namespace: resource.namespace(),
        target: resource
            .field(reference)
            .filter(|node| node.is_mapping())
            .map(|node| target(node, kind)),
        fewest: fewest.max(1),
        most,
    }
}

fn target(node: Node<'_>, scaler: ScalerKind) -> Target<'_> {
    let text = |key| node.get(key).and_then(Node::text);
    // KEDA takes a Deployment where nothing else is said.
    let (api_version, kind) = match scaler {
        ScalerKind::Keda => ("apps/v1", "Deployment"),
        ScalerKind::Horizontal | ScalerKind::Vertical => ("", ""),
    };
    let api_version = text("apiVersion").unwrap_or(api_version);
    Target {
        node,
        group: api_version.rsplit_once('/').map_or("", |(group, _)| group),
        kind_name: text("kind").unwrap_or(kind),
        name: text("name").unwrap_or_default(),
    }
}

/// The objects whose pod template a Rollout takes over.
fn referenced_workloads<'a, 's>(
    inventory: &'a Inventory<'s>,
    rollout: &'a Resource<'s>,
) -> impl Iterator<Item = &'a Resource<'s>> {
    let reference = rollout
        .field("spec.workloadRef")
        .filter(|_| rollout.kind == Kind::Rollout)
        .map(|node| target(node, ScalerKind::Horizontal));
    reference
        .into_iter()
        .flat_map(|target| inventory.find_all(target.kind(), rollout.namespace(), target.name))
}

fn namespace_of<'s>(resource: &Resource<'s>) -> &'s str {
    match resource.kind.scope() {
        Scope::Unknown => resource.declared_namespace.unwrap_or("default"),
        Scope::Cluster | Scope::Namespaced => resource.namespace(),
    }
}
