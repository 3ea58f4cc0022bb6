use plimsoll_yaml::Node;

use crate::port::name_fault;
use crate::probe::Probe;
use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "probe-port-undeclared",
    item: Item::Probes,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a probe asks at a port that its container does not declare",
    help: "declare the port under `ports`, or correct the probe",
    standards: &[],
    docs: include_str!("probe_port_undeclared.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let tcp = |port: &Node<'s>| {
        port.get("protocol")
            .and_then(Node::text)
            .is_none_or(|protocol| protocol == "TCP" || protocol.is_empty())
    };
    let declared: Vec<_> = container.ports().filter(tcp).collect();
    for probe in Probe::all(container) {
        let Some(port) = probe.port() else { continue };
        let (key, fault) = match port.str() {
            // `probe-handler-invalid` says so.
            Some(name) if name_fault(name).is_some() => continue,
            Some(_) => ("name", "has no TCP port of that name, so it always fails"),
            // Who declares no port at all leaves nothing to compare with: ports work undeclared.
            None if declared.is_empty() => continue,
            None => ("containerPort", "declares others only"),
        };
        let text = port.text().unwrap_or_default();
        if !declared
            .iter()
            .any(|own| own.get(key).and_then(Node::text) == Some(text))
        {
            cx.report_in(
                workload,
                port,
                format!(
                    "the {} probe asks at port `{text}`, but {container} {fault}",
                    probe.word()
                ),
            )
            .file();
        }
    }
}
