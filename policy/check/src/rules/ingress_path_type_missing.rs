use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "ingress-path-type-missing",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a path of an Ingress has no type that Kubernetes knows",
    help: "write `pathType: Prefix`, `Exact` or `ImplementationSpecific`",
    standards: &[],
    docs: include_str!("ingress_path_type_missing.md"),
    check: Check::Resource(&[Kind::Ingress], check),
};

fn check<'s>(cx: &Context<'_, 's>, ingress: &Resource<'s>) {
    let rules = ingress
        .field("spec.rules")
        .into_iter()
        .flat_map(Node::items);
    let paths = rules
        .filter_map(|rule| rule.at(&["http", "paths"]))
        .flat_map(Node::items);
    for path in paths.filter(|path| path.is_mapping()) {
        let shown = path.get("path").and_then(Node::text).unwrap_or("/");
        let Some(kind) = path.get("pathType").filter(|kind| !kind.is_null()) else {
            // The older versions have a default.
            if ingress.api_version == "networking.k8s.io/v1" {
                cx.report(
                    ingress,
                    Place::missing(path, "pathType"),
                    format!("path `{shown}` of {ingress} has no pathType"),
                )
                .file();
            }
            continue;
        };
        let Some(text) = kind.text() else { continue };
        match text {
            "ImplementationSpecific" => {}
            "Exact" | "Prefix" if shown.starts_with('/') => {}
            "Exact" | "Prefix" => cx.report(ingress, path.get("path").unwrap_or(path), format!("path `{shown}` of {ingress} does not begin with `/`")).help("begin the path with `/`").file(),
            _ => cx.report(ingress, kind, format!("`{text}` is no pathType: Kubernetes knows Prefix, Exact and ImplementationSpecific")).file(),
        }
    }
}
