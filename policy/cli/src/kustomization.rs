//! What a kustomization refers to.

use plimsoll_check::{NotChecked, Reason, Source};
use plimsoll_yaml::{Entry, Node};

/// A file that a kustomization refers to.
pub(crate) struct Reference {
    /// The file's path, as it is shown.
    pub(crate) file: String,
    /// The kustomization's path.
    pub(crate) by: String,
    /// What it is there; `None` for data, which is no object of its own and is deployed inside another.
    pub(crate) what: Option<&'static str>,
}

/// The files that are no whole objects: patches, data, the configuration of transformers.
pub(crate) fn references(source: &Source, root: Node<'_>) -> Vec<Reference> {
    let folder = source
        .path
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    let mut found = Vec::new();
    for entry in root.entries() {
        let (what, paths) = paths(entry);
        let files = paths.into_iter().filter_map(|path| join(folder, path));
        found.extend(files.map(|file| Reference {
            file,
            by: source.path.to_string(),
            what,
        }));
    }
    found
}

/// The paths that an entry of a kustomization names, and what the files are.
fn paths(Entry { key, value }: Entry<'_>) -> (Option<&'static str>, Vec<&str>) {
    let texts = || value.items().filter_map(Node::text);
    let fields = |name| {
        value
            .items()
            .filter_map(move |item| item.get(name))
            .filter_map(Node::text)
            .collect()
    };
    match key.text().unwrap_or_default() {
        "patches" | "patchesJson6902" => (Some("a patch"), fields("path")),
        "patchesStrategicMerge" => (
            Some("a patch"),
            texts().filter(|text| !text.contains('\n')).collect(),
        ),
        "replacements" => (Some("a replacement"), fields("path")),
        "transformers" | "generators" | "validators" => {
            (Some("a plugin's configuration"), texts().collect())
        }
        "configurations" | "crds" => (None, texts().collect()),
        "openapi" => (
            None,
            value.get("path").and_then(Node::text).into_iter().collect(),
        ),
        "configMapGenerator" | "secretGenerator" => {
            (None, value.items().flat_map(data_files).collect())
        }
        "helmCharts" => (None, fields("valuesFile")),
        _ => (None, Vec::new()),
    }
}

/// `files`, `envs` and `env` of a generator: `path` or `key=path`.
fn data_files(generator: Node<'_>) -> impl Iterator<Item = &str> {
    let lists = ["files", "envs"]
        .into_iter()
        .filter_map(move |key| generator.get(key))
        .flat_map(Node::items);
    let texts = lists.chain(generator.get("env")).filter_map(Node::text);
    texts.map(|text| text.split_once('=').map_or(text, |(_, path)| path))
}

/// What a kustomization does that is not seen: patches written inline, and what lies in other repositories.
pub(crate) fn not_rendered(source: &Source, root: Node<'_>) -> Vec<NotChecked> {
    let entry = |node: Node<'_>, reason, detail: String| NotChecked {
        file: source.path.to_string(),
        reason,
        detail,
        place: Some(node.span().start_point()),
    };
    let items = |keys: &'static [&str]| {
        keys.iter()
            .filter_map(move |key| root.get(key))
            .flat_map(Node::items)
    };
    let inline = items(&["patches", "patchesJson6902"]).find_map(|item| item.get("patch"));
    let inline = inline.or_else(|| {
        items(&["patchesStrategicMerge"])
            .find(|item| item.text().is_some_and(|text| text.contains('\n')))
    });
    let inline = inline.map(|patch| {
        let detail = "patches written inline";
        entry(patch, Reason::KustomizePatch, detail.to_owned())
    });
    let remote = items(&["resources", "bases", "components"])
        .filter(|item| item.text().is_some_and(is_remote))
        .map(|node| {
            let name = node.text().unwrap_or_default();
            let detail = format!("{name} is in another repository");
            entry(node, Reason::Remote, detail)
        });
    inline.into_iter().chain(remote).collect()
}

fn is_remote(path: &str) -> bool {
    path.contains("://")
        || path.contains("?ref=")
        || path.starts_with("git@")
        || path.starts_with("github.com/")
}

/// A path relative to a folder, without `.` and `..`; `None` if it leads out of the tree.
fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let absolute = folder.starts_with('/');
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_none_or(|last| *last == "..") => parts.push(".."),
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    (!is_remote(path)).then(|| format!("{}{}", if absolute { "/" } else { "" }, parts.join("/")))
}
