//! The files of the repository that is rendered: those that the run has read, and others as they are met.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use plimsoll_yaml::{Limits, Reader, Source, SourceId, Sources, Span, Tree, Use, decode};

use crate::{Fault, FaultKind, Result};

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A file.
    File,
    /// A folder.
    Folder,
}

/// Where files are read from. Paths are those of [`Source::path`]: with `/`, relative to where the program runs.
pub trait Files: Sync {
    /// What stands at a path, links followed; `None` if nothing does.
    fn kind(&self, path: &str) -> Option<FileKind>;

    /// A file's bytes.
    fn read(&self, path: &str) -> std::io::Result<Vec<u8>>;

    /// The names in a folder, sorted.
    fn list(&self, folder: &str) -> std::io::Result<Vec<(String, FileKind)>>;

    /// The path with all links on it followed, absolute; `None` if nothing stands there.
    fn real(&self, path: &str) -> Option<String>;

    /// Whether a link, or nothing, stands at a path itself. Where that is not known, yes.
    fn is_link(&self, _path: &str) -> bool {
        true
    }
}

/// The files of a run.
pub struct Repository<'s> {
    sources: &'s Sources,
    files: &'s dyn Files,
    limits: Limits,
    kinds: Mutex<HashMap<String, Option<FileKind>>>,
    reals: Mutex<HashMap<String, Option<String>>>,
}

impl<'s> Repository<'s> {
    /// Over what the run has read, with more from `files`.
    pub fn new(sources: &'s Sources, files: &'s dyn Files) -> Self {
        Self {
            sources,
            files,
            limits: Limits::default(),
            kinds: Mutex::default(),
            reals: Mutex::default(),
        }
    }

    /// The sources, those that were met on the way among them.
    pub fn sources(&self) -> &'s Sources {
        self.sources
    }

    /// Where files are read from.
    pub fn files(&self) -> &'s dyn Files {
        self.files
    }

    /// What stands at a path.
    pub fn kind(&self, path: &str) -> Option<FileKind> {
        if self.sources.at(path).is_some() {
            return Some(FileKind::File);
        }
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kind) = kinds.get(path) {
            return *kind;
        }
        let kind = self.files.kind(if path.is_empty() { "." } else { path });
        kinds.insert(path.to_owned(), kind);
        kind
    }

    /// The path of a file with all links on it followed.
    pub(crate) fn real(&self, path: &str) -> Option<String> {
        if self.files.is_link(path) {
            return self.files.real(path);
        }
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        let parent = self.real_folder(folder(path))?;
        Some(format!("{}/{name}", parent.trim_end_matches('/')))
    }

    /// The path of a folder with all links on it followed, looked up once.
    pub(crate) fn real_folder(&self, folder: &str) -> Option<String> {
        let mut reals = self.reals.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(real) = reals.get(folder) {
            return real.clone();
        }
        let real = self
            .files
            .real(if folder.is_empty() { "." } else { folder });
        reals.insert(folder.to_owned(), real.clone());
        real
    }

    /// A file of YAML or JSON, read.
    pub fn yaml(&self, path: &str) -> Result<&'s Source> {
        let source = self.sources.at_or_add(path, |id| -> Result<Source> {
            let text = self.text(path)?;
            let source = Source::new(path, Tree::parse(id, text, &self.limits));
            source.set_used(Use::Fragment);
            Ok(source)
        })?;
        if source.tree.reader() == Reader::Unread {
            // It was met as data before: it is read once more, under a name that no file has.
            return self.sources.at_or_add(&format!("{path}\0"), |id| {
                let text = source.tree.text().to_owned();
                Ok(Source::new(path, Tree::parse(id, text, &self.limits)))
            });
        }
        Ok(source)
    }

    /// A file of text, whatever it holds; `None` if it is no text.
    pub fn data(&self, path: &str) -> Result<Option<&'s Source>> {
        let read = |id: SourceId| {
            let Ok(text) = self.text(path) else {
                return Err(());
            };
            let source = Source::new(path, Tree::unread(id, text));
            Ok(source)
        };
        let source = self.sources.at_or_add(path, read).ok();
        if let Some(source) = source.filter(|source| source.used() != Use::Rendered) {
            source.set_used(Use::Data);
        }
        Ok(source)
    }

    /// A file's bytes, for what is no text.
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>> {
        let bytes = self.files.read(path);
        let bytes = bytes.map_err(|error| Fault::broken(format!("cannot read {path}: {error}")))?;
        if bytes.len() > self.limits.bytes {
            let message = format!(
                "{path} has {} bytes; at most {} are read",
                bytes.len(),
                self.limits.bytes
            );
            return Err(Fault::new(FaultKind::Limit, message));
        }
        Ok(bytes)
    }

    fn text(&self, path: &str) -> Result<String> {
        let bytes = self.bytes(path)?;
        decode(bytes).map_err(|error| Fault::broken(format!("cannot read {path}: {error}")))
    }
}

/// A path from a folder, its `.` and `..` worked in. Leads above where the program runs with `..` in front.
pub fn join(folder: &str, path: &str) -> String {
    let absolute = path.starts_with('/') || (folder.starts_with('/') && !path.starts_with('/'));
    let mut parts: Vec<&str> = Vec::new();
    let from = if path.starts_with('/') { "" } else { folder };
    for part in from.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if absolute {
        format!("/{joined}")
    } else {
        joined
    }
}

/// The folder of a file.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The beginning of a source.
pub fn beginning(source: &Source) -> Span {
    Span {
        source: source.tree.source(),
        start: 0,
        end: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_as_they_are_read() {
        for (from, path, joined) in [
            ("a/b", "../c", "a/c"),
            ("", "./x.yaml", "x.yaml"),
            ("a", "../../b", "../b"),
            ("..", "../b", "../../b"),
            ("/a", "../../b", "/b"),
            ("a", "/b/./c", "/b/c"),
            ("a", ".", "a"),
        ] {
            assert_eq!(join(from, path), joined, "{from} {path}");
        }
    }
}
