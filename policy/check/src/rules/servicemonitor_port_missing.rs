use plimsoll_yaml::Node;

use crate::{Check, Container, Context, Item, Kind, Needs, Resource, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "servicemonitor-port-missing",
    item: Item::Metrics,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a monitor scrapes a port that nothing it selects has",
    help: "name a port that is there: the Service's `ports[].name` for `port`, the container's port for `targetPort`",
    standards: &[],
    docs: include_str!("servicemonitor_port_missing.md"),
    check: Check::Resource(&[Kind::ServiceMonitor, Kind::PodMonitor], check),
};

fn check<'s>(cx: &Context<'_, 's>, monitor: &Resource<'s>) {
    let list = if monitor.kind == Kind::PodMonitor {
        "podMetricsEndpoints"
    } else {
        "endpoints"
    };
    let endpoints = monitor.spec().and_then(|spec| spec.get(list));
    for endpoint in endpoints.into_iter().flat_map(Node::items) {
        // Of `port` and `targetPort` the operator takes the first; with neither, every port is scraped.
        let given = |key| {
            endpoint
                .get(key)
                .filter(|port| port.text().is_some_and(|text| !text.is_empty()))
        };
        match given("port")
            .or_else(|| given("portNumber"))
            .or_else(|| given("targetPort"))
        {
            Some(port) if monitor.kind == Kind::ServiceMonitor && given("port").is_some() => {
                of_services(cx, monitor, port);
            }
            Some(port) => of_pods(cx, monitor, port),
            None => {}
        }
    }
}

fn of_services<'s>(cx: &Context<'_, 's>, monitor: &Resource<'s>, port: Node<'s>) {
    let services = cx.inventory.monitoring().services(cx.inventory, monitor);
    let ports = services
        .clone()
        .filter_map(|service| service.field("spec.ports"))
        .flat_map(Node::items);
    let names = ports.map(|own| own.get("name").and_then(Node::text));
    let Some(first) = services
        .clone()
        .next()
        .filter(|_| !names.clone().any(|name| name == port.text()))
    else {
        return;
    };
    let has = some_of(names.map(|name| name.unwrap_or("one without a name")));
    let message = format!(
        "{monitor} scrapes port `{}` of {first}, which has {has}",
        port.text().unwrap_or_default()
    );
    cx.report(monitor, port, message)
        .related_object(first, "the Service that it selects")
        .file();
}

fn of_pods<'s>(cx: &Context<'_, 's>, monitor: &Resource<'s>, port: Node<'s>) {
    let index = cx.inventory.monitoring();
    let pods: Box<dyn Iterator<Item = &Workload<'s>>> = match monitor.kind {
        Kind::PodMonitor => Box::new(index.pods(cx.inventory, monitor)),
        _ => Box::new(
            index
                .services(cx.inventory, monitor)
                .flat_map(|service| cx.inventory.selected_by(service)),
        ),
    };
    let (mut first, mut seen) = (None, Vec::new());
    for workload in pods {
        first.get_or_insert(workload);
        let ports = workload.containers.iter().flat_map(Container::ports);
        for own in ports
            .flat_map(|own| [own.get("name"), own.get("containerPort")])
            .flatten()
            .filter_map(Node::text)
        {
            if port.text() == Some(own) {
                return;
            }
            seen.push(own);
        }
    }
    let Some(owner) = first.map(|workload| cx.inventory.owner(workload)) else {
        return;
    };
    let message = format!(
        "{monitor} scrapes port `{}` of {owner}, which has {}",
        port.text().unwrap_or_default(),
        some_of(seen.into_iter())
    );
    cx.report(monitor, port, message)
        .related_object(owner, "the pods that it selects")
        .file();
}

/// `a, b, c`, or `none`: few enough to read.
fn some_of<'s>(names: impl Iterator<Item = &'s str>) -> String {
    let names: Vec<_> = names.take(4).collect();
    if names.is_empty() {
        "none".into()
    } else {
        names.join(", ")
    }
}
