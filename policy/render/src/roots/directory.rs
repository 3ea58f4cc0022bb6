//! A folder of plain files, as Argo CD deploys one. Source: `findManifests` of its repository server.

use globset::{Glob, GlobMatcher};
use plimsoll_yaml::Node;

use super::ground::is_link;
use super::plan::{is_true, text};
use crate::{At, Fault, FaultKind, FileKind, Repository, Result, Value, beginning, join};

/// The files, relative to the folder.
pub(super) fn files(
    repository: &Repository<'_>,
    folder: &str,
    options: Option<&Value<'_>>,
    faults: &mut Vec<Fault>,
) -> Result<Vec<String>> {
    let glob = |key| {
        let value = options.and_then(|options| options.get(key));
        let pattern = value.and_then(|value| Some((value.text()?, value.origin.span)));
        let pattern = pattern.filter(|(pattern, _)| !pattern.is_empty());
        pattern.map(|(pattern, span)| {
            let glob = Glob::new(pattern).map_err(|error| Fault::broken(error.to_string()));
            glob.map(|glob| glob.compile_matcher()).at(span)
        })
    };
    let mut walk = Walk {
        repository,
        recurse: options.is_some_and(|options| is_true(options, &["recurse"])),
        include: glob("include").transpose()?,
        exclude: glob("exclude").transpose()?,
        found: Vec::new(),
        faults,
    };
    walk.folder(folder, "");
    if let Some(jsonnet) = options.and_then(|options| options.get("jsonnet"))
        && text(jsonnet, &["libs"]).is_none()
        && !jsonnet.entries().is_empty()
        && walk.found.is_empty()
    {
        return Err(
            Fault::new(FaultKind::Unsupported, "Jsonnet is not run").at(jsonnet.origin.span)
        );
    }
    Ok(walk.found)
}

struct Walk<'a, 's> {
    repository: &'a Repository<'s>,
    recurse: bool,
    include: Option<GlobMatcher>,
    exclude: Option<GlobMatcher>,
    found: Vec<String>,
    faults: &'a mut Vec<Fault>,
}

impl Walk<'_, '_> {
    fn folder(&mut self, root: &str, inner: &str) {
        let dir = join(root, inner);
        let names = self.repository.files().list(&dir);
        for (name, kind) in names.unwrap_or_default() {
            let path = join(inner, &name);
            match kind {
                FileKind::Folder if self.recurse && name != ".git" => {
                    if !is_link(self.repository, &dir, &name) {
                        self.folder(root, &path);
                    }
                }
                FileKind::File if self.is_taken(&path) => self.file(root, path),
                FileKind::File | FileKind::Folder => {}
            }
        }
    }

    fn is_taken(&self, path: &str) -> bool {
        let excluded = self
            .exclude
            .as_ref()
            .is_some_and(|glob| glob.is_match(path));
        !excluded && self.include.as_ref().is_none_or(|glob| glob.is_match(path))
    }

    fn file(&mut self, root: &str, path: String) {
        let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
        let full = join(root, &path);
        match ending {
            "jsonnet" => {
                let message = format!("{full} is Jsonnet, which is not run");
                self.faults
                    .push(*Fault::new(FaultKind::Unsupported, message));
            }
            "yaml" | "yml" | "json" => match self.holds_objects(&full) {
                Ok(true) => self.found.push(path),
                Ok(false) => {}
                Err(fault) => self.faults.push(*fault),
            },
            _ => {}
        }
    }

    /// Argo CD passes over what looks like no object at all, and stops at what looks like a broken one.
    fn holds_objects(&self, path: &str) -> Result<bool> {
        let source = self.repository.yaml(path)?;
        let roots = source.tree.documents().filter_map(|document| document.root);
        let roots: Vec<Node<'_>> = roots.collect();
        let has = |node: Node<'_>, key| node.get(key).is_some_and(|value| !value.is_null());
        let whole = !roots.is_empty() && roots.iter().all(|root| has(*root, "kind"));
        if whole && source.tree.errors().is_empty() {
            return Ok(true);
        }
        let text = source.tree.text();
        let meant = ["apiVersion:", "kind:", "metadata:"]
            .iter()
            .all(|key| text.contains(key));
        if meant {
            let message = format!(
                "Argo CD takes in {path} here, and cannot read all of it as Kubernetes objects"
            );
            return Err(Fault::broken(message).at(beginning(source)));
        }
        Ok(false)
    }
}
