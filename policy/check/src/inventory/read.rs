//! Reads objects and their pod templates out of files and rendered roots.

use plimsoll_yaml::{Node, Use};
use rayon::prelude::*;

use crate::config::Config;
use crate::deployed::{Root, RootIndex};
use crate::{Resource, ResourceIndex, Source, Sources, Workload};

/// Sources that one thread reads at a time.
const CHUNK: usize = 64;

type WithTemplates<'s> = (Resource<'s>, Vec<Workload<'s>>);

/// Every object with its pod templates, in order; their indexes are still to be given out.
pub(super) fn read<'s>(
    sources: &'s Sources,
    roots: &[(RootIndex, &'s Root)],
    config: &Config,
) -> impl Iterator<Item = WithTemplates<'s>> + use<'s> {
    let some = |parts: &[Part<'s>]| {
        let mut resources = Vec::new();
        for part in parts {
            part.read(&mut resources);
        }
        let with_templates = |resource| {
            let templates = pod_templates(&resource, config);
            (resource, templates)
        };
        resources.into_iter().map(with_templates).collect()
    };
    let files = sources
        .iter()
        .filter(|source| source.used() == Use::Objects)
        .map(Part::File);
    let roots = roots.iter().map(|(index, root)| Part::Root(*index, root));
    let objects: Vec<Part<'s>> = files.chain(roots).collect();
    let chunks: Vec<Vec<_>> = if objects.len() <= CHUNK {
        vec![some(&objects)]
    } else {
        objects.par_chunks(CHUNK).map(some).collect()
    };
    chunks.into_iter().flatten()
}

/// What objects are read from.
#[derive(Clone, Copy)]
enum Part<'s> {
    File(&'s Source),
    Root(RootIndex, &'s Root),
}

impl<'s> Part<'s> {
    fn read(self, resources: &mut Vec<Resource<'s>>) {
        let tree = match self {
            Self::File(source) => &source.tree,
            Self::Root(_, root) => &root.tree,
        };
        let roots = tree.documents().filter_map(|document| document.root);
        for (at, node) in roots.enumerate() {
            let from = resources.len();
            unpack(node, resources);
            if let Self::Root(index, root) = self {
                for resource in &mut resources[from..] {
                    resource.root = Some(index);
                    resource.given = root.given.get(at);
                }
            }
        }
    }
}

/// Reads an object, or the objects of a `List`, however deep.
fn unpack<'s>(root: Node<'s>, resources: &mut Vec<Resource<'s>>) {
    let mut waiting = vec![root];
    while let Some(node) = waiting.pop() {
        let Some(resource) = Resource::read(node, ResourceIndex(resources.len() as u32)) else {
            continue;
        };
        match node.get("items") {
            Some(items) if resource.kind_name.ends_with("List") && items.is_sequence() => {
                let items: Vec<_> = items.items().collect();
                waiting.extend(items.into_iter().rev());
            }
            _ => resources.push(resource),
        }
    }
}

fn pod_templates<'s>(resource: &Resource<'s>, config: &Config) -> Vec<Workload<'s>> {
    let known = resource
        .kind
        .pod_template()
        .map(|path| Workload::read(resource, path));
    let named = config
        .pod_templates
        .iter()
        .filter(|named| named.kind == resource.kind_name && named.group == resource.group());
    let named = named
        .flat_map(|named| &named.paths)
        .map(|path| Workload::read(resource, path));
    known.into_iter().chain(named).flatten().collect()
}
