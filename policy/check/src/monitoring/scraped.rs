//! Which workloads something collects metrics from: the operator's monitors, those of `VictoriaMetrics` and of Google's
//! managed Prometheus, scrape annotations, and agents that are told by an annotation.

use foldhash::{HashMap, HashSet};
use std::sync::Arc;

use plimsoll_yaml::Node;

use super::labelled::Labelled;
use super::{Reach, reach_of, selector};
use crate::{Inventory, Kind, Resource, ResourceIndex, Workload};

#[derive(Debug, Default)]
pub(super) struct Scraped<'s> {
    workloads: HashSet<u32>,
    namespaces: HashSet<&'s str>,
    everything: bool,
}

impl<'s> Scraped<'s> {
    pub(super) fn new(
        inventory: &Inventory<'s>,
        targets: &HashMap<ResourceIndex, Arc<[u32]>>,
        services: &Labelled<'s>,
        pods: &Labelled<'s>,
    ) -> Self {
        let mut this = Self::default();
        let mut scraped = HashSet::default();
        for monitor in inventory.of_kind(Kind::ServiceMonitor) {
            scraped.extend(
                targets
                    .get(&monitor.index())
                    .into_iter()
                    .flat_map(|list| list.iter().copied()),
            );
        }
        for monitor in inventory.of_kind(Kind::PodMonitor) {
            let list = targets.get(&monitor.index()).into_iter();
            this.workloads
                .extend(list.flat_map(|list| list.iter().copied()));
        }
        for (takes, reach, base) in inventory.of_kind(Kind::Other).filter_map(foreign) {
            let found = match takes {
                Takes::Services => services
                    .matching(&reach, &selector(base))
                    .collect::<Vec<_>>(),
                Takes::Pods => pods.matching(&reach, &selector(base)).collect(),
            };
            match takes {
                Takes::Services => scraped.extend(found),
                Takes::Pods => this.workloads.extend(found),
            }
        }
        let named = inventory
            .of_kind(Kind::ScrapeConfig)
            .flat_map(|config| this.scrape_config(config))
            .collect::<Vec<_>>();
        let named = named
            .into_iter()
            .filter_map(|(namespace, name)| inventory.find(Kind::Service, namespace, name));
        scraped.extend(named.map(|service| service.index().0));
        let annotated = inventory
            .of_kind(Kind::Service)
            .filter(|service| is_annotated(service.metadata()));
        scraped.extend(annotated.map(|service| service.index().0));
        for service in inventory
            .of_kind(Kind::Service)
            .filter(|service| scraped.contains(&service.index().0))
        {
            let selected = inventory.selected_by(service);
            this.workloads
                .extend(selected.map(|workload| workload.index.0));
        }
        this
    }

    pub(super) fn holds(&self, workload: &Workload<'_>) -> bool {
        self.everything
            || self.workloads.contains(&workload.index.0)
            || self.namespaces.contains(workload.namespace)
            || is_annotated(workload.template.get("metadata"))
    }

    /// Notes what discovery of a `ScrapeConfig` covers; gives the hosts that its static targets name.
    fn scrape_config(&mut self, config: &Resource<'s>) -> Vec<(&'s str, &'s str)> {
        let list = |key| {
            config
                .spec()
                .and_then(|spec| spec.get(key))
                .into_iter()
                .flat_map(Node::items)
        };
        for discovery in list("kubernetesSDConfigs") {
            let names: Vec<_> = discovery
                .at(&["namespaces", "names"])
                .into_iter()
                .flat_map(Node::items)
                .filter_map(Node::text)
                .collect();
            self.everything |= names.is_empty();
            self.namespaces.extend(names);
        }
        let targets = list("staticConfigs")
            .filter_map(|one| one.get("targets"))
            .flat_map(Node::items);
        let hosts = targets
            .filter_map(Node::text)
            .map(|target| target.split([':', '/']).next().unwrap_or_default());
        let split = hosts.map(|host| {
            let mut parts = host.split('.');
            let name = parts.next().unwrap_or_default();
            (parts.next().unwrap_or(config.namespace()), name)
        });
        split.collect()
    }
}

enum Takes {
    Services,
    Pods,
}

/// A monitor of another make: what it selects, where, and the map that holds its selector.
fn foreign<'s>(object: &Resource<'s>) -> Option<(Takes, Reach<'s>, Node<'s>)> {
    let takes = match (object.group(), object.kind_name) {
        ("operator.victoriametrics.com", "VMServiceScrape") => Takes::Services,
        ("operator.victoriametrics.com", "VMPodScrape")
        | ("monitoring.googleapis.com", "PodMonitoring" | "ClusterPodMonitoring") => Takes::Pods,
        _ => return None,
    };
    let spec = object.spec()?;
    let reach = match object.kind_name {
        "ClusterPodMonitoring" => Reach::Everywhere,
        _ => reach_of(
            spec.get("namespaceSelector"),
            object.declared_namespace.unwrap_or("default"),
        ),
    };
    Some((takes, reach, spec))
}

/// `prometheus.io/scrape: "true"` and its like, or an agent's annotation.
fn is_annotated(metadata: Option<Node<'_>>) -> bool {
    let annotations = metadata.and_then(|metadata| metadata.get("annotations"));
    annotations
        .into_iter()
        .flat_map(Node::entries)
        .any(|entry| {
            let name = entry.name();
            let scrape = name.ends_with("/scrape") && entry.value.text() == Some("true");
            let agent = [
                "ad.datadoghq.com/",
                "instrumentation.opentelemetry.io/inject-",
                "sidecar.opentelemetry.io/inject",
            ];
            scrape || agent.iter().any(|prefix| name.starts_with(prefix))
        })
}
