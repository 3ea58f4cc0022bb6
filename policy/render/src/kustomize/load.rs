//! What a kustomization may load, and from where.

use plimsoll_yaml::{Source, Span};

use super::generate::Data;
use super::remote;
use super::scope::Read;
use crate::repository::beginning;
use crate::{Fault, FaultKind, FileKind, Repository, Result, Text, join};

/// Loads what one kustomization names.
pub(crate) struct Loader<'a, 's> {
    /// Where it notes what it loads.
    pub(crate) read: &'a Read,
    pub(crate) repository: &'a Repository<'s>,
    /// The folder that paths start from.
    pub(crate) folder: &'a str,
    /// Files have to lie in or below the folder.
    pub(crate) restrict: bool,
    /// A folder with copies of what lies elsewhere.
    pub(crate) copies: Option<&'a str>,
}

/// Data of a file.
pub(crate) struct Loaded<'s> {
    pub(crate) data: Data<'s>,
    /// Where it begins.
    pub(crate) span: Span,
}

/// What a path leads to.
pub(crate) enum Found {
    File(String),
    Folder(String),
}

impl<'s> Loader<'_, 's> {
    /// The path of what an entry names, where it is a file.
    pub(crate) fn file(&self, path: &str, by: Span) -> Result<String> {
        match self.target(path, by)? {
            Found::File(path) => Ok(path),
            Found::Folder(folder) => Err(Fault::broken(format!(
                "{folder} is a folder, and a file is wanted here"
            ))
            .at(by)),
        }
    }

    /// What an entry names: a file or a folder.
    pub(crate) fn target(&self, path: &str, by: Span) -> Result<Found> {
        let joined = join(self.folder, path);
        match self.repository.kind(&joined) {
            Some(FileKind::File) => {
                self.check_within(&joined, by)?;
                Ok(Found::File(joined))
            }
            Some(FileKind::Folder) => Ok(Found::Folder(joined)),
            None if remote::is_remote(path) => self.copy(path, by),
            None => Err(missing(&joined, path).at(by)),
        }
    }

    /// A copy of what lies elsewhere, if there is one.
    fn copy(&self, url: &str, by: Span) -> Result<Found> {
        let kept = self
            .copies
            .into_iter()
            .flat_map(|copies| remote::places(copies, url));
        for place in kept {
            match self.repository.kind(&place) {
                Some(FileKind::File) => return Ok(Found::File(place)),
                Some(FileKind::Folder) => return Ok(Found::Folder(place)),
                None => {}
            }
        }
        let message = format!("{url} is not in this repository, and nothing is fetched");
        Err(Fault::new(FaultKind::Remote, message)
            .help(remote::advice(url))
            .at(by))
    }

    /// A file of YAML that an entry names.
    pub(crate) fn yaml(&self, path: &str, by: Span) -> Result<&'s Source> {
        let path = self.file(path, by)?;
        self.read.note(&path);
        let source = self.repository.yaml(&path).map_err(|fault| fault.at(by))?;
        match source.tree.errors().first() {
            None => Ok(source),
            Some(error) => Err(
                Fault::broken(format!("{path} is no YAML: {}", error.message))
                    .at(by)
                    .related(error.span, "here"),
            ),
        }
    }

    /// A file's data.
    pub(crate) fn data(&self, path: &str, by: Span) -> Result<Loaded<'s>> {
        let path = self.file(path, by)?;
        self.read.note(&path);
        let source = self.repository.data(&path).map_err(|fault| fault.at(by))?;
        if let Some(source) = source {
            let text = source.tree.text();
            return Ok(Loaded {
                data: Data::Text(Text::Source(text)),
                span: beginning(source),
            });
        }
        let bytes = self.repository.bytes(&path).map_err(|fault| fault.at(by))?;
        Ok(Loaded {
            data: Data::Bytes(bytes),
            span: by,
        })
    }

    /// A file outside the kustomization's folder could be anything of the machine that builds.
    fn check_within(&self, path: &str, by: Span) -> Result<()> {
        if !self.restrict {
            return Ok(());
        }
        let repository = self.repository;
        let within = match (repository.real(path), repository.real_folder(self.folder)) {
            (Some(file), Some(folder)) => is_below(&file, &folder),
            // What is only in memory has no links.
            _ => is_below(path, self.folder),
        };
        if within {
            return Ok(());
        }
        let here = if self.folder.is_empty() {
            "."
        } else {
            self.folder
        };
        Err(Fault::broken(format!(
            "{path} is not in or below {here}: kustomize does not load it"
        ))
        .help("move the file below the kustomization, or make its folder a base and take that in")
        .at(by))
    }
}

/// Whether a path lies below a folder.
pub(crate) fn is_below(path: &str, folder: &str) -> bool {
    match path.strip_prefix(folder) {
        Some(rest) => {
            folder.is_empty() && !path.starts_with("..")
                || folder == "/"
                || rest.starts_with('/')
                || rest.is_empty()
        }
        None => false,
    }
}

fn missing(joined: &str, path: &str) -> Box<Fault> {
    let fault = Fault::broken(format!("{joined} does not exist"));
    if path.contains("${") || path.contains("{{") {
        fault.help("it holds a placeholder that nothing fills in here")
    } else {
        fault.help("mend the path, or add the file")
    }
}
