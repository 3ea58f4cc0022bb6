//! Which roots can be deployed side by side.
//!
//! ```text
//! dev  staging  prod      the same objects: each is of a cluster of its own
//!   \     |     /
//!     platform            what collides with nobody is there in all of them
//! ```
//!
//! Rules look at one cluster at a time: a Service finds the pods of its own environment, not those of all.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashSet;
use plimsoll_yaml::Node;

use crate::config::Config;
use crate::deployed::{Deployed, Root, RootIndex};

/// Roots that always go together: one and all that its objects declare, as far as they go to one cluster.
struct Unit<'d> {
    roots: Vec<RootIndex>,
    /// The cluster or the environment that it is of, where that is said.
    label: Option<String>,
    /// What the path tells it from its like by: `prod` of `overlays/prod`.
    variant: &'d str,
    ids: BTreeSet<Id<'d>>,
}

/// Group, kind, namespace, name.
type Id<'d> = (&'d str, &'d str, &'d str, &'d str);

/// The roots of each cluster, sorted. At least one cluster, which may be empty.
pub(crate) fn clusters(deployed: &Deployed, config: &Config) -> Vec<Vec<RootIndex>> {
    let units = units(deployed, config);
    let collides = collisions(&units);
    let mut clusters: Vec<(Option<&str>, Vec<usize>)> = Vec::new();
    for (at, unit) in units
        .iter()
        .enumerate()
        .filter(|(at, _)| !collides[*at].is_empty())
    {
        let free = |members: &[usize]| !members.iter().any(|other| collides[at].contains(other));
        let name = unit.label.as_deref().unwrap_or(unit.variant);
        let open = || {
            clusters
                .iter()
                .enumerate()
                .filter(|(_, (_, members))| free(members))
        };
        let chosen = open()
            .find(|(_, (named, _))| *named == Some(name))
            .or_else(|| open().find(|_| unit.label.is_none()));
        match chosen.map(|(cluster, _)| cluster) {
            Some(cluster) => clusters[cluster].1.push(at),
            None => clusters.push((Some(name), vec![at])),
        }
    }
    if clusters.is_empty() {
        clusters.push((None, Vec::new()));
    }
    let shared: Vec<usize> = (0..units.len())
        .filter(|at| collides[*at].is_empty())
        .collect();
    let roots = |members: Vec<usize>| {
        let all = members
            .iter()
            .chain(&shared)
            .flat_map(|at| units[*at].roots.iter().copied());
        let mut all: Vec<RootIndex> = all.collect();
        all.sort_unstable();
        all
    };
    clusters
        .into_iter()
        .map(|(_, members)| roots(members))
        .collect()
}

fn units<'d>(deployed: &'d Deployed, config: &Config) -> Vec<Unit<'d>> {
    let mut grouped: BTreeMap<(RootIndex, Option<String>), Vec<RootIndex>> = BTreeMap::new();
    for (at, root) in deployed.roots.iter().enumerate() {
        let index = RootIndex(at as u32);
        let own = root.environment(config).map(str::to_owned);
        let label = own.or_else(|| root.cluster.clone());
        grouped
            .entry((first_ancestor(deployed, index), label))
            .or_default()
            .push(index);
    }
    let mut units = Vec::new();
    for ((_, label), roots) in grouped {
        let ids: Vec<_> = roots.iter().map(|root| ids(deployed.root(*root))).collect();
        let together = ids
            .iter()
            .enumerate()
            .all(|(at, own)| ids[..at].iter().all(|other| own.is_disjoint(other)));
        let unit = |roots: Vec<RootIndex>, ids: BTreeSet<Id<'d>>| Unit {
            variant: variant(&deployed.root(roots[0]).folder),
            label: label.clone(),
            roots,
            ids,
        };
        if together {
            units.push(unit(roots, ids.into_iter().flatten().collect()));
        } else {
            // One object from two roots: they are for different clusters, whatever declares them.
            units.extend(
                roots
                    .into_iter()
                    .zip(ids)
                    .map(|(root, ids)| unit(vec![root], ids)),
            );
        }
    }
    units
}

fn first_ancestor(deployed: &Deployed, root: RootIndex) -> RootIndex {
    let parents = std::iter::successors(Some(root), |index| deployed.root(*index).parent);
    // Roots that declare each other have no first.
    parents.take(deployed.roots.len()).last().unwrap_or(root)
}

/// For each unit, those that cannot be deployed beside it.
fn collisions(units: &[Unit<'_>]) -> Vec<HashSet<usize>> {
    let mut collides = vec![HashSet::default(); units.len()];
    let mut holders: BTreeMap<&Id<'_>, Vec<usize>> = BTreeMap::new();
    for (at, unit) in units.iter().enumerate() {
        for id in &unit.ids {
            holders.entry(id).or_default().push(at);
        }
    }
    let mut collide = |one: usize, other: usize| {
        collides[one].insert(other);
        collides[other].insert(one);
    };
    for group in holders.values_mut().filter(|group| group.len() > 1) {
        for (at, one) in group.iter().enumerate() {
            group[..at].iter().for_each(|other| collide(*one, *other));
        }
    }
    let labelled: Vec<usize> = (0..units.len())
        .filter(|at| units[*at].label.is_some())
        .collect();
    for (at, one) in labelled.iter().enumerate() {
        for other in labelled[..at]
            .iter()
            .filter(|other| units[**other].label != units[*one].label)
        {
            collide(*one, *other);
        }
    }
    collides
}

/// What a root's objects are called. Namespaces and definitions are often brought along by all that need them.
fn ids(root: &Root) -> BTreeSet<Id<'_>> {
    let roots = root.tree.documents().filter_map(|document| document.root);
    let ids = roots.filter_map(|object| {
        let text = |keys: &[&str]| object.at(keys).and_then(Node::text);
        let (version, kind) = (text(&["apiVersion"])?, text(&["kind"])?);
        let group = version.rsplit_once('/').map_or("", |(group, _)| group);
        let namespace = text(&["metadata", "namespace"]).unwrap_or_default();
        Some((group, kind, namespace, text(&["metadata", "name"])?))
    });
    ids.filter(|(_, kind, ..)| !matches!(*kind, "Namespace" | "CustomResourceDefinition"))
        .collect()
}

/// The last part of a path that is no word for the place of environments.
fn variant(folder: &str) -> &str {
    folder.rsplit('/').next().unwrap_or(folder)
}
