//! What keeps the pods of one workload apart: anti-affinity, and topology spread constraints.
//!
//! Both hold for a workload only if their selector matches its own pods.

use plimsoll_yaml::Node;

use crate::{Selector, Workload};

/// A topology spread constraint counts its own pods.
pub(crate) fn spreads(workload: &Workload<'_>) -> bool {
    constraints(workload).any(|constraint| selects_own(workload, constraint))
}

/// An anti-affinity term, required or preferred, is about its own pods.
pub(crate) fn keeps_apart(workload: &Workload<'_>) -> bool {
    terms(workload).any(|term| selects_own(workload, term) && reaches_own_namespace(workload, term))
}

/// A constraint that counts other pods only.
pub(crate) fn astray_constraint<'s>(workload: &Workload<'s>) -> Option<Node<'s>> {
    constraints(workload).next().map(blamed)
}

/// A constraint or a term that is about other pods only.
pub(crate) fn astray<'s>(workload: &Workload<'s>) -> Option<Node<'s>> {
    astray_constraint(workload).or_else(|| terms(workload).next().map(blamed))
}

fn blamed(term: Node<'_>) -> Node<'_> {
    let namespaces = term.get("namespaces").filter(|list| !list.is_empty());
    namespaces
        .or_else(|| term.get("labelSelector"))
        .unwrap_or(term)
}

fn constraints<'s>(workload: &Workload<'s>) -> impl Iterator<Item = Node<'s>> + use<'s> {
    workload
        .pod("topologySpreadConstraints")
        .into_iter()
        .flat_map(Node::items)
}

fn terms<'s>(workload: &Workload<'s>) -> impl Iterator<Item = Node<'s>> + use<'s> {
    let rules = workload.spec.at(&["affinity", "podAntiAffinity"]);
    let list = move |key| {
        rules
            .and_then(|rules| rules.get(key))
            .into_iter()
            .flat_map(Node::items)
    };
    let preferred = list("preferredDuringSchedulingIgnoredDuringExecution")
        .filter_map(|weighted| weighted.get("podAffinityTerm"));
    list("requiredDuringSchedulingIgnoredDuringExecution").chain(preferred)
}

fn selects_own(workload: &Workload<'_>, term: Node<'_>) -> bool {
    let topology = term.get("topologyKey").is_some_and(|key| !key.is_empty());
    // No selector selects nothing, an empty one everything.
    let selector = term
        .get("labelSelector")
        .filter(|selector| !selector.is_null());
    topology && selector.is_some_and(|selector| Selector::read(selector).matches(&workload.labels))
}

/// A term names its namespaces, or chooses them by labels, or means the pod's own. Which namespaces carry which labels is
/// not always known here, so a choice by labels is believed.
fn reaches_own_namespace(workload: &Workload<'_>, term: Node<'_>) -> bool {
    let named = term.get("namespaces").filter(|list| !list.is_empty());
    let chosen = term
        .get("namespaceSelector")
        .is_some_and(|selector| !selector.is_null());
    chosen
        || named.is_none_or(|list| {
            list.items()
                .any(|name| name.text() == Some(workload.namespace))
        })
}
