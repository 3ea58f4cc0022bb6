//! Files that are not judged as they stand and that no root renders: charts, and templates.
//!
//! What becomes of them is not known. Each is an entry of the report, so that nothing passes silently.

use std::collections::BTreeMap;

use plimsoll_check::{NotChecked, Reason, Source, Sources, Use};

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

/// Takes out what is no YAML of ours: the files of charts, templates, and texts that only look like YAML by their names.
pub(crate) fn classify(sources: &Sources, not_checked: &mut Vec<NotChecked>) {
    for source in sources.iter() {
        match source.used() {
            Use::Objects | Use::Fragment if source.path.ends_with("Chart.yaml") => {
                source.set_used(Use::Data);
            }
            Use::Objects | Use::Fragment if !source.tree.errors().is_empty() => {
                broken(source, not_checked);
            }
            _ => {}
        }
    }
}

/// A file that is no YAML may be a template, or nothing of ours at all.
fn broken(source: &Source, not_checked: &mut Vec<NotChecked>) {
    let text = source.tree.text();
    if text.contains("{{") || text.contains("{%") {
        let detail = "a template (`{{ … }}`) that is no YAML before it is rendered".to_owned();
        not_checked.push(NotChecked {
            file: source.path.to_string(),
            reason: Reason::Template,
            detail,
            place: None,
        });
        source.set_used(Use::Data);
    } else if !text.contains("apiVersion") && !text.contains("kind") {
        source.set_used(Use::Data);
    }
}
