//! What deploys which directory: kustomizations, Argo CD Applications, Flux Kustomizations, by the paths of the sources.
//!
//! Nothing is read here. A directory exists if a source lies in it, and a repository is this one if something deploys a
//! directory of it that exists here.

use std::collections::HashSet;

use plimsoll_yaml::Node;

use crate::{Inventory, Kind, Resource, ResourceIndex};

/// A kustomization file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kustomization<'s> {
    /// Its directory; empty for the tree's root.
    pub(crate) dir: &'s str,
    /// Its map.
    pub(crate) node: Node<'s>,
}

/// One source of an Application, an `ApplicationSet`'s template, or a Flux Kustomization.
#[derive(Clone, Debug)]
pub(crate) struct Delivery<'s> {
    /// The object.
    pub(crate) owner: ResourceIndex,
    /// The map that names repository and path.
    pub(crate) node: Node<'s>,
    /// What tells the repository from others: its URL, or the Flux source's namespace and name.
    pub(crate) repository: String,
    /// The path as written, where there is one.
    pub(crate) path: Option<Node<'s>>,
    /// The path in the tree, if a source lies there.
    pub(crate) dir: Option<String>,
    /// Branch, tag or commit; empty for the default.
    pub(crate) revision: &'s str,
    /// The namespace that it deploys into.
    pub(crate) namespace: Option<&'s str>,
    /// Deletes from the cluster what is gone from the repository.
    pub(crate) prune: bool,
    /// A Helm chart by its name, from a repository of charts.
    pub(crate) chart: bool,
}

/// The directories of the tree, and what deploys them.
#[derive(Debug, Default)]
pub(crate) struct GitOps<'s> {
    files: HashSet<&'s str>,
    dirs: HashSet<&'s str>,
    bases: Vec<&'s str>,
    kustomizations: Vec<Kustomization<'s>>,
    deliveries: Vec<Delivery<'s>>,
    own: HashSet<String>,
}

impl<'s> GitOps<'s> {
    pub(crate) fn new(inventory: &Inventory<'s>) -> Self {
        let mut this = Self::default();
        for source in inventory.sources().iter() {
            let path = plain(&source.path);
            this.files.insert(path);
            this.dirs.extend(ancestors(path));
            if is_kustomization(path) {
                let roots = source.tree.documents().filter_map(|document| document.root);
                let dir = directory(path);
                this.kustomizations
                    .extend(roots.map(|node| Kustomization { dir, node }));
            }
        }
        this.bases = bases(&this.files);
        for resource in [Kind::Application, Kind::ApplicationSet]
            .into_iter()
            .flat_map(|kind| inventory.of_kind(kind))
        {
            this.read_application(resource);
        }
        for resource in inventory.of_kind(Kind::FluxKustomization) {
            this.read_flux(resource);
        }
        let proven = this
            .deliveries
            .iter()
            .filter(|delivery| delivery.dir.as_deref().is_some_and(|dir| !dir.is_empty()));
        this.own = proven.map(|delivery| delivery.repository.clone()).collect();
        this
    }

    /// Every kustomization of the tree.
    pub(crate) fn kustomizations(&self) -> &[Kustomization<'s>] {
        &self.kustomizations
    }

    /// Everything that Argo CD and Flux deploy.
    pub(crate) fn deliveries(&self) -> &[Delivery<'s>] {
        &self.deliveries
    }

    /// Whether a repository is this one: something deploys a directory of it that is here.
    pub(crate) fn is_own(&self, repository: &str) -> bool {
        self.own.contains(repository)
    }

    /// Whether this repository is known at all, so that others can be told from it.
    pub(crate) fn knows_own(&self) -> bool {
        !self.own.is_empty()
    }

    /// Whether a file or a directory of the tree has a path.
    pub(crate) fn has(&self, path: &str) -> bool {
        path.is_empty() || self.files.contains(path) || self.dirs.contains(path)
    }

    /// Whether a directory holds a file.
    pub(crate) fn holds(&self, dir: &str, file: &str) -> bool {
        resolve(dir, file).is_some_and(|path| self.files.contains(path.as_str()))
    }

    /// Where a path of the repository lies in the tree: the program may run above or below the repository's root.
    fn place(&self, path: &str) -> Option<String> {
        let found = |base: &&str| resolve(base, path).filter(|path| self.has(path));
        self.bases.iter().find_map(found)
    }

    fn read_application(&mut self, resource: &Resource<'s>) {
        let template = if resource.kind == Kind::ApplicationSet {
            "spec.template.spec"
        } else {
            "spec"
        };
        let Some(spec) = resource.field(template) else {
            return;
        };
        let namespace = spec.at(&["destination", "namespace"]).and_then(Node::text);
        let prune = spec
            .at(&["syncPolicy", "automated", "prune"])
            .and_then(Node::bool)
            == Some(true);
        let many = spec.get("sources").into_iter().flat_map(Node::items);
        for node in spec.get("source").into_iter().chain(many) {
            let path = node
                .get("path")
                .filter(|path| path.text().is_some_and(|text| !text.contains("{{")));
            self.deliveries.push(Delivery {
                owner: resource.index(),
                node,
                repository: repository(
                    node.get("repoURL").and_then(Node::text).unwrap_or_default(),
                ),
                path,
                dir: path.and_then(Node::text).and_then(|path| self.place(path)),
                revision: node
                    .get("targetRevision")
                    .and_then(Node::text)
                    .unwrap_or_default(),
                namespace,
                prune,
                chart: node.get("chart").is_some(),
            });
        }
    }

    fn read_flux(&mut self, resource: &Resource<'s>) {
        let Some(spec) = resource.spec() else { return };
        let source = |key| spec.at(&["sourceRef", key]).and_then(Node::text);
        let path = spec
            .get("path")
            .filter(|path| path.text().is_some_and(|text| !text.contains("${")));
        let from_git = source("kind") == Some("GitRepository");
        self.deliveries.push(Delivery {
            owner: resource.index(),
            node: spec,
            repository: format!(
                "{} {}/{}",
                source("kind").unwrap_or_default(),
                source("namespace").unwrap_or(resource.namespace()),
                source("name").unwrap_or_default()
            ),
            path,
            dir: path
                .and_then(Node::text)
                .filter(|_| from_git)
                .and_then(|path| self.place(path)),
            revision: "",
            namespace: spec.get("targetNamespace").and_then(Node::text),
            prune: spec.get("prune").and_then(Node::bool) == Some(true),
            chart: false,
        });
    }
}

/// A repository's URL without what does not tell it from others.
fn repository(url: &str) -> String {
    url.trim_end_matches('/')
        .trim_end_matches(".git")
        .to_ascii_lowercase()
}

/// A path as it is shown, without a leading `./`.
pub(crate) fn plain(path: &str) -> &str {
    path.strip_prefix("./").unwrap_or(path)
}

/// The directory of a file; empty for the tree's root.
pub(crate) fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// A file's name.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Whether kustomize reads a file as a kustomization.
pub(crate) fn is_kustomization(path: &str) -> bool {
    matches!(
        file_name(path),
        "kustomization.yaml" | "kustomization.yml" | "Kustomization"
    )
}

/// Joins a relative path to a directory, `.` and `..` worked in; `None` if it leads out of the tree.
pub(crate) fn resolve(dir: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = dir.split('/').filter(|part| !part.is_empty()).collect();
    let absolute = dir.starts_with('/');
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_none_or(|last| *last == "..") => return None,
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    Some(if absolute {
        format!("/{joined}")
    } else {
        joined
    })
}

fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(directory(path)), |dir| {
        (!dir.is_empty()).then(|| directory(dir))
    })
}

/// Directories that may be the repository's root: where the program runs, and what lies above all files.
fn bases<'s>(files: &HashSet<&'s str>) -> Vec<&'s str> {
    let mut common: Option<&'s str> = None;
    // The result is the same in any order.
    let mut sorted: Vec<_> = files.iter().copied().collect();
    sorted.sort_unstable();
    for path in sorted {
        common = Some(match common {
            None => directory(path),
            Some(dir) => ancestors_of_dir(dir)
                .find(|dir| {
                    dir.is_empty()
                        || path
                            .strip_prefix(*dir)
                            .is_some_and(|rest| rest.starts_with('/'))
                })
                .unwrap_or_default(),
        });
    }
    ancestors_of_dir(common.unwrap_or_default()).collect()
}

fn ancestors_of_dir(dir: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(dir), |dir| (!dir.is_empty()).then(|| directory(dir)))
}

#[cfg(test)]
mod tests {
    use super::{bases, resolve};

    #[test]
    fn paths_stay_in_the_tree() {
        assert_eq!(
            resolve("apps/api/overlays", "../base/./x.yaml").as_deref(),
            Some("apps/api/base/x.yaml")
        );
        assert_eq!(resolve("apps", "../../elsewhere"), None);
        assert_eq!(resolve("", "./apps/").as_deref(), Some("apps"));
        assert_eq!(resolve("/tmp/x", "a").as_deref(), Some("/tmp/x/a"));
    }

    #[test]
    fn the_root_lies_above_all_files() {
        let files = ["repo/a/x.yaml", "repo/a/b/y.yaml", "repo/ab/z.yaml"]
            .into_iter()
            .collect();
        assert_eq!(bases(&files), ["repo", ""]);
    }
}
