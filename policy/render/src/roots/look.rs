//! The objects of all files, and what of them tells where repositories begin: one look at each, on all cores where there
//! are many.

use plimsoll_yaml::{Node, Source};
use rayon::prelude::*;

use super::ground::Raw;
use super::plan;

/// A repository and a path in it, by the file that names them.
pub(super) struct Named<'s> {
    pub(super) url: &'s str,
    pub(super) from: &'s str,
    pub(super) path: &'s str,
}

/// What was seen, in order of the files.
#[derive(Default)]
pub(super) struct Seen<'s> {
    /// Every object.
    pub(super) raw: Vec<Raw<'s>>,
    /// The repositories that objects name.
    pub(super) named: Vec<Named<'s>>,
    /// The paths of objects that name what they are synced from, each with its file.
    pub(super) synced: Vec<(&'s str, &'s str)>,
}

/// Below this, starting threads costs more than they save.
const WORTH_THREADS: usize = 64;

/// Looks at sources.
pub(super) fn look<'s>(sources: &[&'s Source]) -> Seen<'s> {
    let some = |sources: &[&'s Source]| {
        let mut seen = Seen::default();
        for source in sources {
            seen.source(source);
        }
        seen
    };
    if sources.len() < WORTH_THREADS {
        return some(sources);
    }
    let parts: Vec<Seen<'s>> = sources.par_chunks(WORTH_THREADS).map(some).collect();
    let mut whole = Seen::default();
    for mut part in parts {
        whole.raw.append(&mut part.raw);
        whole.named.append(&mut part.named);
        whole.synced.append(&mut part.synced);
    }
    whole
}

impl<'s> Seen<'s> {
    fn source(&mut self, source: &'s Source) {
        for node in objects(source) {
            let text = |key| node.get(key).and_then(Node::text).unwrap_or_default();
            let path = &*source.path;
            let sync = plan::sync_kind(text("apiVersion"), text("kind")).is_some();
            self.raw.push(Raw { path, node, sync });
            sources_named(node, &mut |url, named| {
                self.named.push(Named {
                    url,
                    from: path,
                    path: named,
                });
            });
            let spec = node.get("spec");
            let synced = spec.filter(|spec| spec.get("sourceRef").is_some());
            let synced = synced.and_then(|spec| spec.get("path")?.text());
            self.synced.extend(synced.map(|synced| (synced, path)));
        }
    }
}

/// The repositories and paths that an object names.
fn sources_named<'s>(node: Node<'s>, see: &mut dyn FnMut(&'s str, &'s str)) {
    let repository = ["repoURL", "url"]
        .iter()
        .find_map(|key| node.get(key)?.text());
    if let (Some(url), Some(path)) = (repository, node.get("path").and_then(Node::text)) {
        see(url, path);
    }
    for key in ["spec", "template", "source"] {
        if let Some(inner) = node.get(key) {
            sources_named(inner, see);
        }
    }
    for source in node.get("sources").into_iter().flat_map(Node::items) {
        sources_named(source, see);
    }
}

/// The objects of a file, lists unpacked.
fn objects(source: &Source) -> impl Iterator<Item = Node<'_>> {
    let roots = source.tree.documents().filter_map(|document| document.root);
    let nodes = roots.flat_map(|root| {
        let list = root
            .get("kind")
            .and_then(Node::text)
            .is_some_and(|kind| kind.ends_with("List"));
        let items = root.get("items").filter(|_| list);
        let own = items.is_none().then_some(root);
        own.into_iter()
            .chain(items.into_iter().flat_map(Node::items))
    });
    nodes.filter(|node| node.get("kind").is_some())
}
