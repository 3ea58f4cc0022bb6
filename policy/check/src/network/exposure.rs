//! Services that stand open to more than the cluster.

use plimsoll_yaml::Node;

use super::Cidr;
use crate::{Inventory, Resource, Workload};

/// How a Service stands open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exposure {
    /// A port on every node.
    NodePort,
    /// A load balancer that anybody may reach.
    LoadBalancer,
    /// A load balancer of a private network, or one that lets some addresses in.
    Private,
}

/// Annotations by which clouds make a load balancer an internal one, with the value that says so.
const INTERNAL: &[(&str, &str)] = &[
    ("cloud.google.com/load-balancer-type", "internal"),
    ("networking.gke.io/load-balancer-type", "internal"),
    (
        "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type",
        "intranet",
    ),
    (
        "service.beta.kubernetes.io/aws-load-balancer-internal",
        "0.0.0.0/0",
    ),
    (
        "service.beta.kubernetes.io/aws-load-balancer-internal",
        "true",
    ),
    (
        "service.beta.kubernetes.io/aws-load-balancer-scheme",
        "internal",
    ),
    (
        "service.beta.kubernetes.io/azure-load-balancer-internal",
        "true",
    ),
    (
        "service.beta.kubernetes.io/oci-load-balancer-internal",
        "true",
    ),
    (
        "service.beta.kubernetes.io/openstack-internal-load-balancer",
        "true",
    ),
    (
        "service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type",
        "private",
    ),
];

/// How a Service stands open; `None` for one of the cluster alone.
pub(crate) fn exposure(service: &Resource<'_>) -> Option<Exposure> {
    match service.field("spec.type").and_then(Node::text)? {
        "NodePort" => Some(Exposure::NodePort),
        "LoadBalancer" if is_private(service) => Some(Exposure::Private),
        "LoadBalancer" => Some(Exposure::LoadBalancer),
        _ => None,
    }
}

fn is_private(service: &Resource<'_>) -> bool {
    let says = |(key, value): &(&str, &str)| {
        service
            .annotation(key)
            .is_some_and(|found| found.eq_ignore_ascii_case(value))
    };
    let ranges = service
        .field("spec.loadBalancerSourceRanges")
        .filter(|ranges| !ranges.is_empty());
    let is_everything = |range: Node<'_>| {
        let block = range.text().and_then(|text| Cidr::parse(text.trim()));
        block.is_none_or(Cidr::is_everything)
    };
    INTERNAL.iter().any(says) || ranges.is_some_and(|ranges| !ranges.items().any(is_everything))
}

/// Whether a workload is meant to be reached from outside the cluster's pods: through a node, a load balancer, or by the
/// API server, whose address no policy can name.
pub(crate) fn is_edge<'s>(inventory: &Inventory<'s>, workload: &Workload<'s>) -> bool {
    let mut ports = workload.containers.iter().flat_map(crate::Container::ports);
    ports.any(|port| port.get("hostPort").is_some_and(|port| !port.is_null()))
        || inventory.services_of(workload).any(|service| {
            let has_addresses = service
                .field("spec.externalIPs")
                .is_some_and(|addresses| !addresses.is_empty());
            exposure(service).is_some()
                || has_addresses
                || inventory.network().is_called_by_api_server(service)
        })
}
