//! Objects by their labels, in one namespace or in all.

use foldhash::HashMap;

use super::Reach;
use crate::{Inventory, Kind, Labels, Selector};

/// Labelled things, each with a number that its owner knows it by.
#[derive(Debug, Default)]
pub(super) struct Labelled<'s> {
    all: Vec<(u32, Labels<'s>)>,
    by_namespace: HashMap<&'s str, Vec<u32>>,
    by_pair: HashMap<(&'s str, &'s str, &'s str), Vec<u32>>,
    by_pair_anywhere: HashMap<(&'s str, &'s str), Vec<u32>>,
}

impl<'s> Labelled<'s> {
    /// All objects of a kind, by their resource index.
    pub(super) fn of_kind(inventory: &Inventory<'s>, kind: Kind) -> Self {
        let mut this = Self::default();
        for resource in inventory.of_kind(kind) {
            this.add(resource.index().0, resource.namespace(), resource.labels());
        }
        this
    }

    /// All pod templates, by their workload index.
    pub(super) fn of_pods(inventory: &Inventory<'s>) -> Self {
        let mut this = Self::default();
        for workload in inventory.workloads() {
            this.add(
                workload.index.0,
                workload.namespace,
                workload.labels.clone(),
            );
        }
        this
    }

    fn add(&mut self, index: u32, namespace: &'s str, labels: Labels<'s>) {
        let at = self.all.len() as u32;
        self.by_namespace.entry(namespace).or_default().push(at);
        for (key, value) in labels.iter() {
            self.by_pair
                .entry((namespace, key, value))
                .or_default()
                .push(at);
            self.by_pair_anywhere
                .entry((key, value))
                .or_default()
                .push(at);
        }
        self.all.push((index, labels));
    }

    /// The numbers of those in reach that a selector matches, in order.
    pub(super) fn matching<'a>(
        &'a self,
        reach: &'a Reach<'s>,
        selector: &'a Selector<'s>,
    ) -> Box<dyn Iterator<Item = u32> + 'a> {
        let pair = selector.required_pair();
        let matched = move |at: u32| {
            let (index, labels) = &self.all[at as usize];
            selector.matches(labels).then_some(*index)
        };
        match (reach, pair) {
            (Reach::Everywhere, None) => Box::new((0..self.all.len() as u32).filter_map(matched)),
            (Reach::Everywhere, Some(pair)) => {
                let found = self.by_pair_anywhere.get(&pair).into_iter().flatten();
                Box::new(found.copied().filter_map(matched))
            }
            (Reach::In(namespaces), pair) => {
                let found = namespaces.iter().filter_map(move |namespace| match pair {
                    Some((key, value)) => self.by_pair.get(&(*namespace, key, value)),
                    None => self.by_namespace.get(namespace),
                });
                Box::new(found.flatten().copied().filter_map(matched))
            }
        }
    }

    /// Every key of a label, some more than once.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'s str> {
        self.all
            .iter()
            .flat_map(|(_, labels)| labels.iter().map(|(key, _)| key))
    }
}
