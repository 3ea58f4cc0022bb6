use plimsoll_yaml::Node;

use crate::gitops::{is_branch, is_exact_version};
use crate::produced::is_remote;
use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "gitops-revision-floating",
    item: Item::References,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "what is deployed comes from a chart, an artifact or another repository without a fixed version",
    help: "name one version, tag or commit, and let a bot propose the next in a pull request",
    standards: &[],
    docs: include_str!("gitops_revision_floating.md"),
    check: Check::Inventory(check),
};

fn check(cx: &Context<'_, '_>) {
    let inventory = cx.inventory;
    inventory
        .of_kind(Kind::HelmRelease)
        .for_each(|release| helm_release(cx, release));
    inventory
        .of_kind(Kind::OCIRepository)
        .for_each(|repository| artifact(cx, repository));
    inventory
        .of_kind(Kind::GitRepository)
        .for_each(|repository| git(cx, repository));
    argo(cx);
    kustomize(cx);
}

fn helm_release<'s>(cx: &Context<'_, 's>, release: &Resource<'s>) {
    let from = release
        .field("spec.chart.spec.sourceRef.kind")
        .and_then(Node::text);
    if let Some(chart) = release
        .field("spec.chart.spec")
        .filter(|_| from == Some("HelmRepository"))
    {
        version(cx, release, chart, "version", chart.get("version"));
    }
}

/// A chart's version, which may be a range; none means the latest.
fn version<'s>(
    cx: &Context<'_, 's>,
    resource: &Resource<'s>,
    chart: Node<'s>,
    key: &'static str,
    version: Option<Node<'s>>,
) {
    match version.filter(|node| !node.is_empty()) {
        // A patch may bring it.
        None if cx.inventory.produced().fills(
            resource.kind,
            resource.namespace(),
            resource.name,
        ) => {}
        None => cx
            .report(
                resource,
                Place::missing(chart, key),
                format!("{resource} installs the latest version of its chart, whatever that is"),
            )
            .file(),
        Some(node) => {
            let text = node.text().unwrap_or_default();
            if !is_exact_version(text) {
                cx.report(
                    resource,
                    node,
                    format!(
                        "{resource} installs the latest version of its chart in the range `{text}`"
                    ),
                )
                .file();
            }
        }
    }
}

fn artifact<'s>(cx: &Context<'_, 's>, repository: &Resource<'s>) {
    let Some(spec) = repository.spec() else {
        return;
    };
    let field = |key| spec.at(&["ref", key]).filter(|node| !node.is_empty());
    let floating =
        field("semver").or_else(|| field("tag").filter(|tag| tag.text() == Some("latest")));
    if field("digest").is_some() {
    } else if let Some(node) = floating.filter(|node| !node.text().is_some_and(is_exact_version)) {
        cx.report(
            repository,
            node,
            format!("{repository} follows `{}`", node.text().unwrap_or_default()),
        )
        .file();
    } else if floating.or_else(|| field("tag")).is_none() {
        cx.report(
            repository,
            Place::missing(spec, "ref.tag"),
            format!("{repository} follows the tag `latest`"),
        )
        .file();
    }
}

/// A branch of one's own repository is how GitOps works; one of another repository is somebody else's will.
fn git<'s>(cx: &Context<'_, 's>, repository: &Resource<'s>) {
    let gitops = cx.inventory.gitops();
    let foreign = |spec: &Node<'_>| {
        spec.get("url")
            .and_then(Node::text)
            .is_some_and(|url| gitops.is_foreign(&crate::gitops::repository(url)))
    };
    let Some(spec) = repository.spec().filter(foreign) else {
        return;
    };
    let field = |key| spec.at(&["ref", key]).filter(|node| !node.is_empty());
    let fixed = ["commit", "tag", "name"]
        .into_iter()
        .any(|key| field(key).is_some())
        || field("semver")
            .and_then(Node::text)
            .is_some_and(is_exact_version);
    if !fixed {
        let place = field("semver")
            .or_else(|| field("branch"))
            .map_or_else(|| Place::missing(spec, "ref.tag"), Place::value);
        cx.report(
            repository,
            place,
            format!("{repository} follows a branch or a range of another repository"),
        )
        .file();
    }
}

fn argo(cx: &Context<'_, '_>) {
    let gitops = cx.inventory.gitops();
    for delivery in gitops.deliveries().iter().filter(|delivery| {
        delivery.node.get("repoURL").is_some() && !delivery.revision.contains("{{")
    }) {
        let owner = cx.inventory.resource(delivery.owner);
        let revision = delivery.node.get("targetRevision");
        if delivery.chart {
            version(cx, owner, delivery.node, "targetRevision", revision);
        } else if gitops.is_foreign(&delivery.repository) && is_branch(delivery.revision) {
            let place = revision.map_or_else(
                || Place::missing(delivery.node, "targetRevision"),
                Place::value,
            );
            cx.report(
                owner,
                place,
                format!("{owner} follows a branch of another repository"),
            )
            .file();
        }
    }
}

fn kustomize(cx: &Context<'_, '_>) {
    for kustomization in cx.inventory.gitops().kustomizations() {
        let lists = ["resources", "bases", "components"]
            .into_iter()
            .filter_map(|key| kustomization.node.get(key));
        for node in lists.flat_map(Node::items).filter(|node| {
            node.text()
                .is_some_and(|text| is_remote(text) && follows_a_branch(text))
        }) {
            cx.report_source(
                node.span(),
                format!(
                    "`{}` is whatever stands there when it is built",
                    node.text().unwrap_or_default()
                ),
            )
            .help("name a tag or a commit: `?ref=v1.2.3`")
            .file();
        }
    }
}

fn follows_a_branch(url: &str) -> bool {
    let after = |mark: &str| {
        url.split_once(mark)
            .map(|(_, rest)| rest.split('&').next().unwrap_or_default())
    };
    if url.contains("/releases/latest/") || url.contains("/refs/heads/") {
        return true;
    }
    if let Some(path) = after("raw.githubusercontent.com/") {
        return path.split('/').nth(2).is_some_and(is_branch);
    }
    let file = [".yaml", ".yml", ".json"]
        .iter()
        .any(|ending| url.ends_with(ending));
    !file
        && after("ref=")
            .or_else(|| after("version="))
            .is_none_or(is_branch)
}
