//! One fault seen from several roots is one finding, which says in which of them it holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::HashMap;
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
        let key = finding.root().zip(finding.resource.clone());
        let origin = key.and_then(|key| self.origins.get(&key));
        origin
            .and_then(|origin| self.roots.get(origin))
            .map_or(&[], Vec::as_slice)
    }
}

/// Makes one finding of those that say the same of the same place. `found` are the findings of each cluster.
pub(crate) fn unite(mut found: Vec<Findings>, spread: &Spread, deployed: &Deployed) -> Findings {
    if deployed.roots.is_empty() {
        // All is one cluster, and the list of a large repository is not copied.
        let mut all = found.pop().unwrap_or_default();
        all.extend(found.into_iter().flatten());
        return all;
    }
    let of_clusters = found.into_iter().enumerate();
    let mut all: Vec<(usize, Box<Finding>)> = of_clusters
        .flat_map(|(cluster, findings)| findings.into_iter().map(move |finding| (cluster, finding)))
        .collect();
    all.sort_by(|(_, a), (_, b)| key(a).cmp(&key(b)));
    let (mut group, mut united) = (Vec::new(), Vec::new());
    for next in all {
        let other = |(_, last): &(usize, Box<Finding>)| key(last) != key(&next.1);
        if group.last().is_some_and(other) {
            unite_group(std::mem::take(&mut group), spread, &mut united);
        }
        group.push(next);
    }
    unite_group(group, spread, &mut united);
    united
}

/// Rule, place, path: what findings have in common that may be one.
fn key(finding: &Finding) -> (&'static str, Span, &str) {
    (finding.rule.id, finding.primary, finding.path())
}

/// What one object of one root has at one place, cluster by cluster.
type Seen = BTreeMap<usize, Findings>;

fn unite_group(group: Vec<(usize, Box<Finding>)>, spread: &Spread, united: &mut Findings) {
    let mut seen: BTreeMap<(Option<RootIndex>, Option<Arc<ResourceName>>), Seen> = BTreeMap::new();
    for (cluster, finding) in group {
        let owner = (finding.root(), finding.resource.clone());
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
            if let Some(root) = finding.root() {
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
    first.sort_by(|a, b| a.message().cmp(&b.message()));
    first.truncate(least);
    first
}
