use plimsoll_yaml::Node;

use crate::naming::{has_placeholder, shortened};
use crate::{Check, Context, Item, Kind, Needs, Place, Resource, Rule, Severity, Standard};

pub(super) static RULE: Rule = Rule {
    id: "namespace-psa-missing",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a namespace that enforces no Pod Security Standard",
    help: "label it `pod-security.kubernetes.io/enforce: restricted`, or `baseline` where that is too much",
    standards: &[Standard::Cis("5.2.1"), Standard::Nsa],
    docs: include_str!("namespace_psa_missing.md"),
    check: Check::Resource(&[Kind::Namespace], check),
};

const LABEL: &str = "pod-security.kubernetes.io/enforce";

fn check<'s>(cx: &Context<'_, 's>, namespace: &Resource<'s>) {
    let labels = namespace.labels();
    // There, security context constraints hold the pods.
    let openshift = namespace.name.starts_with("openshift-")
        || ["labels", "annotations"]
            .iter()
            .filter_map(|key| namespace.metadata()?.get(key))
            .flat_map(Node::entries)
            .any(|entry| is_openshift(entry.name()));
    let place = namespace
        .field("metadata.labels")
        .and_then(|labels| labels.get(LABEL));
    let message = match labels.get(LABEL) {
        Some("privileged" | "baseline" | "restricted") => return,
        Some(level) if has_placeholder(level) => return,
        Some(level) => {
            format!(
                "`{}` is no Pod Security level: privileged, baseline and restricted are",
                shortened(level)
            )
        }
        None if openshift
            || namespace.name.starts_with("kube-")
            || cx.inventory.admission().pod_security =>
        {
            return;
        }
        None => format!(
            "namespace `{}` enforces no Pod Security Standard",
            namespace.name
        ),
    };
    let place = place.map_or(
        Place::missing(namespace.node, "metadata.labels"),
        Place::value,
    );
    cx.report(namespace, place, message).file();
}

fn is_openshift(key: &str) -> bool {
    key.split_once('/')
        .is_some_and(|(domain, _)| domain == "openshift.io" || domain.ends_with(".openshift.io"))
}
