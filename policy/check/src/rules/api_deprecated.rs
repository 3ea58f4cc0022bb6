use crate::deprecations::{self, Deprecation};
use crate::{Check, Context, Item, Needs, Resource, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "api-deprecated",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "an API version that the cluster's Kubernetes does not serve, or soon will not",
    help: "move to the API version that replaces it",
    standards: &[],
    docs: include_str!("api_deprecated.md"),
    check: Check::EveryResource(check),
};

fn check<'s>(cx: &Context<'_, 's>, resource: &Resource<'s>) {
    let (version, kind, target) = (
        resource.api_version,
        resource.kind_name,
        cx.config.kubernetes,
    );
    let Some(entry) = deprecations::find(version, kind) else {
        return;
    };
    if target < entry.deprecated && entry.removed.is_none_or(|removed| target < removed) {
        return;
    }
    let Some(node) = resource.node.get("apiVersion") else {
        return;
    };
    let gone = entry.removed.filter(|removed| *removed <= target);
    let (severity, message) = match (gone, entry.removed) {
        (Some((major, minor)), _) => (
            Severity::Error,
            format!("`{version}` {kind} is not served since Kubernetes {major}.{minor}"),
        ),
        (None, removed) => (Severity::Warning, deprecated(version, kind, entry, removed)),
    };
    let replacement = entry.replacement;
    let help = if replacement.contains(' ') {
        format!("use {replacement}")
    } else {
        format!("write `apiVersion: {replacement}`; fields may have moved, see the migration guide")
    };
    cx.report(resource, node, message)
        .severity(severity)
        .help(help)
        .file();
}

fn deprecated(
    version: &str,
    kind: &str,
    entry: &Deprecation,
    removed: Option<(u16, u16)>,
) -> String {
    let (major, minor) = entry.deprecated;
    let until = removed.map_or_else(String::new, |(major, minor)| {
        format!(" and leaves with {major}.{minor}")
    });
    format!("`{version}` {kind} is deprecated since Kubernetes {major}.{minor}{until}")
}
