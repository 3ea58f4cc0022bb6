use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "ingress-nginx-snippet",
    item: Item::NetworkPolicies,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an Ingress writes raw nginx configuration",
    help: "use the annotation that is made for the purpose, and switch snippets off with `allow-snippet-annotations: \"false\"`",
    standards: &[],
    docs: include_str!("ingress_nginx_snippet.md"),
    check: Check::Resource(&[Kind::Ingress, Kind::ConfigMap], check),
};

/// Annotations whose value stands as it is in a directive, so that a character that ends the directive begins another.
const INTO_DIRECTIVES: &[&str] = &[
    "auth-tls-match-cn",
    "auth-url",
    "mirror-host",
    "mirror-target",
    "permanent-redirect",
    "rewrite-target",
];

fn check<'s>(cx: &Context<'_, 's>, object: &Resource<'s>) {
    if object.kind == Kind::ConfigMap {
        let allowed = object
            .field("data")
            .and_then(|data| data.get("allow-snippet-annotations"));
        if let Some(allowed) = allowed.filter(|allowed| allowed.text() == Some("true")) {
            cx.report(
                object,
                allowed,
                format!("{object} lets every Ingress write raw nginx configuration"),
            )
            .file();
        }
        return;
    }
    for entry in object
        .field("metadata.annotations")
        .into_iter()
        .flat_map(Node::entries)
    {
        let Some((domain, name)) = entry.name().split_once('/') else {
            continue;
        };
        let of_nginx =
            domain.starts_with("nginx.ingress.") || domain == "nginx.org" || domain == "nginx.com";
        if !of_nginx || entry.value.is_empty() {
            continue;
        }
        if name.ends_with("-snippet") || name.ends_with("-snippets") {
            cx.report(
                object,
                entry,
                format!("{object} writes raw nginx configuration in `{name}`"),
            )
            .file();
        } else if INTO_DIRECTIVES.contains(&name)
            && entry
                .value
                .text()
                .is_some_and(|text| text.trim_end().contains([';', '{', '}', '"', '\n']))
        {
            cx.report(
                object,
                entry,
                format!("the value of `{name}` of {object} ends its directive and begins another"),
            )
            .file();
        }
    }
}
