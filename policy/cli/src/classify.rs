//! What files are to each other: charts, patches, templates.
//!
//! Until roots are rendered, a patch or a chart's template is not judged: it is no whole object, and what it becomes is
//! not known. Each is an entry of the report, so that nothing passes silently.

use std::collections::{BTreeMap, HashMap};

use plimsoll_check::{NotChecked, Reason, Source, Use};
use plimsoll_yaml::{Limits, Tree};

use crate::kustomization;

/// Takes the templates and values of Helm charts out, with one entry for each chart. Returns how many files went. The
/// `Chart.yaml` stays, so that it is known where charts are.
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
        !(template || rest.starts_with("values") || rest == "Chart.lock")
    });
    for (folder, count) in templates {
        let file = format!("{folder}Chart.yaml");
        let detail = format!("a Helm chart with {count} templates");
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
    for source in sources
        .iter_mut()
        .filter(|source| source.path.ends_with("Chart.yaml"))
    {
        silence(source);
    }
    let mut references = Vec::new();
    for source in sources
        .iter()
        .filter(|source| is_kustomization(&source.path))
    {
        for root in source.tree.documents().filter_map(|document| document.root) {
            references.extend(kustomization::references(source, root));
            not_checked.extend(kustomization::not_rendered(source, root));
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
        if source.used() != Use::Objects {
            continue;
        }
        source.set_used(Use::Fragment);
        if let Some(what) = reference.what {
            let detail = format!("{what} of {}", reference.by);
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
        .filter(|source| source.used() != Use::Configuration && !source.tree.errors().is_empty())
    {
        broken(source, not_checked);
    }
}

/// A file that is no YAML may be a template, or nothing of ours at all.
fn broken(source: &mut Source, not_checked: &mut Vec<NotChecked>) {
    let text = source.tree.text();
    if text.contains("{{") || text.contains("{%") {
        let detail = "a template (`{{ … }}`) that is no YAML before it is rendered".to_owned();
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
    source.set_used(Use::Fragment);
    source.tree = Tree::parse(source.tree.source(), "", &Limits::default());
}

fn is_kustomization(path: &str) -> bool {
    matches!(
        path.rsplit('/').next(),
        Some("kustomization.yaml" | "kustomization.yml" | "Kustomization")
    )
}
