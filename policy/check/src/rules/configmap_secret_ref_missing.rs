use plimsoll_yaml::Node;

use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Workload, reference};

pub(super) static RULE: Rule = Rule {
    id: "configmap-secret-ref-missing",
    item: Item::References,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a variable comes from a ConfigMap or Secret, or a key of it, that does not exist",
    help: "add the object or the key, correct the name, or name the object under `external` if something else makes it",
    standards: &[],
    docs: include_str!("configmap_secret_ref_missing.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let namespace = workload.namespace;
    for reference in reference::variables(container) {
        let (kind, name) = (reference.kind_name(), reference.text());
        if reference.dangles(cx, namespace) {
            cx.report_in(
                workload,
                reference.name,
                format!(
                    "{container} reads {kind} `{name}`, which is not in namespace `{namespace}`"
                ),
            )
            .file();
            continue;
        }
        let Some(key) = reference.node.get("key") else {
            continue;
        };
        let text = key.text().unwrap_or_default();
        if reference.lacks_key(cx, namespace, text) {
            let draft = cx.report_in(
                workload,
                key,
                format!("{container} reads key `{text}`, which {kind} `{name}` does not have"),
            );
            match cx.inventory.find(reference.kind, namespace, name) {
                Some(object) => draft
                    .related(
                        object.field("metadata.name").unwrap_or(object.node),
                        keys(object.node),
                    )
                    .file(),
                None => draft.file(),
            }
        }
    }
}

fn keys(object: Node<'_>) -> String {
    let maps = ["data", "stringData", "binaryData"]
        .into_iter()
        .filter_map(|map| object.get(map));
    let names: Vec<_> = maps
        .flat_map(Node::entries)
        .map(plimsoll_yaml::Entry::name)
        .take(6)
        .collect();
    format!("it has {}", names.join(", "))
}
