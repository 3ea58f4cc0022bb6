//! What is deployed: finds the roots of the sources, renders them, and hands them to the checker.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plimsoll_check::{Deployed, Failure, Given, NotChecked, Reason, Root, RootIndex, Sources, Use};
use plimsoll_render::kustomize::object::Object;
use plimsoll_render::kustomize::{Kustomize, Options, file};
use plimsoll_render::roots::{self, discover};
use plimsoll_render::{Fault, FaultKind, Repository, beginning, tree};
use plimsoll_yaml::Span;
use rayon::prelude::*;

use crate::disk::Disk;
use crate::walk;

/// The rendered roots, and what could not be rendered.
pub(crate) struct Rendered {
    pub(crate) deployed: Deployed,
    pub(crate) not_checked: Vec<NotChecked>,
}

/// Finds and renders all roots, and marks the sources that are judged as they are rendered.
pub(crate) fn render(sources: &Sources, remotes: Option<&Path>) -> Rendered {
    let repository = Repository::new(sources, &Disk);
    let copies = remotes.map(walk::shown);
    let kustomize = Kustomize::new(&repository, Options { copies });
    let found = discover(&kustomize, &[]);
    mark(sources, &found.used, Use::Rendered);
    mark(sources, &found.partial, Use::Fragment);
    let mut rendered = Rendered {
        deployed: Deployed::default(),
        not_checked: Vec::new(),
    };
    let mut causes = Causes::new();
    for (at, root) in found.roots.iter().enumerate() {
        for fault in &root.faults {
            let index = RootIndex(at as u32);
            if let Some((file, cause)) = rendered.fault(sources, &repository, index, root, fault) {
                let roots = causes.entry((file, cause)).or_default();
                if !roots.contains(&&*root.name) {
                    roots.push(&root.name);
                }
            }
        }
    }
    rendered.not_checked.extend(causes.into_iter().map(entry));
    rendered.unreached(&found.partial);
    rendered.deployed.roots = found.roots.par_iter().map(root).collect();
    rendered
}

fn mark(sources: &Sources, paths: &BTreeSet<String>, used: Use) {
    for path in paths {
        // What is data inside another object stays that.
        if let Some(source) = sources.at(path).filter(|source| source.used() != Use::Data) {
            source.set_used(used);
        }
    }
}

fn root(root: &roots::Root<'_>) -> Root {
    Root {
        name: root.name.clone(),
        folder: root.folder.clone(),
        declared_at: root.declared_at,
        parent: root.parent.map(|parent| RootIndex(parent as u32)),
        cluster: root.cluster.clone(),
        namespace: root.namespace.clone(),
        incomplete: !root.faults.is_empty(),
        tree: tree(&root.objects),
        given: root.objects.iter().map(given).collect(),
    }
}

fn given(object: &Object<'_>) -> Given {
    let id = object.original_id();
    // What was renamed is remembered with the namespace that none stands for.
    let namespace = match &*id.namespace {
        "default" => "",
        namespace => namespace,
    };
    Given {
        name: (&*id.name).into(),
        namespace: namespace.into(),
    }
}

impl Rendered {
    fn fault(
        &mut self,
        sources: &Sources,
        repository: &Repository<'_>,
        index: RootIndex,
        root: &roots::Root<'_>,
        fault: &Fault,
    ) -> Option<(String, Cause)> {
        let place = fault
            .span
            .or(root.declared_at)
            .or_else(|| own_file(repository, &root.folder));
        let broken = matches!(
            fault.kind,
            FaultKind::Broken | FaultKind::Absent | FaultKind::Limit
        );
        let reason = match fault.kind {
            FaultKind::Remote => Reason::Remote,
            FaultKind::Unsupported if fault.message.contains("chart") => Reason::Chart,
            FaultKind::Unsupported => Reason::Unsupported,
            FaultKind::Broken | FaultKind::Absent | FaultKind::Limit => Reason::NotRendered,
        };
        if let Some(span) = place.filter(|_| broken) {
            self.deployed.failures.push(Failure {
                span,
                message: fault.message.clone(),
                help: fault.help.clone(),
                related: fault.related.clone(),
                root: index,
            });
        }
        // A root of which the rest could be rendered is checked as far as that goes.
        if broken && !root.objects.is_empty() {
            return None;
        }
        let file = place.map_or(root.folder.as_str(), |span| sources.path(span.source));
        // What fails has a finding with its help beside the entry.
        let help = if broken { "" } else { &*fault.help };
        let cause = Cause {
            place: place.map(Span::start_point),
            reason,
            message: fault.message.clone(),
            help: help.to_owned(),
        };
        Some((file.to_owned(), cause))
    }

    /// Components that nobody takes in.
    fn unreached(&mut self, partial: &BTreeSet<String>) {
        let is_kustomization = |path: &&String| {
            let name = path.rsplit('/').next().unwrap_or(path);
            file::NAMES.contains(&name)
        };
        for path in partial.iter().filter(is_kustomization) {
            self.not_checked.push(NotChecked {
                file: path.clone(),
                reason: Reason::Unreached,
                detail: "no root takes this component in".to_owned(),
                place: None,
            });
        }
    }
}

/// Why something is not checked, and in which roots.
type Causes<'a> = BTreeMap<(String, Cause), Vec<&'a str>>;

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cause {
    place: Option<Span>,
    reason: Reason,
    message: String,
    help: String,
}

/// How many roots an entry names.
const NAMED: usize = 3;

fn entry(((file, cause), roots): ((String, Cause), Vec<&str>)) -> NotChecked {
    let named = roots[..roots.len().min(NAMED)].join(", ");
    let named = match roots.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    };
    let help = if cause.help.is_empty() {
        String::new()
    } else {
        format!("; {}", cause.help)
    };
    NotChecked {
        file,
        reason: cause.reason,
        detail: format!("{named}: {}{help}", cause.message),
        place: cause.place,
    }
}

fn own_file(repository: &Repository<'_>, folder: &str) -> Option<Span> {
    let path = file::find(repository, folder).ok()??;
    repository.yaml(&path).ok().map(beginning)
}
