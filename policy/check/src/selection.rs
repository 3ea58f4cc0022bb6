//! Which selectors select which workloads, for whole repositories.
//!
//! Workloads with the same namespace and labels form a class, and selectors that say the same form a group, so the work
//! and the memory grow with what is different in a repository, not with its size squared.

use foldhash::HashMap;

use crate::{Labels, ResourceIndex, Selector, Workload, WorkloadIndex};

/// Which relation a selector stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Relation {
    Service,
    Budget,
    Policy,
    OtherPolicy,
}

#[derive(Debug, Default)]
struct Class {
    members: Vec<WorkloadIndex>,
    groups: Vec<(Relation, usize)>,
}

#[derive(Debug, Default)]
struct Group {
    owners: Vec<ResourceIndex>,
    classes: Vec<usize>,
}

/// The index.
#[derive(Debug, Default)]
pub(crate) struct Selections<'s> {
    classes: Vec<Class>,
    labels: Vec<Labels<'s>>,
    class_of: Vec<usize>,
    by_namespace: HashMap<&'s str, Vec<usize>>,
    by_pair: HashMap<(&'s str, &'s str, &'s str), Vec<usize>>,
    groups: Vec<Group>,
    group_ids: HashMap<(Relation, &'s str, Selector<'s>), usize>,
    group_of: HashMap<ResourceIndex, usize>,
}

impl<'s> Selections<'s> {
    /// Sorts workloads into classes.
    pub(crate) fn new(workloads: &[Workload<'s>]) -> Self {
        let mut this = Self::default();
        let mut ids: HashMap<(&'s str, Labels<'s>), usize> = HashMap::default();
        for (index, workload) in workloads.iter().enumerate() {
            let key = (workload.namespace, workload.labels.clone());
            let class = if let Some(class) = ids.get(&key) {
                *class
            } else {
                let class = this.add_class(workload);
                ids.insert(key, class);
                class
            };
            this.classes[class]
                .members
                .push(WorkloadIndex(index as u32));
            this.class_of.push(class);
        }
        this
    }

    fn add_class(&mut self, workload: &Workload<'s>) -> usize {
        let class = self.classes.len();
        self.classes.push(Class::default());
        self.labels.push(workload.labels.clone());
        self.by_namespace
            .entry(workload.namespace)
            .or_default()
            .push(class);
        for (key, value) in workload.labels.iter() {
            self.by_pair
                .entry((workload.namespace, key, value))
                .or_default()
                .push(class);
        }
        class
    }

    /// Adds an owner's selector.
    pub(crate) fn add(
        &mut self,
        relation: Relation,
        owner: ResourceIndex,
        namespace: &'s str,
        selector: Selector<'s>,
    ) {
        let key = (relation, namespace, selector);
        let group = if let Some(group) = self.group_ids.get(&key) {
            *group
        } else {
            let group = self.groups.len();
            let classes: Vec<_> = self.matching(namespace, &key.2).collect();
            for class in &classes {
                self.classes[*class].groups.push((relation, group));
            }
            self.groups.push(Group {
                owners: Vec::new(),
                classes,
            });
            self.group_ids.insert(key, group);
            group
        };
        self.groups[group].owners.push(owner);
        self.group_of.insert(owner, group);
    }

    fn matching<'a>(
        &'a self,
        namespace: &'s str,
        selector: &'a Selector<'s>,
    ) -> impl Iterator<Item = usize> + 'a {
        let candidates = match selector.required_pair() {
            Some((key, value)) => self.by_pair.get(&(namespace, key, value)),
            None => self.by_namespace.get(namespace),
        };
        candidates
            .into_iter()
            .flatten()
            .copied()
            .filter(|class| selector.matches(&self.labels[*class]))
    }

    /// The workloads of a namespace that a selector matches.
    pub(crate) fn select<'a>(
        &'a self,
        namespace: &'s str,
        selector: &'a Selector<'s>,
    ) -> impl Iterator<Item = WorkloadIndex> + 'a {
        self.matching(namespace, selector)
            .flat_map(|class| self.classes[class].members.iter().copied())
    }

    /// The workloads that an owner's selector matches.
    pub(crate) fn selected_by(
        &self,
        owner: ResourceIndex,
    ) -> impl Iterator<Item = WorkloadIndex> + '_ {
        let group = self.group_of.get(&owner).map(|group| &self.groups[*group]);
        group
            .into_iter()
            .flat_map(|group| &group.classes)
            .flat_map(|class| self.classes[*class].members.iter().copied())
    }

    /// The owners of a relation whose selectors match a workload.
    pub(crate) fn selecting(
        &self,
        relation: Relation,
        workload: WorkloadIndex,
    ) -> impl Iterator<Item = ResourceIndex> + '_ {
        let class = &self.classes[self.class_of[workload.0 as usize]];
        let groups = class.groups.iter().filter(move |(r, _)| *r == relation);
        groups.flat_map(|(_, group)| self.groups[*group].owners.iter().copied())
    }
}
