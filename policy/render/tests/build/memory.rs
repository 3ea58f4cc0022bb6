//! Files in memory.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};

use plimsoll_render::kustomize::{Kustomize, Options};
use plimsoll_render::{Build, Built, FileKind, Files, Repository, Request};
use plimsoll_yaml::Sources;

/// Files by path.
#[derive(Default)]
pub(crate) struct Memory(pub(crate) BTreeMap<String, Vec<u8>>);

impl Memory {
    /// Adds a file.
    pub(crate) fn add(&mut self, path: impl Into<String>, text: impl Into<Vec<u8>>) {
        self.0.insert(path.into(), text.into());
    }

    /// Builds a folder, and has a look at what comes of it.
    pub(crate) fn build<T>(&self, folder: &str, look: impl FnOnce(&Built<'_>, &Sources) -> T) -> T {
        let sources = Sources::new(Vec::new());
        let repository = Repository::new(&sources, self);
        let options = Options {
            copies: Some("copies".to_owned()),
        };
        let kustomize = Kustomize::new(&repository, options);
        let built = Build::build(&kustomize, &Request::kustomization(folder));
        look(&built, &sources)
    }
}

impl Files for Memory {
    fn kind(&self, path: &str) -> Option<FileKind> {
        if self.0.contains_key(path) {
            return Some(FileKind::File);
        }
        let inside = format!("{path}/");
        let next = self.0.range(inside.clone()..).next();
        let folder = path == "." || next.is_some_and(|(file, _)| file.starts_with(&inside));
        folder.then_some(FileKind::Folder)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>> {
        let bytes = self.0.get(path).cloned();
        bytes.ok_or_else(|| Error::from(ErrorKind::NotFound))
    }

    fn list(&self, _: &str) -> Result<Vec<(String, FileKind)>> {
        Err(Error::from(ErrorKind::Unsupported))
    }

    fn real(&self, path: &str) -> Option<String> {
        let path = path.trim_start_matches("./");
        Some(
            format!("/repository/{path}")
                .trim_end_matches("/.")
                .to_owned(),
        )
    }
}
