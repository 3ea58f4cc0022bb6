use foldhash::{HashMap, HashSet};

use crate::gitops::{directory, file_name, plain};
use crate::{Check, Context, Item, Needs, Resource, ResourceIndex, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "object-duplicate",
    item: Item::References,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "one object stands twice in a file, or in the files of a directory",
    help: "remove one of the two, or give it a name of its own",
    standards: &[],
    docs: include_str!("object_duplicate.md"),
    check: Check::Inventory(check),
};

fn check(cx: &Context<'_, '_>) {
    let sources = cx.inventory.sources();
    let path = |resource: &Resource<'_>| plain(&sources.get(resource.node.span().source).path);
    let kustomized: HashSet<&str> = cx
        .inventory
        .gitops()
        .kustomizations()
        .iter()
        .map(|kustomization| kustomization.dir)
        .collect();
    let mut seen: HashMap<_, ResourceIndex> = HashMap::default();
    for resource in cx
        .inventory
        .resources()
        .iter()
        .filter(|resource| !resource.name.is_empty() && is_shared(cx, resource))
    {
        let file = path(resource);
        // Of a directory with a kustomization, only what that names is deployed together, and that it checks itself.
        let place = match resource.root {
            // What a root renders is deployed together, whatever files it comes from.
            Some(_) => "",
            None if kustomized.contains(directory(file)) => file,
            None => directory(file),
        };
        let key = (
            resource.root,
            place,
            resource.group(),
            resource.kind_name,
            resource.namespace(),
            resource.name,
        );
        let first = cx
            .inventory
            .resource(*seen.entry(key).or_insert(resource.index()));
        if first.node.span() == resource.node.span() {
            continue;
        }
        let name = resource.field("metadata.name").unwrap_or(resource.node);
        let place = if path(first) == file {
            "this file".to_owned()
        } else if resource.root.is_some() {
            format!("what is deployed together, also in {}", path(first))
        } else {
            format!("this directory, also in {}", file_name(path(first)))
        };
        cx.report(
            resource,
            name,
            format!("{resource} stands twice in {place}"),
        )
        .related_object(first, "the first of the two")
        .file();
    }
}

/// Whether several objects have its name, which few have, so that few are held against each other.
fn is_shared(cx: &Context<'_, '_>, resource: &Resource<'_>) -> bool {
    let (namespace, name) = (resource.namespace(), resource.name);
    cx.inventory
        .find_all(resource.kind, namespace, name)
        .nth(1)
        .is_some()
}
