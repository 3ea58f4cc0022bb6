//! What files are to each other: charts, patches, templates.
//!
//! Until roots are rendered, a patch or a chart's template is not judged: it is no whole object, and what it becomes is
//! not known. Each is an entry of the report, so that nothing passes silently.

use std::collections::{BTreeMap, HashMap};

use plimsoll_check::{NotChecked, Origin, Reason, Source};
use plimsoll_yaml::{Limits, Node, Tree};

/// Takes the templates and values of Helm charts out, with one entry for each chart. Returns how many files went.
pub(crate) fn charts(
    texts: &mut Vec<(String, String)>,
    not_checked: &mut Vec<NotChecked>,
) -> usize {
    let folders: Vec<String> = texts
        .iter()
        .filter_map(|(path, _)| path.strip_suffix("Chart.yaml").map(str::to_owned))
        .collect();
    if folders.is_empty() {
        return 0;
    }
    let mut templates: BTreeMap<&str, usize> =
        folders.iter().map(|folder| (folder.as_str(), 0)).collect();
    let before = texts.len();
    texts.retain(|(path, _)| {
        let within = folders.iter().filter_map(|folder| {
            path.strip_prefix(folder.as_str())
                .map(|rest| (folder, rest))
        });
        let Some((folder, rest)) = within.max_by_key(|(folder, _)| folder.len()) else {
            return true;
        };
        let template = rest.starts_with("templates/");
        *templates.entry(folder).or_default() += usize::from(template);
        !(template || rest.starts_with("values") || rest == "Chart.yaml" || rest == "Chart.lock")
    });
    for (folder, count) in templates {
        let file = format!("{folder}Chart.yaml");
        let detail = format!(
            "a Helm chart with {count} templates: charts are not rendered; check what `helm template` prints for it"
        );
        not_checked.push(NotChecked {
            file,
            reason: Reason::Chart,
            detail,
            place: None,
        });
    }
    before - texts.len()
}

/// Marks what is no whole object.
pub(crate) fn classify(sources: &mut [Source], not_checked: &mut Vec<NotChecked>) {
    let mut references = Vec::new();
    for source in sources
        .iter()
        .filter(|source| is_kustomization(&source.path))
    {
        for root in source.tree.documents().filter_map(|document| document.root) {
            references.extend(kustomization(source, root, not_checked));
        }
    }
    // Most trees have no such references, and then nothing is to be found by its path.
    let listed = if references.is_empty() {
        &[]
    } else {
        &*sources
    };
    let by_path: HashMap<String, usize> = listed
        .iter()
        .enumerate()
        .map(|(index, source)| (source.path.to_string(), index))
        .collect();
    for reference in references {
        let Some(source) = by_path
            .get(&reference.file)
            .map(|index| &mut sources[*index])
        else {
            continue;
        };
        if source.origin != Origin::Objects {
            continue;
        }
        source.origin = Origin::Fragment;
        if let Some(what) = reference.what {
            let detail = format!(
                "{what} of {}: kustomizations are not rendered yet; check what `kubectl kustomize` prints",
                reference.by
            );
            not_checked.push(NotChecked {
                file: reference.file,
                reason: Reason::KustomizePatch,
                detail,
                place: None,
            });
        } else {
            silence(source);
        }
    }
    for source in sources
        .iter_mut()
        .filter(|source| source.origin != Origin::Configuration && !source.tree.errors().is_empty())
    {
        broken(source, not_checked);
    }
}

/// A file that is no YAML may be a template, or nothing of ours at all.
fn broken(source: &mut Source, not_checked: &mut Vec<NotChecked>) {
    let text = source.tree.text();
    if text.contains("{{") || text.contains("{%") {
        let detail = "a template (`{{ … }}`) that is no YAML before it is rendered; check what it renders to".to_owned();
        not_checked.push(NotChecked {
            file: source.path.to_string(),
            reason: Reason::Template,
            detail,
            place: None,
        });
        silence(source);
    } else if !text.contains("apiVersion") && !text.contains("kind") {
        silence(source);
    }
}

/// Puts an empty text in the place of one that is not judged.
fn silence(source: &mut Source) {
    source.origin = Origin::Fragment;
    source.tree = Tree::parse(source.tree.source(), "", &Limits::default());
}

fn is_kustomization(path: &str) -> bool {
    matches!(
        path.rsplit('/').next(),
        Some("kustomization.yaml" | "kustomization.yml" | "Kustomization")
    )
}

/// A file that a kustomization refers to.
struct Reference {
    file: String,
    by: String,
    /// What it is there; `None` for data, which is no object of its own and is deployed inside another.
    what: Option<&'static str>,
}

fn kustomization(
    source: &Source,
    root: Node<'_>,
    not_checked: &mut Vec<NotChecked>,
) -> Vec<Reference> {
    let folder = source
        .path
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    let reference = |path: &str, what| {
        Some(Reference {
            file: join(folder, path)?,
            by: source.path.to_string(),
            what,
        })
    };
    let mut found = Vec::new();
    let (mut inline, mut remote) = (None, Vec::new());
    for entry in root.entries() {
        let items = || entry.value.items();
        match entry.name() {
            "patches" | "patchesJson6902" => {
                found.extend(
                    items()
                        .filter_map(|item| item.get("path"))
                        .filter_map(Node::text)
                        .filter_map(|path| reference(path, Some("a patch"))),
                );
                inline = inline.or(items().find_map(|item| item.get("patch")));
            }
            "patchesStrategicMerge" => {
                let (texts, paths): (Vec<_>, Vec<_>) =
                    items().partition(|item| item.text().is_some_and(|text| text.contains('\n')));
                found.extend(
                    paths
                        .into_iter()
                        .filter_map(Node::text)
                        .filter_map(|path| reference(path, Some("a patch"))),
                );
                inline = inline.or(texts.into_iter().next());
            }
            "replacements" => found.extend(
                items()
                    .filter_map(|item| item.get("path"))
                    .filter_map(Node::text)
                    .filter_map(|path| reference(path, Some("a replacement"))),
            ),
            "transformers" | "generators" | "validators" => {
                found.extend(
                    items()
                        .filter_map(Node::text)
                        .filter_map(|path| reference(path, Some("a plugin's configuration"))),
                );
            }
            "configurations" | "crds" => found.extend(
                items()
                    .filter_map(Node::text)
                    .filter_map(|path| reference(path, None)),
            ),
            "openapi" => found.extend(
                entry
                    .value
                    .get("path")
                    .and_then(Node::text)
                    .and_then(|path| reference(path, None)),
            ),
            "configMapGenerator" | "secretGenerator" => found.extend(
                items()
                    .flat_map(data_files)
                    .filter_map(|path| reference(path, None)),
            ),
            "helmCharts" => found.extend(
                items()
                    .filter_map(|item| item.get("valuesFile"))
                    .filter_map(Node::text)
                    .filter_map(|path| reference(path, None)),
            ),
            "resources" | "bases" | "components" => {
                remote.extend(items().filter(|item| item.text().is_some_and(is_remote)))
            }
            _ => {}
        }
    }
    let mut entry = |node: Node<'_>, reason, detail: String| {
        not_checked.push(NotChecked {
            file: source.path.to_string(),
            reason,
            detail,
            place: Some(node.span().start_point()),
        });
    };
    if let Some(patch) = inline {
        entry(patch, Reason::KustomizePatch, "patches written inline: kustomizations are not rendered yet; check what `kubectl kustomize` prints".into());
    }
    for node in remote {
        let name = node.text().unwrap_or_default();
        entry(
            node,
            Reason::Remote,
            format!(
                "{name} is in another repository, and nothing is fetched; keep a copy of it here to have it checked"
            ),
        );
    }
    found
}

/// `files`, `envs` and `env` of a generator: `path` or `key=path`.
fn data_files<'t>(generator: Node<'t>) -> impl Iterator<Item = &'t str> {
    let lists = ["files", "envs"]
        .into_iter()
        .filter_map(move |key| generator.get(key))
        .flat_map(Node::items);
    let texts = lists.chain(generator.get("env")).filter_map(Node::text);
    texts.map(|text| text.split_once('=').map_or(text, |(_, path)| path))
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
