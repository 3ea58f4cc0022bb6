use crate::naming::{Form, has_placeholder, shortened};
use crate::{Check, Context, Item, Needs, Resource, Rule, Scope, Severity};

pub(super) static RULE: Rule = Rule {
    id: "namespace-name-invalid",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an object names a namespace that cannot exist",
    help: "write the namespace's name: lower-case letters, digits and `-`, at most 63",
    standards: &[],
    docs: include_str!("namespace_name_invalid.md"),
    check: Check::EveryResource(check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    // The API server drops the namespace of an object that lives in none.
    let Some(node) = resource
        .field("metadata.namespace")
        .filter(|node| !node.is_empty() && resource.kind.scope() != Scope::Cluster)
    else {
        return;
    };
    let message = match node.str() {
        None => format!(
            "the namespace of {resource} is {}, not a string",
            node.kind().name()
        ),
        Some(name) if has_placeholder(name) => return,
        Some(name) => match Form::Label.fault(name) {
            Some(fault) => format!("the namespace `{}` {fault}", shortened(name)),
            None => return,
        },
    };
    cx.report(resource, node, message).file();
}
