use foldhash::HashSet;

use crate::secret::{mentions, produced};
use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "externalsecret-unused",
    item: Item::Secrets,
    severity: Severity::Info,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a Secret is fetched from a store, and nothing uses it",
    help: "name the Secret where it is needed, or remove it here and in the store",
    standards: &[],
    docs: include_str!("externalsecret_unused.md"),
    check: Check::Inventory(check),
};

const KINDS: [Kind; 3] = [
    Kind::ExternalSecret,
    Kind::SealedSecret,
    Kind::VaultStaticSecret,
];

fn check(cx: &Context<'_, '_>) {
    let objects = KINDS.iter().flat_map(|kind| cx.inventory.of_kind(*kind));
    let made: Vec<_> = objects
        .filter(|object| !is_found_by_label(object))
        .collect();
    if made.is_empty() {
        return;
    }
    let others = cx
        .inventory
        .resources()
        .iter()
        .filter(|other| !KINDS.contains(&other.kind));
    let used: HashSet<_> = others
        .flat_map(|other| mentions(cx.inventory, other))
        .collect();
    for object in made {
        let Some(name) = produced(object).filter(|name| !used.contains(*name)) else {
            continue;
        };
        let place = ["spec.target.name", "spec.destination.name", "metadata.name"];
        let place = place
            .iter()
            .find_map(|path| object.field(path))
            .unwrap_or(object.node);
        cx.report(
            object,
            Place::value(place),
            format!("nothing uses Secret {name}, which {object} makes"),
        )
        .file();
    }
}

/// Controllers look for Secrets by label or annotation: Argo CD for repositories, Grafana for data sources.
fn is_found_by_label(object: &Resource<'_>) -> bool {
    [
        "spec.target.template.metadata",
        "spec.template.metadata",
        "spec.destination",
    ]
    .iter()
    .any(|path| {
        let held = |key| {
            object
                .field(path)
                .and_then(|metadata| metadata.get(key))
                .is_some_and(|held| !held.is_empty())
        };
        held("labels") || held("annotations")
    })
}
