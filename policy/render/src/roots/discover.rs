//! The fixpoint: renders what is known to be deployed, finds what that deploys, and goes on until nothing new is found.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_yaml::Span;
use rayon::prelude::*;

use super::finish;
use super::ground::{Ground, Raw, file_of};
use super::plan::{self, Plan};
use super::scan::{Scan, scan};
use super::{Deployed, RootKind, graph, name};
use crate::kustomize::object::Object;
use crate::{Build, Built, Fault, FaultKind, FileKind, Request, folder, join, value};

/// How deep what is deployed may deploy something in turn.
const DEPTH: usize = 32;
/// How many roots there may be.
const ROOTS: usize = 20_000;

/// A root while it is not certain yet that it is one.
#[derive(Debug)]
pub(super) struct Candidate<'s> {
    pub(super) plan: Plan<'s>,
    /// It stands in a file by itself, or is a kustomization that nobody refers to.
    pub(super) entry: bool,
    /// The candidates whose objects it is among.
    pub(super) producers: BTreeSet<usize>,
    /// The candidate that it all begins with. What two clusters deploy of the same object is two things.
    pub(super) context: usize,
    pub(super) depth: usize,
    pub(super) objects: Vec<Object<'s>>,
    pub(super) faults: Vec<Fault>,
    pub(super) used: BTreeSet<String>,
}

/// See [`super::discover`].
pub(super) fn discover<'s>(build: &dyn Build<'s>, remotes: &[String]) -> Deployed<'s> {
    let ground = Ground::new(build.repository(), remotes);
    let scan = scan(&ground);
    let mut fixpoint = Fixpoint {
        build,
        ground: &ground,
        built: BTreeMap::new(),
        candidates: Vec::new(),
        known: BTreeMap::new(),
        done: 0,
    };
    fixpoint.enter(&scan);
    let mut left = scan.roots.clone();
    let alive = loop {
        fixpoint.run();
        let alive = graph::alive(&fixpoint.candidates, &scan);
        let new = graph::unreached(&fixpoint.candidates, &alive, &mut left);
        if new.is_empty() {
            break alive;
        }
        for folder in new {
            fixpoint.add(Plan::undeclared(&folder), None);
        }
    };
    let mut deployed = Deployed::default();
    for (candidate, _) in fixpoint
        .candidates
        .iter()
        .zip(&alive)
        .filter(|(_, alive)| **alive)
    {
        deployed.used.extend(candidate.used.iter().cloned());
    }
    let used = &deployed.used;
    deployed.partial = scan
        .partial
        .into_iter()
        .filter(|path| !used.contains(path))
        .collect();
    let (mut roots, namespaces) = graph::roots(fixpoint.candidates, &alive);
    name::settle(&mut roots, &namespaces, ground.repository);
    deployed.roots = roots;
    deployed
}

struct Fixpoint<'a, 'r, 's> {
    build: &'a dyn Build<'s>,
    ground: &'a Ground<'r, 's>,
    /// What was built, by folder.
    built: BTreeMap<String, Vec<(Request<'s>, Built<'s>)>>,
    candidates: Vec<Candidate<'s>>,
    /// The candidates of a context that the object at a place asks for.
    known: BTreeMap<(usize, Option<Span>), Vec<usize>>,
    /// How many of the candidates are rendered.
    done: usize,
}

impl<'s> Fixpoint<'_, '_, 's> {
    /// Where it begins: objects in plain files. Kustomizations that nobody refers to come after what those deploy.
    fn enter(&mut self, scan: &Scan) {
        let ground = self.ground;
        for raw in &ground.raw {
            let plain = !scan.referred.contains(raw.path) && !scan.partial.contains(raw.path);
            if raw.sync && plain && !self.is_chart_template(*raw) {
                for plan in plan::read(&value(raw.node), ground) {
                    self.add(plan, None);
                }
            }
        }
    }

    fn is_chart_template(&self, raw: Raw<'_>) -> bool {
        let mut dirs = std::iter::successors(Some(folder(raw.path)), |dir| {
            (!dir.is_empty()).then(|| folder(dir))
        });
        dirs.any(|dir| {
            let chart = || join(folder(dir), "Chart.yaml");
            dir.rsplit('/').next() == Some("templates")
                && self.ground.repository.kind(&chart()) == Some(FileKind::File)
        })
    }

    /// Takes in a plan, unless its context knows the same already.
    fn add(&mut self, mut plan: Plan<'s>, producer: Option<usize>) {
        let next = self.candidates.len();
        let context = producer.map_or(next, |producer| self.candidates[producer].context);
        self.look_up(&mut plan, producer, context);
        let known = self.known.entry((context, plan.declared_at)).or_default();
        let same = known.iter().copied();
        let same = same
            .into_iter()
            .find(|at| self.candidates[*at].plan == plan);
        let at = same.unwrap_or(next);
        if same.is_none() {
            known.push(at);
            self.candidates.push(Candidate {
                faults: plan.faults.clone(),
                plan,
                entry: producer.is_none(),
                producers: BTreeSet::new(),
                context,
                depth: producer.map_or(0, |producer| self.candidates[producer].depth + 1),
                objects: Vec::new(),
                used: BTreeSet::new(),
            });
        }
        self.candidates[at].producers.extend(producer);
    }

    fn look_up(&self, plan: &mut Plan<'s>, producer: Option<usize>, context: usize) {
        let begins = self
            .candidates
            .get(context)
            .map_or(&*plan, |first| &first.plan);
        let near = match begins.declared_at {
            Some(span) => file_of(self.ground.repository, span).to_owned(),
            None => join(&begins.folder, "kustomization.yaml"),
        };
        let above = producer.map(|producer| self.above(producer));
        finish::look_up(plan, &above.unwrap_or_default(), self.ground, &near);
    }

    fn run(&mut self) {
        while self.done < self.candidates.len() {
            let wave = self.done..self.candidates.len();
            self.done = wave.end;
            let plans = self.candidates[wave.clone()].iter().map(|it| &it.plan);
            let requests = plans.flat_map(|plan| plan.requests.iter().cloned());
            self.build(&requests.collect::<Vec<_>>());
            for at in wave {
                self.render(at);
                self.follow(at);
            }
        }
    }

    /// Builds what has not been built, on all cores.
    fn build(&mut self, requests: &[Request<'s>]) {
        let mut new: Vec<&Request<'s>> = Vec::new();
        for request in requests {
            if self.find(request).is_none() && !new.contains(&request) {
                new.push(request);
            }
        }
        let builder = self.build;
        let results: Vec<Built<'s>> = new
            .par_iter()
            .map(|request| builder.build(request))
            .collect();
        for (request, built) in new.into_iter().zip(results) {
            let of_folder = self.built.entry(request.folder.clone()).or_default();
            of_folder.push((request.clone(), built));
        }
    }

    fn find(&self, request: &Request<'s>) -> Option<&Built<'s>> {
        let of_folder = self.built.get(&request.folder)?;
        let found = of_folder.iter().find(|(known, _)| known == request);
        found.map(|(_, built)| built)
    }

    /// Gives a candidate its objects.
    fn render(&mut self, at: usize) {
        let plan = self.candidates[at].plan.clone();
        let mut objects = Vec::new();
        let mut faults = Vec::new();
        let mut used = BTreeSet::new();
        for (nth, request) in plan.requests.iter().enumerate() {
            let Some(built) = self.find(request) else {
                continue;
            };
            objects.extend(built.objects.iter().cloned());
            let asked_at = plan.asked_at.get(nth).copied();
            faults.extend(built.faults.iter().cloned().map(|mut fault| {
                fault.span = fault.span.or(asked_at);
                fault
            }));
            used.extend(built.used.iter().cloned());
        }
        finish::finish(&mut objects, &plan, &mut faults);
        let candidate = &mut self.candidates[at];
        candidate.objects = objects;
        candidate.faults.extend(faults);
        candidate.used = used;
    }

    /// The objects of a candidate and of all that deploys it, the nearest first.
    fn above(&self, at: usize) -> Vec<&[Object<'s>]> {
        let mut seen = BTreeSet::from([at]);
        let mut above = vec![self.candidates[at].objects.as_slice()];
        let mut level = vec![at];
        while !level.is_empty() {
            let producers = level.iter().flat_map(|at| &self.candidates[*at].producers);
            level = producers.copied().filter(|at| seen.insert(*at)).collect();
            above.extend(
                level
                    .iter()
                    .map(|at| self.candidates[*at].objects.as_slice()),
            );
        }
        above
    }

    /// Takes in what a candidate's objects deploy.
    fn follow(&mut self, at: usize) {
        let plans: Vec<Plan<'s>> = {
            let objects = self.candidates[at].objects.iter();
            let plans = objects.flat_map(|object| plan::read(&object.value, self.ground));
            plans.collect()
        };
        let deep =
            self.candidates[at].depth >= DEPTH || self.candidates.len() + plans.len() > ROOTS;
        if deep && !plans.is_empty() {
            let message = format!(
                "{} deploys what deploys something, too deep or too often to follow",
                self.candidates[at].plan.name
            );
            let mut fault = Fault::new(FaultKind::Limit, message);
            fault.span = self.candidates[at].plan.declared_at;
            self.candidates[at].faults.push(*fault);
            return;
        }
        for plan in plans {
            self.add(plan, Some(at));
        }
    }
}

/// Whether a candidate is a kustomization that nobody refers to.
pub(super) fn is_undeclared(candidate: &Candidate<'_>) -> bool {
    candidate.plan.kind == RootKind::Kustomization
}
