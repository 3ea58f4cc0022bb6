//! What deploys which directory: kustomizations, Argo CD Applications, Flux Kustomizations, by the paths of the sources.
//!
//! Nothing is read here. A directory exists if a source lies in it, and a repository is this one if something deploys a
//! directory of it that exists here.

use foldhash::HashSet;
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
            for dir in ancestors(path) {
                // All above it are known, too.
                if !this.dirs.insert(dir) {
                    break;
                }
            }
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
            this.read_flux(inventory, resource);
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

    /// Whether a repository is known to be another one: this one is known, and it is not this one.
    pub(crate) fn is_foreign(&self, repository: &str) -> bool {
        !self.own.is_empty() && !self.own.contains(repository)
    }

    /// Whether a path is a file of the tree.
    pub(crate) fn is_file(&self, path: &str) -> bool {
        self.files.contains(path)
    }

    /// Whether a directory has a kustomization.
    pub(crate) fn builds(&self, dir: &str) -> bool {
        KUSTOMIZATIONS.iter().any(|name| self.holds(dir, name))
    }

    /// Whether a path lies where the run looked, so that what is not found there is not there.
    pub(crate) fn is_within(&self, path: &str) -> bool {
        let base = self.bases.first().copied().unwrap_or_default();
        let inside = base.is_empty()
            || path
                .strip_prefix(base)
                .is_some_and(|rest| rest.starts_with('/'));
        inside && self.files.len() > 1
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

    fn read_flux(&mut self, inventory: &Inventory<'s>, resource: &Resource<'s>) {
        let Some(spec) = resource.spec() else { return };
        let source = |key| spec.at(&["sourceRef", key]).and_then(Node::text);
        let path = spec
            .get("path")
            .filter(|path| path.text().is_some_and(|text| !text.contains("${")));
        let from_git = source("kind") == Some("GitRepository");
        let (namespace, name) = (
            source("namespace").unwrap_or(resource.namespace()),
            source("name").unwrap_or_default(),
        );
        let url = inventory
            .find(Kind::GitRepository, namespace, name)
            .filter(|_| from_git);
        let url = url.and_then(|git| git.field("spec.url")?.text());
        let repository = url.map_or_else(
            || format!("{} {namespace}/{name}", source("kind").unwrap_or_default()),
            repository,
        );
        self.deliveries.push(Delivery {
            owner: resource.index(),
            node: spec,
            repository,
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

/// A repository's URL without what does not tell it from others: `git@host:a/b.git` is `https://host/a/b`.
pub(crate) fn repository(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split_once('@').map_or(rest, |(_, rest)| rest);
    let plain = rest.trim_end_matches('/').trim_end_matches(".git");
    plain.replace(':', "/").to_ascii_lowercase()
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
    KUSTOMIZATIONS.contains(&file_name(path))
}

/// What a kustomization may be called.
const KUSTOMIZATIONS: &[&str] = &["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Whether a version is one version: three numbers, not a range, not a part of one.
pub(crate) fn is_exact_version(version: &str) -> bool {
    let core = version
        .trim_start_matches('v')
        .split(['-', '+'])
        .next()
        .unwrap_or_default();
    let numbers: Vec<_> = core.split('.').collect();
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    numbers.len() == 3 && numbers.iter().all(digits) && !version.contains([' ', '|', ','])
}

/// Whether a git revision is a branch by custom; none is the default branch.
pub(crate) fn is_branch(revision: &str) -> bool {
    matches!(
        revision,
        "" | "HEAD" | "main" | "master" | "develop" | "trunk"
    ) || revision.starts_with("refs/heads/")
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
    upward(directory(path))
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
            Some(dir) => upward(dir)
                .find(|dir| {
                    dir.is_empty()
                        || path
                            .strip_prefix(*dir)
                            .is_some_and(|rest| rest.starts_with('/'))
                })
                .unwrap_or_default(),
        });
    }
    upward(common.unwrap_or_default()).collect()
}

/// A directory and all above it.
pub(crate) fn upward(dir: &str) -> impl Iterator<Item = &str> {
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
