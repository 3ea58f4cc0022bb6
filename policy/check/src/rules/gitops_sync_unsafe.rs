use foldhash::HashMap;

use plimsoll_yaml::Node;

use crate::deployed::RootIndex;
use crate::gitops::{Delivery, directory, plain, upward};
use crate::{Check, Context, Item, Kind, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "gitops-sync-unsafe",
    item: Item::References,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "an automatic sync can delete data, or everything, or fights another sync",
    help: "protect what holds data from pruning, and let one sync own each directory",
    standards: &[],
    docs: include_str!("gitops_sync_unsafe.md"),
    check: Check::Inventory(check),
};

/// Kinds whose deletion deletes data, besides claims.
const DATABASES: &[&str] = &[
    "Elasticsearch",
    "InnoDBCluster",
    "Kafka",
    "MongoDBCommunity",
    "PerconaServerMongoDB",
    "PerconaXtraDBCluster",
    "PostgresCluster",
    "RabbitmqCluster",
    "postgresql",
];

fn check(cx: &Context<'_, '_>) {
    let gitops = cx.inventory.gitops();
    let mut by_dir: HashMap<&str, &Delivery<'_>> = HashMap::default();
    for delivery in gitops.deliveries() {
        let Some(dir) = delivery.dir.as_deref() else {
            continue;
        };
        let first = *by_dir.entry(dir).or_insert(delivery);
        rivals(cx, first, delivery);
    }
    // The sources of one Application follow each other.
    for sources in gitops
        .deliveries()
        .chunk_by(|one, other| one.owner == other.owner)
    {
        sources
            .first()
            .into_iter()
            .for_each(|delivery| empty(cx, delivery));
    }
    for resource in cx
        .inventory
        .resources()
        .iter()
        .filter(|resource| holds_data(resource))
    {
        let owner = if let Some(root) = resource.root {
            deployer(cx, root)
        } else {
            let path = plain(&cx.inventory.sources().get(resource.node.span().source).path);
            let mut dirs = upward(directory(path));
            dirs.find_map(|dir| by_dir.get(dir)).copied()
        };
        let owner = owner.filter(|owner| owner.prune);
        if let Some(owner) = owner.filter(|_| !is_kept(resource)) {
            let deployer = cx.inventory.resource(owner.owner);
            let help = if deployer.kind == Kind::FluxKustomization {
                "annotate it with `kustomize.toolkit.fluxcd.io/prune: disabled`"
            } else {
                "annotate it with `argocd.argoproj.io/sync-options: Prune=false`"
            };
            let name = resource.field("metadata.name").unwrap_or(resource.node);
            cx.report(
                resource,
                name,
                format!("{resource} and its data are deleted when {deployer} no longer finds it"),
            )
            .help(help)
            .related_object(deployer, "it prunes")
            .file();
        }
    }
}

/// What deploys the objects of a root.
fn deployer<'a, 's>(cx: &Context<'a, 's>, root: RootIndex) -> Option<&'a Delivery<'s>> {
    let mut roots = cx.inventory.roots().iter();
    let declared_at = roots.find(|(index, _)| *index == root)?.1.declared_at?;
    let mut deliveries = cx.inventory.gitops().deliveries().iter();
    deliveries.find(|delivery| {
        let owner = cx.inventory.resource(delivery.owner);
        owner.node.span() == declared_at
    })
}

fn holds_data(resource: &Resource<'_>) -> bool {
    matches!(
        resource.kind,
        Kind::PersistentVolumeClaim | Kind::CnpgCluster
    ) || (resource.kind == Kind::Other && DATABASES.contains(&resource.kind_name))
}

fn is_kept(resource: &Resource<'_>) -> bool {
    let flux = "kustomize.toolkit.fluxcd.io/prune";
    let argo = resource
        .annotation("argocd.argoproj.io/sync-options")
        .unwrap_or_default();
    argo.contains("Prune=false")
        || argo.contains("Prune=confirm")
        || resource.annotation(flux) == Some("disabled")
        || resource.labels().get(flux) == Some("disabled")
        || resource.annotation("helm.sh/resource-policy") == Some("keep")
}

/// With `allowEmpty`, a rendering that fails in silence or a wrong path deletes everything.
fn empty(cx: &Context<'_, '_>, delivery: &Delivery<'_>) {
    let owner = cx.inventory.resource(delivery.owner);
    let policy = owner
        .field("spec.syncPolicy.automated")
        .or_else(|| owner.field("spec.template.spec.syncPolicy.automated"));
    let allowed = policy
        .and_then(|policy| policy.get("allowEmpty"))
        .filter(|node| node.bool() == Some(true));
    if let Some(node) = allowed.filter(|_| delivery.prune) {
        cx.report(
            owner,
            node,
            format!("{owner} deletes everything when its source renders to nothing"),
        )
        .help("remove `allowEmpty`")
        .file();
    }
}

/// Two that deploy one directory to one place undo each other's changes.
fn rivals(cx: &Context<'_, '_>, first: &Delivery<'_>, second: &Delivery<'_>) {
    let (one, other) = (
        cx.inventory.resource(first.owner),
        cx.inventory.resource(second.owner),
    );
    let target = |resource: &Resource<'_>| {
        ["server", "name"].map(|key| {
            resource
                .field(&format!("spec.destination.{key}"))
                .and_then(Node::text)
                .map(str::to_owned)
        })
    };
    let plain = |delivery: &Delivery<'_>| {
        ["helm", "kustomize", "directory", "plugin"]
            .iter()
            .all(|key| delivery.node.get(key).is_none())
    };
    let same = one.kind == Kind::Application
        && other.kind == Kind::Application
        && one.index() != other.index()
        && first.namespace == second.namespace
        && target(one) == target(other);
    if let Some(path) = second
        .path
        .filter(|_| same && plain(first) && plain(second))
    {
        cx.report(
            other,
            path,
            format!("{other} deploys the same directory to the same place as {one}"),
        )
        .related_object(one, "the other one")
        .file();
    }
}
