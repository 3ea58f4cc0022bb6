//! Which candidates are roots.
//!
//! Every object in a plain file, and every kustomization that nobody refers to, begins a context: itself, and all that it
//! deploys. Most contexts are a part of another one, seen without what deploys it, and end:
//!
//! - An object in a plain file that another context renders is deployed as it is rendered there, not as it stands.
//! - A kustomization that something declared builds is no root of its own. If only what it deploys itself builds it (Flux,
//!   bootstrapped), that goes on without it.
//!
//! What only such ones deployed is not deployed.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_yaml::Span;

use super::Root;
use super::discover::{Candidate, is_undeclared};
use super::scan::Scan;

/// Which of the candidates are roots.
pub(super) fn alive(candidates: &[Candidate<'_>], scan: &Scan) -> Vec<bool> {
    let mut state = State::new(candidates, scan);
    loop {
        let mut changed = false;
        // The last first: of two that deploy each other the first stays.
        for at in (0..candidates.len()).rev() {
            changed |= state.judge(at);
        }
        if !changed {
            return state.alive;
        }
    }
}

/// Takes those of the kustomizations that nobody refers to, and nothing that is declared builds, from those that are left.
pub(super) fn unreached(
    candidates: &[Candidate<'_>],
    alive: &[bool],
    left: &mut BTreeMap<String, String>,
) -> Vec<String> {
    let alive = candidates.iter().zip(alive).filter(|(_, alive)| **alive);
    let mut built = BTreeSet::new();
    for (candidate, _) in alive {
        built.extend(candidate.used.iter().map(String::as_str));
        built.extend(
            candidate
                .plan
                .requests
                .iter()
                .map(|request| request.folder.as_str()),
        );
    }
    let new = left.iter().filter(|(folder, file)| {
        !built.contains(folder.as_str()) && !built.contains(file.as_str())
    });
    let new: Vec<String> = new.map(|(folder, _)| folder.clone()).collect();
    left.retain(|folder, _| !new.contains(folder));
    new
}

struct State<'a, 's> {
    candidates: &'a [Candidate<'s>],
    alive: Vec<bool>,
    /// Needs nobody who deploys it.
    entry: Vec<bool>,
    /// Candidates by the object that declares them.
    of_object: BTreeMap<Option<Span>, Vec<usize>>,
    /// Candidates by those that deploy them.
    deployed_by: BTreeMap<usize, Vec<usize>>,
    /// Of each kustomization that nobody refers to, the declared candidates that build it.
    builders: BTreeMap<usize, Vec<usize>>,
}

impl<'a, 's> State<'a, 's> {
    fn new(candidates: &'a [Candidate<'s>], scan: &Scan) -> Self {
        let mut state = Self {
            candidates,
            alive: vec![true; candidates.len()],
            entry: candidates.iter().map(|candidate| candidate.entry).collect(),
            of_object: BTreeMap::new(),
            deployed_by: BTreeMap::new(),
            builders: BTreeMap::new(),
        };
        for (at, candidate) in candidates.iter().enumerate() {
            state
                .of_object
                .entry(candidate.plan.declared_at)
                .or_default()
                .push(at);
            for producer in &candidate.producers {
                state.deployed_by.entry(*producer).or_default().push(at);
            }
            if is_undeclared(candidate) {
                state
                    .builders
                    .insert(at, builders(candidates, candidate, scan));
            }
        }
        state
    }

    /// Takes a candidate out if it is no root. True if it did.
    fn judge(&mut self, at: usize) -> bool {
        if !self.alive[at] {
            return false;
        }
        let elsewhere = self.entry[at] && self.is_superseded(at, |context, own| context != own);
        let here = self.entry[at] && self.is_superseded(at, |context, own| context == own);
        if elsewhere {
            self.entry[at] = false;
            self.alive[at] = false;
            self.end(self.candidates[at].context);
            return true;
        }
        if here {
            self.hand_over(at);
        }
        let gone = here || (!self.entry[at] && !self.is_rendered(at));
        self.alive[at] = !gone;
        gone
    }

    /// Whether something better is known of a candidate, in contexts of a kind.
    fn is_superseded(&self, at: usize, of: impl Fn(usize, usize) -> bool) -> bool {
        let own = self.candidates[at].context;
        let mut others = match self.builders.get(&at) {
            Some(builders) => builders.iter(),
            None => self.of_object[&self.object(at)].iter(),
        };
        others.any(|other| {
            *other != at
                && self.alive[*other]
                && of(self.candidates[*other].context, own)
                && (self.builders.contains_key(&at) || self.is_rendered(*other))
        })
    }

    /// Ends a context that nothing begins any more, with all that goes round in it.
    fn end(&mut self, context: usize) {
        let inside = |at: &usize| self.candidates[*at].context == context;
        let inside: Vec<usize> = (context..self.candidates.len()).filter(inside).collect();
        if !inside.iter().any(|at| self.alive[*at] && self.entry[*at]) {
            for at in inside {
                self.alive[at] = false;
            }
        }
    }

    /// What a candidate deploys that is no root stands for itself, until something better is known of it.
    fn hand_over(&mut self, at: usize) {
        let undeclared = self.builders.contains_key(&at);
        for other in self.deployed_by.get(&at).into_iter().flatten() {
            if undeclared || self.object(*other) == self.object(at) {
                self.entry[*other] = true;
            }
        }
    }

    fn object(&self, at: usize) -> Option<Span> {
        self.candidates[at].plan.declared_at
    }

    fn is_rendered(&self, at: usize) -> bool {
        let mut producers = self.candidates[at].producers.iter();
        producers.any(|producer| self.alive[*producer])
    }
}

fn builders(candidates: &[Candidate<'_>], undeclared: &Candidate<'_>, scan: &Scan) -> Vec<usize> {
    let folder = &undeclared.plan.folder;
    let file = scan.roots.get(folder);
    let builds = |candidate: &Candidate<'_>| {
        let mut requests = candidate.plan.requests.iter();
        requests.any(|request| request.folder == *folder)
            || file.is_some_and(|file| candidate.used.contains(file))
    };
    let others = candidates.iter().enumerate();
    others
        .filter(|(_, other)| !is_undeclared(other) && builds(other))
        .map(|(at, _)| at)
        .collect()
}

/// The roots, in the order of the candidates, and the namespaces of the objects that declare them.
pub(super) fn roots<'s>(
    candidates: Vec<Candidate<'s>>,
    alive: &[bool],
) -> (Vec<Root<'s>>, Vec<String>) {
    let mut places = Vec::with_capacity(alive.len());
    let mut count = 0;
    for alive in alive {
        places.push(alive.then_some(count));
        count += usize::from(*alive);
    }
    let kept = candidates
        .into_iter()
        .enumerate()
        .filter(|(at, _)| alive[*at]);
    let roots = kept.map(|(at, candidate)| {
        let parents: BTreeSet<usize> = candidate
            .producers
            .iter()
            .filter(|producer| **producer != at)
            .filter_map(|producer| places[*producer])
            .collect();
        let plan = candidate.plan;
        let root = Root {
            name: plan.name,
            kind: plan.kind,
            folder: plan.folder,
            declared_at: plan.declared_at,
            parent: parents.first().copied(),
            cluster: plan.cluster,
            namespace: plan.namespace.map(|(namespace, _)| namespace),
            objects: candidate.objects,
            faults: candidate.faults,
        };
        (root, plan.own_namespace)
    });
    roots.unzip()
}
