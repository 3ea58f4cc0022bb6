//! Policies of other engines: Cilium, Calico, and the cluster-wide policies of SIG Network. Here they count as cover for
//! the pods they select; what they allow is not judged, so where one cannot be told to leave a pod out, it covers it.

use std::collections::BTreeSet;

use plimsoll_yaml::Node;

use super::index::namespace_may_match;
use crate::selector::Requirement;
use crate::{Inventory, Kind, Labels, Resource, ResourceIndex, Selector};

/// Kinds whose policies reach into their own namespace.
pub(super) const NAMESPACED: &[Kind] = &[Kind::CiliumNetworkPolicy, Kind::CalicoNetworkPolicy];

/// Kinds whose policies reach into every namespace that they name.
pub(super) const CLUSTERWIDE: &[Kind] = &[
    Kind::CiliumClusterwideNetworkPolicy,
    Kind::GlobalNetworkPolicy,
    Kind::AdminNetworkPolicy,
    Kind::BaselineAdminNetworkPolicy,
    Kind::ClusterNetworkPolicy,
];

/// What a namespace's name is asked by, whatever an engine calls it.
const NAMESPACE: &str = "namespace";

/// What one policy applies to.
struct Subject<'s> {
    /// Asked of the namespace's labels.
    namespaces: Selector<'s>,
    /// Asked of the namespace's name, as [`NAMESPACE`].
    name: Selector<'s>,
    /// Asked of the pod's labels.
    pods: Selector<'s>,
}

/// Which pods the policies of other engines select: policy, namespace, selector.
pub(crate) fn select_pods<'s>(
    inventory: &Inventory<'s>,
) -> Vec<(ResourceIndex, &'s str, Selector<'s>)> {
    let mut selected = Vec::new();
    for policy in NAMESPACED.iter().flat_map(|kind| inventory.of_kind(*kind)) {
        for subject in subjects(policy) {
            selected.push((policy.index(), policy.namespace(), subject.pods));
        }
    }
    let namespaces: BTreeSet<_> = inventory
        .workloads()
        .iter()
        .map(|workload| workload.namespace)
        .collect();
    for policy in CLUSTERWIDE.iter().flat_map(|kind| inventory.of_kind(*kind)) {
        for subject in subjects(policy) {
            let reached = namespaces
                .iter()
                .filter(|name| subject.reaches(inventory, name));
            selected.extend(reached.map(|name| (policy.index(), *name, subject.pods.clone())));
        }
    }
    selected
}

/// Whether a cluster-wide policy may apply to pods of a namespace.
pub(super) fn may_reach<'s>(
    inventory: &Inventory<'s>,
    policy: &Resource<'s>,
    namespace: &'s str,
) -> bool {
    subjects(policy)
        .iter()
        .any(|subject| subject.reaches(inventory, namespace))
}

impl<'s> Subject<'s> {
    fn reaches(&self, inventory: &Inventory<'s>, namespace: &'s str) -> bool {
        let name = Labels::default().with(NAMESPACE, namespace);
        self.name.matches(&name) && namespace_may_match(inventory, &self.namespaces, namespace)
    }

    fn of_pods(requirements: Vec<Requirement<'s>>) -> Self {
        let (name, pods) = requirements
            .into_iter()
            .partition(|requirement| requirement.key() == Some(NAMESPACE));
        Self {
            namespaces: Selector::everything(),
            name: Selector::of(name),
            pods: Selector::of(pods),
        }
    }
}

fn subjects<'s>(policy: &Resource<'s>) -> Vec<Subject<'s>> {
    match policy.kind {
        Kind::CiliumNetworkPolicy | Kind::CiliumClusterwideNetworkPolicy => {
            let several = policy.node.get("specs").into_iter().flat_map(Node::items);
            let specs = policy.spec().into_iter().chain(several);
            specs
                .filter_map(|spec| spec.get("endpointSelector"))
                .filter(|selector| !selector.is_null())
                .map(|selector| Subject::of_pods(cilium(selector)))
                .collect()
        }
        Kind::CalicoNetworkPolicy | Kind::GlobalNetworkPolicy => {
            let text = |field| policy.field(field).and_then(Node::text).unwrap_or_default();
            vec![Subject {
                namespaces: Selector::of(calico(text("spec.namespaceSelector"))),
                ..Subject::of_pods(calico(text("spec.selector")))
            }]
        }
        _ => policy
            .field("spec.subject")
            .map(sig_network)
            .into_iter()
            .collect(),
    }
}

/// `subject` of an `AdminNetworkPolicy`: namespaces with all their pods, or some pods of them.
fn sig_network(subject: Node<'_>) -> Subject<'_> {
    let read = |path: &[&str]| {
        subject
            .at(path)
            .map_or_else(Selector::everything, Selector::read)
    };
    let by_pods = subject.get("pods").is_some_and(|pods| !pods.is_null());
    let namespaces: &[&str] = if by_pods {
        &["pods", "namespaceSelector"]
    } else {
        &["namespaces"]
    };
    Subject {
        namespaces: read(namespaces),
        name: Selector::everything(),
        pods: read(&["pods", "podSelector"]),
    }
}

/// An endpoint selector: label keys may say their source (`k8s:app`), and pods have labels that Cilium derives, of which
/// only the namespace is known here.
fn cilium(selector: Node<'_>) -> Vec<Requirement<'_>> {
    let own_key = |key| {
        let prefixes = ["k8s:", "any:"];
        let key: &str = prefixes
            .iter()
            .find_map(|prefix| str::strip_prefix(key, prefix))
            .unwrap_or(key);
        match key {
            "io.kubernetes.pod.namespace" => Some(NAMESPACE),
            _ if key.starts_with("io.cilium.") => None,
            _ => Some(key),
        }
    };
    Selector::read(selector)
        .requirements()
        .iter()
        .filter_map(|requirement| requirement.clone().with_key(own_key))
        .collect()
}

/// A selector expression of Calico: its terms that are plain and joined by `&&`; the others are taken as true.
fn calico(expression: &str) -> Vec<Requirement<'_>> {
    if expression.contains("||") || expression.contains('(') && expression.contains("&& (") {
        return Vec::new();
    }
    expression.split("&&").filter_map(calico_term).collect()
}

fn calico_term(term: &str) -> Option<Requirement<'_>> {
    let term = term.trim();
    let has = |term: &str| term.starts_with("has(") && term.ends_with(')');
    let key = |text| own_key(str::trim(text));
    if let Some((left, right)) = term.split_once("==") {
        return Some(Requirement::Equals(key(left)?, quoted(right)?));
    }
    if let Some((left, right)) = term.split_once("!=") {
        return Some(Requirement::NotIn(key(left)?, vec![quoted(right)?]));
    }
    if let Some(rest) = term
        .strip_prefix('!')
        .map(str::trim)
        .filter(|rest| has(rest))
    {
        return Some(Requirement::DoesNotExist(key(&rest[4..rest.len() - 1])?));
    }
    if has(term) {
        return Some(Requirement::Exists(key(&term[4..term.len() - 1])?));
    }
    let (left, list) = term.strip_suffix('}')?.split_once('{')?;
    let values = list.split(',').map(quoted).collect::<Option<Vec<_>>>()?;
    let left = left.trim_end();
    if let Some(left) = left.strip_suffix(" not in") {
        return Some(Requirement::NotIn(key(left)?, values));
    }
    Some(Requirement::In(key(left.strip_suffix(" in")?)?, values))
}

/// A key as pods or namespaces have it; `None` for those that only Calico knows.
fn own_key(key: &str) -> Option<&str> {
    match key {
        "projectcalico.org/namespace" => Some(NAMESPACE),
        "projectcalico.org/name" => Some("kubernetes.io/metadata.name"),
        _ if key.starts_with("projectcalico.org/") || key.starts_with("pcsa.") => None,
        _ if key.is_empty() || key.contains(['(', ' ', '\'', '"']) => None,
        _ => Some(key),
    }
}

fn quoted(text: &str) -> Option<&str> {
    let text = text.trim();
    let inner = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('\'').or_else(|| inner('"'))
}

#[cfg(test)]
mod tests {
    use super::calico;
    use crate::Selector;

    #[test]
    fn reads_plain_expressions_of_calico() {
        let shown = |expression| Selector::of(calico(expression)).to_string();
        assert_eq!(shown("all()"), "{}");
        assert_eq!(shown("app == 'api' && has(tier)"), "app=api, tier");
        assert_eq!(
            shown("role in {'db', \"cache\"} && !has(test) && env != 'dev'"),
            "role in (db, cache), env notin (dev), !test"
        );
        assert_eq!(shown("app == 'api' || app == 'web'"), "{}");
        assert_eq!(shown("projectcalico.org/orchestrator == 'k8s'"), "{}");
    }
}
