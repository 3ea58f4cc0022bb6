//! Everything that a repository holds, with the indexes that rules look things up in.

mod read;

use foldhash::{HashMap, HashMapExt};

use crate::config::Config;
use crate::deployed::{Root, RootIndex};
use crate::indexes::Indexes;
use crate::network;
use crate::produced::Existence;
use crate::selection::{Relation, Selections};
use crate::{Kind, Resource, ResourceIndex, Scope, Selector, Sources, Workload, WorkloadIndex};
use plimsoll_yaml::{SourceId, Use};

/// All objects of a run.
#[derive(Debug)]
pub struct Inventory<'s> {
    sources: &'s Sources,
    roots: Vec<(RootIndex, &'s Root)>,
    resources: Vec<Resource<'s>>,
    workloads: Vec<Workload<'s>>,
    workload_of: HashMap<ResourceIndex, WorkloadIndex>,
    by_kind: Vec<Vec<ResourceIndex>>,
    by_name: Named<'s>,
    selections: Selections<'s>,
    pub(crate) indexes: Indexes<'s>,
}

impl<'s> Inventory<'s> {
    /// Reads every object of the sources, `List`s unpacked, fragments left out.
    pub fn new(sources: &'s Sources, config: &Config) -> Self {
        Self::of_cluster(sources, &[], config)
    }

    /// Reads the objects of the sources that are deployed as they stand, and those of some roots.
    pub(crate) fn of_cluster(
        sources: &'s Sources,
        roots: &[(RootIndex, &'s Root)],
        config: &Config,
    ) -> Self {
        let mut by_kind = vec![Vec::new(); Kind::COUNT];
        let mut workloads = Vec::new();
        let mut workload_of = HashMap::default();
        let mut resources: Vec<Resource<'s>> = Vec::with_capacity(sources.len());
        for (mut resource, templates) in read::read(sources, roots, config) {
            let index = ResourceIndex(resources.len() as u32);
            resource.index = index;
            by_kind[resource.kind as usize].push(index);
            for mut workload in templates {
                workload.index = WorkloadIndex(workloads.len() as u32);
                workload.resource = index;
                workload_of.entry(index).or_insert(workload.index);
                workloads.push(workload);
            }
            resources.push(resource);
        }
        let named = || by_name(&resources);
        let selected = || select(&resources, &by_kind, &workloads);
        let (by_name, selections) = if resources.len() < WORTH_THREADS {
            (named(), selected())
        } else {
            rayon::join(named, selected)
        };
        let mut inventory = Self {
            sources,
            roots: roots.to_vec(),
            resources,
            workloads,
            workload_of,
            by_kind,
            by_name,
            selections,
            indexes: Indexes::default(),
        };
        for (policy, namespace, selector) in network::select_pods(&inventory) {
            inventory
                .selections
                .add(Relation::OtherPolicy, policy, namespace, selector);
        }
        inventory
    }

    /// The sources it was read from.
    pub fn sources(&self) -> &'s Sources {
        self.sources
    }

    /// The rendered roots whose objects are here.
    pub(crate) fn roots(&self) -> &[(RootIndex, &'s Root)] {
        &self.roots
    }

    /// All objects, in the order of their places.
    pub fn resources(&self) -> &[Resource<'s>] {
        &self.resources
    }

    /// The objects of one source, as it stands.
    pub(crate) fn objects_of(&self, source: SourceId) -> impl Iterator<Item = &Resource<'s>> {
        let is_of = move |resource: &&Resource<'s>| resource.node.span().source == source;
        self.resources.iter().filter(is_of)
    }

    /// One object.
    pub fn resource(&self, index: ResourceIndex) -> &Resource<'s> {
        &self.resources[index.0 as usize]
    }

    /// All objects of a kind.
    pub fn of_kind(&self, kind: Kind) -> impl ExactSizeIterator<Item = &Resource<'s>> {
        self.by_kind[kind as usize]
            .iter()
            .map(|index| self.resource(*index))
    }

    /// The first object of a name. The namespace is ignored for kinds of the cluster.
    pub fn find<'a>(
        &'a self,
        kind: Kind,
        namespace: &'a str,
        name: &'a str,
    ) -> Option<&'a Resource<'s>> {
        self.find_all(kind, namespace, name).next()
    }

    /// All objects of a name: there are several where environments repeat it.
    pub fn find_all<'a>(
        &'a self,
        kind: Kind,
        namespace: &'a str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a Resource<'s>> {
        let namespace = if kind.scope() == Scope::Cluster {
            ""
        } else {
            namespace
        };
        let named: &[ResourceIndex] = self
            .by_name
            .get(&(kind, namespace, name))
            .map_or(&[], Vec::as_slice);
        named.iter().map(|index| self.resource(*index))
    }

    /// Whether an object of a kind, namespace and name is here, or may be made by something else.
    pub fn exists(&self, kind: Kind, namespace: &str, name: &str) -> Existence {
        if self.find(kind, namespace, name).is_some() {
            Existence::Here
        } else if self.produced().may_make(kind, namespace, name) {
            Existence::Elsewhere
        } else {
            Existence::Missing
        }
    }

    /// All pod templates.
    pub fn workloads(&self) -> &[Workload<'s>] {
        &self.workloads
    }

    /// One pod template.
    pub fn workload(&self, index: WorkloadIndex) -> &Workload<'s> {
        &self.workloads[index.0 as usize]
    }

    /// The (first) pod template of an object.
    pub fn workload_of(&self, resource: &Resource<'_>) -> Option<&Workload<'s>> {
        self.workload_of
            .get(&resource.index())
            .map(|index| self.workload(*index))
    }

    /// The object of a pod template.
    pub fn owner(&self, workload: &Workload<'_>) -> &Resource<'s> {
        self.resource(workload.resource)
    }

    /// The workloads of a namespace whose pods a selector matches.
    pub fn select<'a: 'b, 'b>(
        &'a self,
        namespace: &'s str,
        selector: &'b Selector<'s>,
    ) -> impl Iterator<Item = &'a Workload<'s>> + use<'a, 'b, 's> {
        self.selections
            .select(namespace, selector)
            .map(|index| self.workload(index))
    }

    /// The workloads whose pods a Service, a `PodDisruptionBudget` or a `NetworkPolicy` selects.
    pub fn selected_by(&self, owner: &Resource<'_>) -> impl Iterator<Item = &Workload<'s>> {
        self.selections
            .selected_by(owner.index())
            .map(|index| self.workload(index))
    }

    /// The Services that select a workload's pods.
    pub fn services_of(&self, workload: &Workload<'_>) -> impl Iterator<Item = &Resource<'s>> {
        self.selecting(Relation::Service, workload)
    }

    /// The `PodDisruptionBudget`s that select a workload's pods.
    pub fn budgets_of(&self, workload: &Workload<'_>) -> impl Iterator<Item = &Resource<'s>> {
        self.selecting(Relation::Budget, workload)
    }

    /// The `NetworkPolicy` objects that select a workload's pods.
    pub fn policies_of(&self, workload: &Workload<'_>) -> impl Iterator<Item = &Resource<'s>> {
        self.selecting(Relation::Policy, workload)
    }

    /// The policies of other engines (Cilium, Calico …) that select a workload's pods.
    pub fn other_policies_of(
        &self,
        workload: &Workload<'_>,
    ) -> impl Iterator<Item = &Resource<'s>> {
        self.selecting(Relation::OtherPolicy, workload)
    }

    /// How many sources hold something, but no object.
    pub(crate) fn other_files(&self) -> usize {
        let mut holds = vec![false; self.sources.len()];
        for resource in &self.resources {
            // What a deployer made up stands nowhere.
            if let Some(holds) = holds.get_mut(resource.node.span().source.0 as usize) {
                *holds = true;
            }
        }
        let without = self
            .sources
            .iter()
            .zip(holds)
            .filter(|(source, holds)| !holds && source.used() == Use::Objects);
        without
            .filter(|(source, _)| {
                source
                    .tree
                    .documents()
                    .any(|document| document.root.is_some())
            })
            .count()
    }

    fn selecting(
        &self,
        relation: Relation,
        workload: &Workload<'_>,
    ) -> impl Iterator<Item = &Resource<'s>> {
        self.selections
            .selecting(relation, workload.index)
            .map(|owner| self.resource(owner))
    }
}

/// Below this, starting threads costs more than they save.
const WORTH_THREADS: usize = 64;

type Named<'s> = HashMap<(Kind, &'s str, &'s str), Vec<ResourceIndex>>;

fn by_name<'s>(resources: &[Resource<'s>]) -> Named<'s> {
    let mut by_name = Named::with_capacity(resources.len());
    for resource in resources {
        by_name
            .entry((resource.kind, resource.namespace(), resource.name))
            .or_default()
            .push(resource.index);
    }
    by_name
}

fn select<'s>(
    resources: &[Resource<'s>],
    by_kind: &[Vec<ResourceIndex>],
    workloads: &[Workload<'s>],
) -> Selections<'s> {
    let mut selections = Selections::new(workloads);
    let owners = [
        (Kind::Service, Relation::Service),
        (Kind::PodDisruptionBudget, Relation::Budget),
        (Kind::NetworkPolicy, Relation::Policy),
    ];
    for (kind, relation) in owners {
        for index in &by_kind[kind as usize] {
            let resource = &resources[index.0 as usize];
            if let Some(selector) = own_selector(resource, relation) {
                selections.add(relation, *index, resource.namespace(), selector);
            }
        }
    }
    selections
}

/// The pod selector of an object; `None` where it selects nothing.
fn own_selector<'s>(resource: &Resource<'s>, relation: Relation) -> Option<Selector<'s>> {
    let spec = resource.spec()?;
    match relation {
        // A Service without a selector has its endpoints from elsewhere.
        Relation::Service => spec
            .get("selector")
            .filter(|selector| !selector.is_empty())
            .map(Selector::read_map),
        Relation::Budget => spec
            .get("selector")
            .filter(|selector| !selector.is_null())
            .map(Selector::read),
        // Read by `network::select_pods`, for all namespaces at once.
        Relation::OtherPolicy => None,
        Relation::Policy => Some(
            spec.get("podSelector")
                .map_or_else(Selector::everything, Selector::read),
        ),
    }
}
