//! What holds for a build, and for each kustomization in it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::file::File;
use super::load::is_below;
use super::metadata::Metadata;
use crate::patch::schema::Schemas;
use crate::{Fault, FaultKind, Result};

/// Kustomizations inside each other: people have five.
const DEPTH: usize = 64;

/// The kustomizations that led to the one that is built, the nearest first.
#[derive(Clone, Copy)]
pub(crate) struct Chain<'c> {
    pub(crate) folder: &'c str,
    pub(crate) before: Option<&'c Chain<'c>>,
}

/// The files that a build has read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Read(Arc<Mutex<BTreeSet<String>>>);

impl Read {
    pub(crate) fn note(&self, path: &str) {
        let mut paths = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !paths.contains(path) {
            paths.insert(path.to_owned());
        }
    }

    pub(crate) fn note_all(&self, paths: &BTreeSet<String>) {
        let mut own = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        own.extend(paths.iter().cloned());
    }

    pub(crate) fn paths(&self) -> BTreeSet<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// What holds for a whole build.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    /// What it has read; a base has a list of its own, which is kept with it.
    pub(crate) read: Read,
    /// Files have to lie in or below the folder of their kustomization.
    pub(crate) restrict: bool,
    /// What `buildMetadata` asks for; what is built then depends on the root.
    pub(crate) metadata: Option<Metadata>,
    /// What strategic merges go by, where that is not the API itself; what is built then depends on the root, too.
    pub(crate) openapi: Option<Arc<Schemas>>,
}

impl Scope {
    /// What strategic merges go by.
    pub(crate) fn schemas(&self) -> Arc<Schemas> {
        self.openapi
            .clone()
            .unwrap_or_else(|| Arc::new(Schemas::builtin()))
    }
}

/// One kustomization being built.
pub(crate) struct Target<'t, 's> {
    pub(crate) file: &'t File<'s>,
    pub(crate) chain: Chain<'t>,
    pub(crate) scope: &'t Scope,
}

impl<'c> Chain<'c> {
    pub(crate) fn then(&'c self, folder: &'c str) -> Chain<'c> {
        Chain {
            folder,
            before: Some(self),
        }
    }

    fn all(&self) -> impl Iterator<Item = &'c str> {
        let first = Some(*self);
        std::iter::successors(first, |link| link.before.copied()).map(|link| link.folder)
    }

    /// A kustomization that takes in itself, or a folder that it lies in, would never end.
    pub(crate) fn check(&self, folder: &str) -> Result<()> {
        if let Some(visited) = self.all().find(|visited| is_below(visited, folder)) {
            let message = if visited == folder {
                let by_way_of = self.all().next().filter(|last| *last != folder);
                let by_way_of = by_way_of.map(|last| format!(", by way of {}", shown(last)));
                let by_way_of = by_way_of.unwrap_or_default();
                format!("{} takes in itself{by_way_of}", shown(folder))
            } else {
                format!(
                    "{} holds {}, which takes it in",
                    shown(folder),
                    shown(visited)
                )
            };
            return Err(Fault::broken(message)
                .help("a base has to lie beside what takes it in, or below it"));
        }
        if self.all().count() > DEPTH {
            let message = format!("more than {DEPTH} kustomizations inside each other");
            return Err(Fault::new(FaultKind::Limit, message)
                .help("take in what lies further inside directly"));
        }
        Ok(())
    }
}

fn shown(folder: &str) -> &str {
    if folder.is_empty() { "." } else { folder }
}
