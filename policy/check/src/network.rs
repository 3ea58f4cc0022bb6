//! Network policies: what `networking.k8s.io/v1` means, in one place.
//!
//! ```text
//! NetworkPolicy ─┬─ selects pods of its namespace (podSelector)
//!                └─ governs a direction (policyTypes) ──▶ rules ──▶ peers × ports
//! ```
//!
//! A pod is isolated in a direction as soon as one policy that governs it selects the pod; then the union of all rules of
//! those policies is allowed, and nothing else. The source is `staging/src/k8s.io/api/networking/v1/types.go`; the
//! default of `policyTypes` stands in `pkg/apis/networking/v1/defaults.go`.

mod cidr;
mod dns;
mod engines;
mod exposure;
mod index;
mod port;

use plimsoll_yaml::{Entry, Node};

pub(crate) use cidr::Cidr;
pub(crate) use dns::{Names, names};
pub(crate) use engines::select_pods;
pub(crate) use exposure::{Exposure, exposure, is_edge};
pub(crate) use index::NetworkIndex;
pub(crate) use port::{Port, Ports, declares_ports};

use crate::{Context, Inventory, Kind, Resource, Selector, Workload};

/// Which way a connection goes, seen from the pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Ingress,
    Egress,
}

impl Direction {
    pub(crate) const BOTH: [Self; 2] = [Self::Ingress, Self::Egress];

    /// As `policyTypes` names it.
    pub(crate) fn policy_type(self) -> &'static str {
        match self {
            Self::Ingress => "Ingress",
            Self::Egress => "Egress",
        }
    }

    /// The field of the rules.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }

    /// The field of a rule's peers.
    fn peers(self) -> &'static str {
        match self {
            Self::Ingress => "from",
            Self::Egress => "to",
        }
    }
}

/// Whether a policy governs a direction: what `policyTypes` says, or where it says nothing, ingress always and egress
/// if there are egress rules.
pub(crate) fn governs(policy: &Resource<'_>, direction: Direction) -> bool {
    let spec = |field| policy.spec().and_then(|spec| spec.get(field));
    match spec("policyTypes").filter(|types| !types.is_empty()) {
        Some(types) => types
            .items()
            .any(|one| one.text() == Some(direction.policy_type())),
        None => {
            direction == Direction::Ingress || spec("egress").is_some_and(|rules| !rules.is_empty())
        }
    }
}

/// The pods of its namespace that a policy selects: all, where it has no selector.
pub(crate) fn pod_selector<'s>(policy: &Resource<'s>) -> Selector<'s> {
    policy
        .field("spec.podSelector")
        .map_or_else(Selector::everything, Selector::read)
}

/// The rules of a policy in a direction that it governs.
pub(crate) fn rules<'s>(
    policy: &Resource<'s>,
    direction: Direction,
) -> impl Iterator<Item = Allowance<'s>> + use<'s> {
    let governed = governs(policy, direction);
    let rules = policy
        .spec()
        .and_then(|spec| spec.get(direction.field()))
        .filter(|_| governed);
    rules
        .into_iter()
        .flat_map(Node::items)
        .map(move |node| Allowance { node, direction })
}

/// Whether policies reach a workload's pods at all: those on the network of their node are beyond them.
pub(crate) fn is_governed(workload: &Workload<'_>) -> bool {
    let on_host = workload.pod("hostNetwork").and_then(Node::bool) == Some(true);
    !on_host && workload.kind != Kind::PodTemplate
}

/// A policy that isolates a workload's pods in a direction; the first of them.
pub(crate) fn governing<'a, 's>(
    inventory: &'a Inventory<'s>,
    workload: &Workload<'s>,
    direction: Direction,
) -> Option<&'a Resource<'s>> {
    inventory
        .policies_of(workload)
        .find(|policy| governs(policy, direction))
}

/// Whether the configuration says that policies of a namespace exist elsewhere.
pub(crate) fn is_governed_elsewhere(cx: &Context<'_, '_>, namespace: &str) -> bool {
    cx.config.is_external("NetworkPolicy", namespace, "")
}

/// Whether the pods that a selector means may come from elsewhere: the configuration says so, the repository holds no
/// pod of the namespace, or the selector asks for labels that a controller gives.
pub(crate) fn pods_exist_elsewhere<'s>(
    cx: &Context<'_, 's>,
    namespace: &'s str,
    selector: &Selector<'s>,
) -> bool {
    let all = Selector::everything();
    cx.config.is_external("Pod", namespace, "")
        || cx.inventory.select(namespace, &all).next().is_none()
        || selector.keys().any(is_given_label)
}

/// The labels of a workload's pods: the place that decides which policies select them.
pub(crate) fn labels_of<'s>(workload: &Workload<'s>) -> crate::Place<'s> {
    let labels = workload
        .template
        .get("metadata")
        .and_then(|metadata| metadata.entry("labels"));
    labels.map_or_else(
        || crate::Place::missing(workload.template, "metadata.labels"),
        crate::Place::key,
    )
}

/// A label that a controller puts on the pods it makes, so that no template of a repository shows it.
fn is_given_label(key: &str) -> bool {
    const KEYS: &[&str] = &[
        "alertmanager",
        "controller-revision-hash",
        "controller-uid",
        "job-name",
        "pod-template-generation",
        "pod-template-hash",
        "prometheus",
        "spark-role",
    ];
    const DOMAINS: &[&str] = &[
        "acme.cert-manager.io",
        "agents.x-k8s.io",
        "apps.kubernetes.io",
        "batch.kubernetes.io",
        "cnpg.io",
        "elasticsearch.k8s.elastic.co",
        "gateway.envoyproxy.io",
        "gateway.networking.k8s.io",
        "jobset.sigs.k8s.io",
        "kibana.k8s.elastic.co",
        "kubevirt.io",
        "operator.prometheus.io",
        "postgres-operator.crunchydata.com",
        "rook.io",
        "serving.knative.dev",
        "statefulset.kubernetes.io",
        "strimzi.io",
        "tekton.dev",
        "workflows.argoproj.io",
    ];
    let domain = key.split_once('/').map_or("", |(domain, _)| domain);
    KEYS.contains(&key) || DOMAINS.contains(&domain)
}

/// One rule of a policy: traffic that it allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance<'s> {
    pub(crate) node: Node<'s>,
    pub(crate) direction: Direction,
}

impl<'s> Allowance<'s> {
    /// `from` or `to`, where it is there and not null.
    pub(crate) fn peers_entry(&self) -> Option<Entry<'s>> {
        self.node
            .entry(self.direction.peers())
            .filter(|entry| !entry.value.is_null())
    }

    /// It names no peer, so it allows everyone.
    pub(crate) fn is_for_everyone(&self) -> bool {
        self.peers_entry()
            .is_none_or(|entry| entry.value.is_empty())
    }

    /// Its peers.
    pub(crate) fn peers(&self) -> impl Iterator<Item = Peer<'s>> + use<'s> {
        let peers = self.peers_entry().map(|entry| entry.value);
        peers.into_iter().flat_map(Node::items).map(Peer::read)
    }

    /// Its ports; no port means all.
    pub(crate) fn ports(&self) -> impl Iterator<Item = Port<'s>> + use<'s> {
        self.node
            .get("ports")
            .into_iter()
            .flat_map(Node::items)
            .map(Port::read)
    }

    /// It names no port, so it allows all.
    pub(crate) fn is_for_all_ports(&self) -> bool {
        self.ports().next().is_none()
    }

    /// Whether it allows a port by its number; a port that it names by name is not looked up.
    pub(crate) fn allows(&self, protocol: &str, number: i64) -> bool {
        self.is_for_all_ports() || self.ports().any(|port| port.allows(protocol, number))
    }
}

/// Whom a rule allows.
#[derive(Clone, Debug)]
pub(crate) struct Peer<'s> {
    pub(crate) node: Node<'s>,
    pub(crate) who: Who<'s>,
}

/// What a peer is told by.
#[derive(Clone, Debug)]
pub(crate) enum Who<'s> {
    /// Addresses: `ipBlock`. A block that cannot be read is `None`.
    Block(Option<Cidr>, Vec<Cidr>),
    /// Pods of the policy's own namespace.
    Neighbours(Selector<'s>),
    /// Pods of the namespaces that a selector matches: the second selector, or all.
    Elsewhere(Selector<'s>, Option<Selector<'s>>),
    /// It says nothing; the API server refuses it.
    Nothing,
}

impl<'s> Peer<'s> {
    fn read(node: Node<'s>) -> Self {
        let get = |field| node.get(field).filter(|value| !value.is_null());
        let cidr = |node: Node<'s>| node.text().and_then(Cidr::parse);
        let pods = get("podSelector").map(Selector::read);
        let who = if let Some(block) = get("ipBlock") {
            let except = block.get("except").into_iter().flat_map(Node::items);
            Who::Block(
                block.get("cidr").and_then(cidr),
                except.filter_map(cidr).collect(),
            )
        } else if let Some(namespaces) = get("namespaceSelector").map(Selector::read) {
            Who::Elsewhere(namespaces, pods)
        } else {
            pods.map_or(Who::Nothing, Who::Neighbours)
        };
        Self { node, who }
    }

    /// An address block that holds an address and does not except it.
    pub(crate) fn holds_address(&self, address: std::net::IpAddr) -> bool {
        match &self.who {
            Who::Block(Some(block), except) => {
                block.holds(address) && !except.iter().any(|cidr| cidr.holds(address))
            }
            _ => false,
        }
    }

    /// Every address there is (of one family), with no exception.
    pub(crate) fn is_every_address(&self) -> bool {
        matches!(&self.who, Who::Block(Some(block), except) if block.is_everything() && except.is_empty())
    }

    /// Every pod of every namespace.
    pub(crate) fn is_every_pod(&self) -> bool {
        match &self.who {
            Who::Elsewhere(namespaces, pods) => {
                namespaces.is_empty() && pods.as_ref().is_none_or(Selector::is_empty)
            }
            _ => false,
        }
    }
}
