use plimsoll_yaml::Node;

use crate::gitops::{Delivery, Kustomization, is_kustomization, resolve};
use crate::produced::is_remote;
use crate::{Check, Context, Item, Needs, Rule, Severity, reference};

pub(super) static RULE: Rule = Rule {
    id: "gitops-path-missing",
    item: Item::References,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a kustomization, an Application or a Flux Kustomization names a path that is not there",
    help: "correct the path, or commit what it should lead to",
    standards: &[],
    docs: include_str!("gitops_path_missing.md"),
    check: Check::Inventory(check),
};

fn check(cx: &Context<'_, '_>) {
    for kustomization in cx.inventory.gitops().kustomizations() {
        directories(cx, kustomization);
        files(cx, kustomization);
    }
    for delivery in cx.inventory.gitops().deliveries() {
        deployed(cx, delivery);
    }
}

/// What a kustomization builds on: files, and directories with a kustomization.
fn directories(cx: &Context<'_, '_>, kustomization: &Kustomization<'_>) {
    let gitops = cx.inventory.gitops();
    let lists = ["resources", "bases", "components"]
        .into_iter()
        .filter_map(|key| kustomization.node.get(key));
    for node in lists
        .flat_map(Node::items)
        .filter(|node| reference::is_plain(*node))
    {
        let Some(path) = local(cx, kustomization, node) else {
            continue;
        };
        let text = node.text().unwrap_or_default();
        if !gitops.has(&path) {
            cx.report_source(
                node.span(),
                format!("there is no `{text}` beside this kustomization"),
            )
            .file();
        } else if !gitops.is_file(&path) && !gitops.builds(&path) {
            cx.report_source(
                node.span(),
                format!("`{text}` is a directory without a kustomization"),
            )
            .help("add a kustomization.yaml there, or name its files")
            .file();
        }
    }
}

/// Patches and the like: YAML files.
fn files(cx: &Context<'_, '_>, kustomization: &Kustomization<'_>) {
    let list = |key| {
        kustomization
            .node
            .get(key)
            .into_iter()
            .flat_map(Node::items)
    };
    let named = ["patches", "patchesJson6902", "replacements"]
        .into_iter()
        .flat_map(list)
        .filter_map(|item| item.get("path"));
    let plain = [
        "patchesStrategicMerge",
        "configurations",
        "crds",
        "transformers",
        "generators",
    ]
    .into_iter()
    .flat_map(list);
    for node in named.chain(plain).filter(|node| reference::is_plain(*node)) {
        let text = node.text().unwrap_or_default();
        let readable = [".yaml", ".yml"]
            .iter()
            .any(|ending| text.ends_with(ending))
            && !text.contains('\n');
        let missing = |path: &String| !cx.inventory.gitops().has(path);
        if readable && local(cx, kustomization, node).as_ref().is_some_and(missing) {
            cx.report_source(
                node.span(),
                format!("there is no `{text}` beside this kustomization"),
            )
            .file();
        }
    }
}

/// The path in the tree that an entry stands for; `None` where nobody can tell whether it is there.
fn local(
    cx: &Context<'_, '_>,
    kustomization: &Kustomization<'_>,
    node: Node<'_>,
) -> Option<String> {
    let text = node
        .text()
        .filter(|text| !is_remote(text) && !text.contains('\n'))?;
    let path = resolve(kustomization.dir, text)?;
    let unread = path.rsplit('.').next() == Some("json")
        || path.split('/').any(|part| part.starts_with('.'))
        || cx
            .config
            .ignore
            .iter()
            .any(|ignored| ignored.matches(&path));
    (!unread && cx.inventory.gitops().is_within(&path)).then_some(path)
}

/// A path of this very repository that Argo CD or Flux deploys.
fn deployed(cx: &Context<'_, '_>, delivery: &Delivery<'_>) {
    let gitops = cx.inventory.gitops();
    let Some(path) = delivery
        .path
        .filter(|_| delivery.dir.is_none() && gitops.is_own(&delivery.repository))
    else {
        return;
    };
    let odd = delivery.chart
        || delivery.node.get("plugin").is_some()
        || delivery.node.at(&["directory", "jsonnet"]).is_some();
    let text = path.text().unwrap_or_default();
    let moving = gitops.deliveries().iter().any(|other| {
        other.dir.is_some()
            && other.repository == delivery.repository
            && other.revision == delivery.revision
    });
    if !odd && moving && !is_kustomization(text) {
        let owner = cx.inventory.resource(delivery.owner);
        cx.report(
            owner,
            path,
            format!("{owner} deploys `{text}`, which is not in the repository"),
        )
        .file();
    }
}
