//! Who is scraped: what the objects of the Prometheus operator select, as the operator reads them
//! (`pkg/prometheus/resource_selector.go` and `promcfg.go` of prometheus-operator/prometheus-operator).
//!
//! ```text
//! Prometheus ──serviceMonitorSelector──▶ ServiceMonitor ──selector, namespaceSelector──▶ Service ──▶ pods
//!            ──podMonitorSelector──────▶ PodMonitor ──────selector, namespaceSelector─────────────▶ pods
//! ```
//!
//! Monitors that say the same share one list, so the work grows with what is different in a repository.

mod choice;
mod labelled;
mod scraped;

use std::sync::Arc;

use foldhash::{HashMap, HashSet};
use plimsoll_yaml::Node;

pub(crate) use choice::{Chosen, Verdict, choosers, chosen};
use labelled::Labelled;
use scraped::Scraped;

use crate::config::Config;
use crate::{Inventory, Kind, Resource, ResourceIndex, Selector, Workload};

/// The kinds that select what is scraped.
pub(crate) const MONITORS: [Kind; 3] = [Kind::ServiceMonitor, Kind::PodMonitor, Kind::Probe];

/// Where a monitor looks for what it selects.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reach<'s> {
    Everywhere,
    In(Vec<&'s str>),
}

/// The index.
#[derive(Debug)]
pub(crate) struct Monitoring<'s> {
    targets: HashMap<ResourceIndex, Arc<[u32]>>,
    /// Keys of labels that a Service or a pod template of the repository has.
    keys: HashSet<&'s str>,
    /// Namespaces that a chart is installed in; what it makes there is not known.
    charts: HashSet<&'s str>,
    /// Namespaces that an operator may make pods and Services in.
    operators: HashSet<&'s str>,
    /// The name of a chart holds `prometheus`, so that a Prometheus may come from it.
    chart_prometheus: bool,
    scraped: Scraped<'s>,
    services: Labelled<'s>,
}

impl<'s> Monitoring<'s> {
    pub(crate) fn new(inventory: &Inventory<'s>) -> Self {
        let services = Labelled::of_kind(inventory, Kind::Service);
        let ingresses = Labelled::of_kind(inventory, Kind::Ingress);
        let pods = Labelled::of_pods(inventory);
        let mut targets = HashMap::default();
        let mut shared: HashMap<_, Arc<[u32]>> = HashMap::default();
        for monitor in MONITORS
            .into_iter()
            .flat_map(|kind| inventory.of_kind(kind))
        {
            let Some(base) = base(monitor) else { continue };
            let key = (monitor.kind, reach(monitor), selector(base));
            let list = shared
                .entry(key)
                .or_insert_with_key(|(kind, reach, selector)| {
                    let labelled = match kind {
                        Kind::PodMonitor => &pods,
                        Kind::Probe => &ingresses,
                        _ => &services,
                    };
                    labelled.matching(reach, selector).collect()
                });
            targets.insert(monitor.index(), Arc::clone(list));
        }
        let installed: Vec<_> = charts(inventory).collect();
        Self {
            scraped: Scraped::new(inventory, &targets, &services, &pods),
            targets,
            keys: services.keys().chain(pods.keys()).collect(),
            services,
            chart_prometheus: installed
                .iter()
                .any(|(_, chart)| chart.contains("prometheus")),
            operators: made_by_operators(inventory).collect(),
            charts: installed
                .into_iter()
                .map(|(namespace, _)| namespace)
                .collect(),
        }
    }

    /// The Services that a `ServiceMonitor` selects, or the Ingresses of a Probe.
    pub(crate) fn services<'a>(
        &'a self,
        inventory: &'a Inventory<'s>,
        monitor: &Resource<'_>,
    ) -> impl Iterator<Item = &'a Resource<'s>> + Clone {
        self.indexes(monitor)
            .map(|index| inventory.resource(ResourceIndex(index)))
    }

    /// The first Service of any namespace that a selector matches.
    pub(crate) fn first_service_anywhere<'a>(
        &'a self,
        inventory: &'a Inventory<'s>,
        selector: &Selector<'s>,
    ) -> Option<&'a Resource<'s>> {
        let index = self
            .services
            .matching(&Reach::Everywhere, selector)
            .next()?;
        Some(inventory.resource(ResourceIndex(index)))
    }

    /// The workloads that a `PodMonitor` selects.
    pub(crate) fn pods<'a>(
        &'a self,
        inventory: &'a Inventory<'s>,
        monitor: &Resource<'_>,
    ) -> impl Iterator<Item = &'a Workload<'s>> + Clone {
        self.indexes(monitor)
            .map(|index| &inventory.workloads()[index as usize])
    }

    fn indexes(&self, monitor: &Resource<'_>) -> impl Iterator<Item = u32> + Clone + '_ {
        let list = self.targets.get(&monitor.index()).map(AsRef::as_ref);
        list.unwrap_or_default().iter().copied()
    }

    /// Something collects the metrics of a workload, as far as the repository tells.
    pub(crate) fn is_scraped(&self, workload: &Workload<'_>) -> bool {
        self.scraped.holds(workload)
    }

    /// Whether a chart that is not rendered here may bring a Prometheus.
    pub(crate) fn chart_may_bring_prometheus(&self) -> bool {
        self.chart_prometheus
    }

    /// Whether what a monitor selects may be made by somebody who is not in the repository: a chart, the cluster itself, an
    /// operator (which is told by a label of its own domain), or what the configuration declares as external.
    pub(crate) fn may_be_elsewhere(&self, config: &Config, monitor: &Resource<'s>) -> bool {
        let kind = match monitor.kind {
            Kind::PodMonitor => "Pod",
            Kind::Probe => "Ingress",
            _ => "Service",
        };
        let declared = |namespace: Option<&str>| {
            config.external.iter().any(|pattern| {
                let named = &pattern.namespace;
                pattern.kind.as_deref().is_none_or(|own| own == kind)
                    && named
                        .as_ref()
                        .is_none_or(|own| namespace.is_none_or(|name| own.matches(name)))
            })
        };
        let there = match reach(monitor) {
            Reach::Everywhere => !self.charts.is_empty() || declared(None),
            Reach::In(namespaces) => namespaces.iter().any(|namespace| {
                *namespace == "kube-system"
                    || self.charts.contains(namespace)
                    || self.operators.contains(namespace)
                    || declared(Some(namespace))
            }),
        };
        there || base(monitor).is_some_and(|base| self.asks_for_an_operators_label(base))
    }

    fn asks_for_an_operators_label(&self, base: Node<'s>) -> bool {
        let selector = base.get("selector");
        let labels = selector.and_then(|selector| selector.get("matchLabels"));
        let labels = labels.into_iter().flat_map(Node::entries);
        let expressions = selector.and_then(|selector| selector.get("matchExpressions"));
        let expressions = expressions.into_iter().flat_map(Node::items);
        let keys = labels
            .map(|entry| (entry.name(), entry.value.text()))
            .chain(
                expressions
                    .map(|it| (it.get("key").and_then(Node::text).unwrap_or_default(), None)),
            );
        keys.into_iter().any(|(key, value)| {
            let domain = key.split_once('/').map_or("", |(domain, _)| domain);
            let own = !domain.is_empty() && !matches!(domain, "app.kubernetes.io" | "helm.sh");
            // The API server's own Service, the kubelet's, and those that the Prometheus operator makes.
            let cluster = key == "k8s-app"
                || key.starts_with("operated-")
                || (key == "component" && value == Some("apiserver"));
            (own || cluster) && !self.keys.contains(key)
        })
    }
}

/// The map that holds `selector` and `namespaceSelector`.
pub(crate) fn base<'s>(monitor: &Resource<'s>) -> Option<Node<'s>> {
    match monitor.kind {
        Kind::Probe => monitor.field("spec.targets.ingress"),
        _ => monitor.spec(),
    }
}

/// An absent selector selects all, since the operator reads it by value.
fn selector(base: Node<'_>) -> Selector<'_> {
    base.get("selector")
        .map_or_else(Selector::everything, Selector::read)
}

/// Where a monitor looks: everywhere, in the namespaces that it names, or else in its own.
pub(crate) fn reach<'s>(monitor: &Resource<'s>) -> Reach<'s> {
    let selector = base(monitor).and_then(|base| base.get("namespaceSelector"));
    reach_of(selector, monitor.namespace())
}

fn reach_of<'s>(selector: Option<Node<'s>>, own: &'s str) -> Reach<'s> {
    let field = |key| selector.and_then(|selector: Node<'s>| selector.get(key));
    if field("any").and_then(Node::bool) == Some(true) {
        return Reach::Everywhere;
    }
    let mut names: Vec<_> = field("matchNames")
        .into_iter()
        .flat_map(Node::items)
        .filter_map(Node::text)
        .collect();
    if names.is_empty() {
        names.push(own);
    }
    names.sort_unstable();
    names.dedup();
    Reach::In(names)
}

impl std::fmt::Display for Reach<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Everywhere => f.write_str("any namespace"),
            Self::In(names) if names.len() == 1 => write!(f, "namespace `{}`", names[0]),
            Self::In(names) if names.len() <= 3 => write!(f, "namespaces `{}`", names.join("`, `")),
            Self::In(names) => write!(f, "{} namespaces", names.len()),
        }
    }
}

/// API groups of which no object makes pods or Services.
const MAKES_NOTHING: [&str; 9] = [
    "traefik.io",
    "traefik.containo.us",
    "networking.istio.io",
    "security.istio.io",
    "kyverno.io",
    "external-secrets.io",
    "cert-manager.io",
    "toolkit.fluxcd.io",
    "gateway.envoyproxy.io",
];

/// The namespaces in which an operator may make pods and Services that are not in the repository: of a custom resource
/// that is not known, of a Gateway, of a subscription to an operator.
fn made_by_operators<'a, 's>(inventory: &'a Inventory<'s>) -> impl Iterator<Item = &'s str> + 'a {
    let custom = inventory.of_kind(Kind::Other).filter(|object| {
        let group = object.group();
        group.contains('.') && !MAKES_NOTHING.iter().any(|end| group.ends_with(end))
    });
    custom
        .chain(inventory.of_kind(Kind::Gateway))
        .map(|object| object.declared_namespace.unwrap_or("default"))
}

/// The charts that a repository installs without their objects being in it: namespace and name of each.
fn charts<'a, 's>(inventory: &'a Inventory<'s>) -> impl Iterator<Item = (&'s str, &'s str)> + 'a {
    let releases = inventory.of_kind(Kind::HelmRelease).map(|release| {
        let text = |path| release.field(path).and_then(Node::text);
        let namespace = text("spec.targetNamespace").unwrap_or(release.namespace());
        let chart = text("spec.chart.spec.chart").or_else(|| text("spec.chartRef.name"));
        (namespace, chart.unwrap_or(release.name))
    });
    let applications = inventory
        .of_kind(Kind::Application)
        .flat_map(|application| {
            let into = application
                .field("spec.destination.namespace")
                .and_then(Node::text);
            let one = application.field("spec.source").into_iter();
            let many = application
                .field("spec.sources")
                .into_iter()
                .flat_map(Node::items);
            let charts = one
                .chain(many)
                .filter_map(|source| source.get("chart")?.text());
            charts.map(move |chart| (into.unwrap_or_default(), chart))
        });
    releases.chain(applications)
}
