//! Names that tell roots apart.

use std::collections::BTreeMap;

use super::ground::file_of;
use super::{Root, RootKind};
use crate::Repository;

/// Another name for a root, which is at an index.
type Step<'a> = &'a dyn Fn(usize, &Root<'_>) -> String;

/// Gives namesakes of a kind different names: the namespace in front if that tells them apart, else the file that declares
/// them, else their folders, else the root that deploys them.
pub(super) fn settle(roots: &mut [Root<'_>], namespaces: &[String], repository: &Repository<'_>) {
    let own = |at: usize, root: &Root<'_>| match namespaces[at].as_str() {
        "" => root.name.clone(),
        namespace => format!("{namespace}/{}", root.name),
    };
    let steps: [Step<'_>; 3] = [
        &own,
        &|_, root| match root.declared_at {
            Some(span) => format!("{} ({})", root.name, file_of(repository, span)),
            None => root.name.clone(),
        },
        &|_, root| format!("{} → {}", root.name, root.folder),
    ];
    for step in steps {
        rename(roots, step);
    }
    let names: Vec<String> = roots.iter().map(|root| root.name.clone()).collect();
    rename(roots, &|_, root| match root.parent {
        Some(parent) => format!("{} < {}", root.name, names[parent]),
        None => root.name.clone(),
    });
}

/// Renames all of those of a kind that share a name, if that makes any difference between them.
fn rename(roots: &mut [Root<'_>], step: Step<'_>) {
    let mut namesakes: BTreeMap<(RootKind, String), Vec<usize>> = BTreeMap::new();
    for (at, root) in roots.iter().enumerate() {
        namesakes
            .entry((root.kind, root.name.clone()))
            .or_default()
            .push(at);
    }
    for namesakes in namesakes.values().filter(|namesakes| namesakes.len() > 1) {
        let names: Vec<String> = namesakes.iter().map(|at| step(*at, &roots[*at])).collect();
        if names.iter().any(|name| *name != names[0]) {
            for (at, name) in namesakes.iter().zip(names) {
                roots[*at].name = name;
            }
        }
    }
}
