use foldhash::HashMap;

use plimsoll_yaml::Node;

use crate::deployed::RootIndex;
use crate::gitops::directory;
use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "service-selector-ambiguous",
    item: Item::References,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a Service sends to two workloads, or two Ingresses claim one host and path",
    help: "give each workload a label of its own (`app.kubernetes.io/component`) and select by it, too",
    standards: &[],
    docs: include_str!("service_selector_ambiguous.md"),
    check: Check::Inventory(check),
};

/// Labels in which the versions of one thing differ, so that sending to both is meant.
const VARIANTS: &[&str] = &[
    "version",
    "app.kubernetes.io/version",
    "track",
    "slot",
    "color",
    "colour",
    "role",
    "shard",
    "zone",
];
/// Endings of the names of such versions.
const ENDINGS: &[&str] = &[
    "canary",
    "stable",
    "blue",
    "green",
    "primary",
    "secondary",
    "preview",
    "baseline",
    "master",
    "replica",
    "replicas",
];

fn check(cx: &Context<'_, '_>) {
    cx.inventory
        .of_kind(Kind::Service)
        .for_each(|service| services(cx, service));
    ingresses(cx);
}

fn services(cx: &Context<'_, '_>, service: &Resource<'_>) {
    let headless = service.field("spec.clusterIP").and_then(Node::text) == Some("None");
    let place = place(cx, service);
    let mut near = cx.inventory.selected_by(service).filter(|workload| {
        self::place(cx, cx.inventory.owner(workload)) == place && workload.kind != Kind::PodTemplate
    });
    let Some(first) = near.next().filter(|_| !headless) else {
        return;
    };
    let Some(second) = near.find(|other| !is_variant(cx, first, other)) else {
        return;
    };
    let (one, other) = (cx.inventory.owner(first), cx.inventory.owner(second));
    let Some(selector) = service.spec().and_then(|spec| spec.entry("selector")) else {
        return;
    };
    cx.report(
        service,
        selector,
        format!("{service} sends to the pods of {one} and of {other}"),
    )
    .related_object(one, "these pods")
    .related_object(other, "and these")
    .file();
}

fn is_variant(cx: &Context<'_, '_>, one: &Workload<'_>, other: &Workload<'_>) -> bool {
    let (own, second) = (cx.inventory.owner(one), cx.inventory.owner(other));
    let same = own.name == second.name && own.kind == second.kind;
    let labelled = VARIANTS
        .iter()
        .any(|key| one.labels.get(key) != other.labels.get(key));
    same || labelled
        || [own.name, second.name].into_iter().any(|name| {
            let last = name.rsplit('-').next().unwrap_or_default();
            ENDINGS.contains(&last)
                || last
                    .strip_prefix('v')
                    .is_some_and(|rest| rest.parse::<u32>().is_ok())
        })
}

fn ingresses(cx: &Context<'_, '_>) {
    let mut claimed: HashMap<_, &Resource<'_>> = HashMap::default();
    for ingress in cx
        .inventory
        .of_kind(Kind::Ingress)
        .filter(|ingress| !is_shared(ingress))
    {
        let class = ingress
            .field("spec.ingressClassName")
            .and_then(Node::text)
            .or_else(|| ingress.annotation("kubernetes.io/ingress.class"));
        for rule in ingress
            .field("spec.rules")
            .into_iter()
            .flat_map(Node::items)
        {
            let Some(host) = rule
                .get("host")
                .and_then(Node::text)
                .filter(|host| !host.is_empty())
            else {
                continue;
            };
            for path in rule
                .at(&["http", "paths"])
                .into_iter()
                .flat_map(Node::items)
            {
                let text = path.get("path").and_then(Node::text).unwrap_or("/");
                let kind = path.get("pathType").and_then(Node::text);
                let first = *claimed
                    .entry((place(cx, ingress), class, host, text, kind))
                    .or_insert(ingress);
                if (first.name, first.namespace()) != (ingress.name, ingress.namespace()) {
                    cx.report(
                        ingress,
                        path.get("path").unwrap_or(path),
                        format!("{ingress} claims {host}{text}, as {first} does"),
                    )
                    .help("keep the path in one of the two")
                    .related_object(first, "the first to claim it")
                    .file();
                }
            }
        }
    }
}

/// An Ingress that is meant to share its paths: a canary, or a part of one that a controller merges.
fn is_shared(ingress: &Resource<'_>) -> bool {
    ingress.annotation("nginx.ingress.kubernetes.io/canary") == Some("true")
        || ingress
            .annotation("nginx.org/mergeable-ingress-type")
            .is_some()
}

/// What is deployed together: what a root renders, or the files of a directory. Others may be other environments.
fn place<'a>(cx: &Context<'a, '_>, resource: &Resource<'_>) -> (Option<RootIndex>, &'a str) {
    if let Some(root) = resource.root {
        return (Some(root), "");
    }
    let source = resource.node.span().source;
    (None, directory(&cx.inventory.sources().get(source).path))
}
