//! One fault seen from several roots is one finding, which says in which of them it holds.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use plimsoll_yaml::Span;

use crate::deployed::{Deployed, RootIndex};
use crate::{Finding, Findings, Inventory, ResourceName};

/// Where objects of the same origin are deployed: what tells "in all" from "only in prod".
#[derive(Debug, Default)]
pub(crate) struct Spread {
    origins: HashMap<(RootIndex, Arc<ResourceName>), Span>,
    roots: HashMap<Span, Vec<RootIndex>>,
    /// In how many clusters each root is.
    clusters: HashMap<Option<RootIndex>, usize>,
}

impl Spread {
    /// Notes the objects of one cluster.
    pub(crate) fn add(&mut self, inventory: &Inventory<'_>, roots: &[RootIndex]) {
        for root in roots.iter().copied().map(Some).chain([None]) {
            *self.clusters.entry(root).or_default() += 1;
        }
        for resource in inventory.resources() {
            let Some(root) = resource.root else { continue };
            let origin = resource.node.span();
            let known = self.origins.insert((root, resource.identity()), origin);
            let roots = self.roots.entry(origin).or_default();
            if known.is_none() && roots.last() != Some(&root) {
                roots.push(root);
            }
        }
    }

    /// The roots that have an object of the same origin as that of a finding.
    fn of(&self, finding: &Finding) -> &[RootIndex] {
        let key = finding.root.zip(finding.resource.clone());
        let origin = key.and_then(|key| self.origins.get(&key));
        origin
            .and_then(|origin| self.roots.get(origin))
            .map_or(&[], Vec::as_slice)
    }
}

/// Rule, place, path.
type Key = (&'static str, Span, Arc<str>);

/// Makes one finding of those that say the same of the same place. `found` are the findings of each cluster.
pub(crate) fn unite(found: Vec<Findings>, spread: &Spread, deployed: &Deployed) -> Findings {
    if deployed.roots.is_empty() {
        return found.into_iter().flatten().collect();
    }
    let mut groups: BTreeMap<Key, Vec<(usize, Box<Finding>)>> = BTreeMap::new();
    for (cluster, findings) in found.into_iter().enumerate() {
        for finding in findings {
            let key = (finding.rule.id, finding.primary, Arc::clone(&finding.path));
            groups.entry(key).or_default().push((cluster, finding));
        }
    }
    let mut united = Vec::new();
    for group in groups.into_values() {
        unite_group(group, spread, &mut united);
    }
    united
}

/// What one object of one root has at one place, cluster by cluster.
type Seen = BTreeMap<usize, Findings>;

fn unite_group(group: Vec<(usize, Box<Finding>)>, spread: &Spread, united: &mut Findings) {
    let mut seen: BTreeMap<(Option<RootIndex>, Option<Arc<ResourceName>>), Seen> = BTreeMap::new();
    for (cluster, finding) in group {
        let owner = (finding.root, finding.resource.clone());
        seen.entry(owner)
            .or_default()
            .entry(cluster)
            .or_default()
            .push(finding);
    }
    // The first of each object, the second of each …: an object may have several faults at one place.
    let mut merged: Vec<Box<Finding>> = Vec::new();
    for ((root, resource), by_cluster) in seen {
        // What is said of a file is said once; what is said of an object, wherever that is.
        let clusters = resource.and_then(|_| spread.clusters.get(&root).copied());
        for (at, finding) in settled(by_cluster, clusters).into_iter().enumerate() {
            match merged.get_mut(at) {
                Some(first) => first.severity = first.severity.max(finding.severity),
                None => merged.push(finding.clone()),
            }
            if let Some(root) = finding.root {
                merged[at].add_root(root);
            }
        }
    }
    for mut finding in merged {
        let deployed = spread.of(&finding);
        let spared = deployed
            .iter()
            .filter(|root| !finding.roots().contains(root))
            .copied();
        let spared: Vec<RootIndex> = spared.collect();
        finding.set_spared(spared);
        united.push(finding);
    }
}

/// What an object has at one place that is in several clusters: what holds in all of them.
fn settled(by_cluster: Seen, clusters: Option<usize>) -> Findings {
    if clusters.is_some_and(|clusters| by_cluster.len() < clusters) {
        return Findings::new();
    }
    let least = by_cluster.values().map(Vec::len).min().unwrap_or_default();
    let mut first = by_cluster.into_values().next().unwrap_or_default();
    first.sort_by(|a, b| a.message.cmp(&b.message));
    first.truncate(least);
    first
}
