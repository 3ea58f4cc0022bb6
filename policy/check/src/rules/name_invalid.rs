use crate::naming::{Form, generated, has_placeholder, shortened};
use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "name-invalid",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an object whose name the API server refuses",
    help: "name it in lower-case letters, digits and `-`, as its kind allows",
    standards: &[],
    docs: include_str!("name_invalid.md"),
    check: Check::EveryResource(check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    let written = |field| {
        resource
            .metadata()?
            .get(field)
            .filter(|node| !node.is_empty())
    };
    let (name, prefix) = (written("name"), written("generateName"));
    if matches!(resource.kind, Kind::Other | Kind::List) {
        return;
    }
    let Some(node) = name.or(prefix) else {
        let message = format!(
            "{} has no name: neither `metadata.name` nor `generateName`",
            resource.kind_name
        );
        cx.report(
            resource,
            Place::missing(resource.node, "metadata.name"),
            message,
        )
        .help("write `metadata.name`")
        .file();
        return;
    };
    let Some(text) = node.str() else {
        let message = format!(
            "the name of a {} is {}, not a string",
            resource.kind_name,
            node.kind().name()
        );
        cx.report(resource, node, message)
            .help("write it in quotes")
            .file();
        return;
    };
    let whole = if name.is_some() {
        text.to_owned()
    } else {
        generated(text)
    };
    if let Some(fault) = Form::of(resource.kind)
        .fault(&whole)
        .filter(|_| !has_placeholder(text))
    {
        cx.report(
            resource,
            node,
            format!("the name `{}` {fault}", shortened(text)),
        )
        .file();
    }
}
