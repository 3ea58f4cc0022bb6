use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "ingress-class-unset",
    item: Item::NetworkPolicies,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "an Ingress does not say which controller serves it",
    help: "set `spec.ingressClassName`",
    standards: &[],
    docs: include_str!("ingress_class_unset.md"),
    check: Check::Resource(&[Kind::Ingress], check),
};

/// Beginnings of annotations that only GKE's own controller reads, which takes no `ingressClassName`.
const OF_GKE: &[&str] = &[
    "ingress.gcp.kubernetes.io/",
    "kubernetes.io/ingress.global-static-ip-name",
    "networking.gke.io/",
];

fn check<'s>(cx: &Context<'_, 's>, ingress: &Resource<'s>) {
    let Some(spec) = ingress.spec().filter(|spec| spec.is_mapping()) else {
        return;
    };
    let mut annotations = ingress
        .field("metadata.annotations")
        .into_iter()
        .flat_map(Node::entries);
    let tells = |name: &str| {
        name == "kubernetes.io/ingress.class"
            || OF_GKE.iter().any(|prefix| name.starts_with(prefix))
    };
    let named = spec
        .get("ingressClassName")
        .is_some_and(|name| !name.is_empty())
        || annotations.any(|entry| tells(entry.name()));
    let is_default = |class: &Resource<'s>| {
        class.annotation("ingressclass.kubernetes.io/is-default-class") == Some("true")
    };
    if !named && !cx.inventory.of_kind(Kind::IngressClass).any(is_default) {
        let place = spec
            .entry("ingressClassName")
            .map_or(Place::missing(spec, "ingressClassName"), Place::key);
        cx.report(
            ingress,
            place,
            format!("{ingress} names no class: which controller serves it depends on the cluster"),
        )
        .file();
    }
}
