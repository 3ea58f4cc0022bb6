//! What the kustomizations of a repository refer to, before anything is built.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_yaml::{Node, Source};

use super::ground::Ground;
use crate::{FileKind, Repository, folder, join};

/// What a kustomization may be called, in the order in which kustomize looks for it.
pub(super) const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// The kustomization of a folder.
pub(super) fn kustomization_in(repository: &Repository<'_>, folder: &str) -> Option<String> {
    let paths = NAMES.iter().map(|name| join(folder, name));
    paths
        .into_iter()
        .find(|path| repository.kind(path) == Some(FileKind::File))
}

/// Whether a file is read as a kustomization.
pub(super) fn is_kustomization(path: &str) -> bool {
    NAMES.contains(&path.rsplit('/').next().unwrap_or_default())
}

/// What the kustomizations refer to.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Folders with a kustomization that nobody refers to and that is no component, with its file.
    pub(super) roots: BTreeMap<String, String>,
    /// Files and folders that a kustomization takes in, as whatever.
    pub(super) referred: BTreeSet<String>,
    /// Files that are no whole objects: patches, data, configurations, the kustomizations themselves; and all that only
    /// components take in.
    pub(super) partial: BTreeSet<String>,
}

/// Reads every kustomization.
pub(super) fn scan(ground: &Ground<'_, '_>) -> Scan {
    let mut scan = Scan::default();
    let mut found = Vec::new();
    for source in &ground.sources {
        if let Some(node) = kustomization(source) {
            let component = node.get("kind").and_then(Node::text) == Some("Component");
            scan.partial.insert(source.path.to_string());
            scan.read(folder(&source.path), node, component);
            found.push((source, component));
        }
    }
    for (source, component) in found {
        let dir = folder(&source.path);
        if !component && !scan.referred.contains(dir) && !scan.referred.contains(&*source.path) {
            scan.roots.insert(dir.to_owned(), source.path.to_string());
        }
    }
    scan
}

/// The map of a kustomization; not of one of Flux's that has the name of a file of kustomize's.
fn kustomization(source: &Source) -> Option<Node<'_>> {
    if !is_kustomization(&source.path) {
        return None;
    }
    let mut roots = source.tree.documents().filter_map(|document| document.root);
    let root = roots.next()?;
    let version = root.get("apiVersion").and_then(Node::text);
    let own = version.is_none_or(|version| version.starts_with("kustomize.config.k8s.io/"));
    (root.is_mapping() && own).then_some(root)
}

impl Scan {
    fn read(&mut self, dir: &str, node: Node<'_>, component: bool) {
        let list = |key| node.get(key).into_iter().flat_map(Node::items);
        for entry in ["resources", "bases", "components"]
            .into_iter()
            .flat_map(list)
        {
            self.refer(dir, entry.text(), component);
        }
        let plain = [
            "crds",
            "configurations",
            "generators",
            "transformers",
            "validators",
            "patchesStrategicMerge",
        ];
        for entry in plain.into_iter().flat_map(list) {
            self.refer(dir, entry.text(), true);
        }
        let named = ["patches", "patchesJson6902", "replacements"];
        for entry in named.into_iter().flat_map(list) {
            self.refer(dir, entry.get("path").and_then(Node::text), true);
        }
        self.refer(
            dir,
            node.at(&["openapi", "path"]).and_then(Node::text),
            true,
        );
        for generator in ["configMapGenerator", "secretGenerator"]
            .into_iter()
            .flat_map(list)
        {
            for key in ["files", "envs"] {
                for file in generator.get(key).into_iter().flat_map(Node::items) {
                    let text = file.text();
                    let path = text.map(|text| text.split_once('=').map_or(text, |(_, path)| path));
                    self.refer(dir, path, true);
                }
            }
            self.refer(dir, generator.get("env").and_then(Node::text), true);
        }
        for chart in list("helmCharts") {
            self.refer(dir, chart.get("valuesFile").and_then(Node::text), true);
            let more = chart.get("additionalValuesFiles").into_iter();
            for file in more.flat_map(Node::items) {
                self.refer(dir, file.text(), true);
            }
        }
    }

    fn refer(&mut self, dir: &str, path: Option<&str>, partial: bool) {
        let Some(path) = path.filter(|path| !path.contains("://") && !path.contains('\n')) else {
            return;
        };
        let path = join(dir, path);
        if partial {
            self.partial.insert(path.clone());
        }
        self.referred.insert(path);
    }
}
