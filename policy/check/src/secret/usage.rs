//! Who uses a Secret: every place of an object that names one.

use plimsoll_yaml::Node;

use crate::{Inventory, Resource};

/// Names that an object may mean a Secret by. Kubernetes' own kinds name Secrets in fields whose names say so; in others any
/// value may be one.
pub fn mentions<'s>(inventory: &Inventory<'s>, object: &Resource<'s>) -> Vec<&'s str> {
    let own = !object.group().contains('.') || object.group().ends_with(".k8s.io");
    let strict = own || inventory.workload_of(object).is_some();
    let mut names = Vec::new();
    let mut waiting: Vec<Node<'s>> = object
        .node
        .entries()
        .filter(|entry| !["metadata", "apiVersion", "kind"].contains(&entry.name()))
        .map(|entry| entry.value)
        .collect();
    while let Some(node) = waiting.pop() {
        waiting.extend(node.items());
        if !strict {
            names.extend(node.text());
        }
        for entry in node.entries() {
            match entry.name() {
                "args" | "command" => {
                    names.extend(entry.value.items().filter_map(Node::text).flat_map(words));
                }
                "value" => names.extend(entry.value.text().into_iter().flat_map(words)),
                key if key.to_ascii_lowercase().contains("secret") => {
                    names.extend(named(entry.value));
                }
                _ => {}
            }
            waiting.push(entry.value);
        }
    }
    names
}

/// `x`, `{name: x}`, `{secretName: x}` or a list of them.
fn named(node: Node<'_>) -> Vec<&str> {
    let listed = node
        .items()
        .filter_map(|item| item.text().or_else(|| item.get("name")?.text()));
    let single = node.text().or_else(|| {
        let name = node.get("name").or_else(|| node.get("secretName"));
        name?.text()
    });
    single.into_iter().chain(listed).collect()
}

/// The words of a command line: `--secret=acme/db` names `db`.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "-.".contains(c)))
}
