//! Probes, with the defaults of `pkg/apis/core/v1/defaults.go` (`SetDefaults_Probe`) filled in.

use plimsoll_yaml::Node;

use crate::Container;
use crate::naming::{has_placeholder, shortened};
use crate::port::name_fault;

/// The keys of a container's probes.
pub(crate) const KINDS: [&str; 3] = ["livenessProbe", "readinessProbe", "startupProbe"];

/// The handlers that a probe can have; it has exactly one.
const HANDLERS: [&str; 4] = ["exec", "httpGet", "tcpSocket", "grpc"];

/// One probe of a container.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Probe<'s> {
    /// Its key: `livenessProbe`.
    pub(crate) kind: &'static str,
    /// The probe's map.
    pub(crate) node: Node<'s>,
}

impl<'s> Probe<'s> {
    /// A container's probe of a kind.
    pub(crate) fn of(container: &Container<'s>, kind: &'static str) -> Option<Self> {
        let node = container.node.get(kind).filter(|node| node.is_mapping())?;
        Some(Self { kind, node })
    }

    /// All probes of a container.
    pub(crate) fn all(container: &Container<'s>) -> impl Iterator<Item = Self> {
        KINDS
            .into_iter()
            .filter_map(|kind| Self::of(container, kind))
    }

    /// `liveness`, `readiness`, `startup`: the way messages name it.
    pub(crate) fn word(&self) -> &'static str {
        self.kind.strip_suffix("Probe").unwrap_or(self.kind)
    }

    /// Its handlers, as keys and values.
    pub(crate) fn handlers(&self) -> impl Iterator<Item = (&'static str, Node<'s>)> + use<'s> {
        let node = self.node;
        HANDLERS
            .into_iter()
            .filter_map(move |key| Some((key, node.get(key).filter(|handler| !handler.is_null())?)))
    }

    /// The handler that it goes by; `None` where it has none or several.
    pub(crate) fn handler(&self) -> Option<(&'static str, Node<'s>)> {
        let mut handlers = self.handlers();
        handlers.next().filter(|_| handlers.next().is_none())
    }

    /// A number of it, or the API server's default where it is absent or 0.
    pub(crate) fn number(&self, field: &str) -> i64 {
        let default = match field {
            "periodSeconds" => 10,
            "failureThreshold" => 3,
            "timeoutSeconds" | "successThreshold" => 1,
            _ => 0,
        };
        let written = self.node.get(field).and_then(Node::int);
        written.filter(|value| *value != 0).unwrap_or(default)
    }

    /// For how many seconds it may fail before something is done about it.
    pub(crate) fn patience(&self) -> i64 {
        self.number("failureThreshold")
            .saturating_mul(self.number("periodSeconds"))
    }

    /// The port that it asks at: the container's own, not another host's.
    pub(crate) fn port(&self) -> Option<Node<'s>> {
        let (_, handler) = self.handler()?;
        let elsewhere = handler.get("host").is_some_and(|host| !host.is_empty());
        handler
            .get("port")
            .filter(|port| !elsewhere && port.text().is_some())
    }

    /// What it does, so that two probes that ask the same thing compare equal: names of ports are resolved.
    pub(crate) fn question(&self, container: &Container<'s>) -> Option<Vec<String>> {
        let (kind, handler) = self.handler()?;
        let text = |key: &str, default: &str| {
            let written = handler
                .get(key)
                .and_then(Node::text)
                .filter(|text| !text.is_empty());
            written.unwrap_or(default).to_owned()
        };
        let mut parts = vec![kind.to_owned()];
        if kind == "exec" {
            let words = handler.get("command").into_iter().flat_map(Node::items);
            parts.extend(words.map(|word| word.text().unwrap_or_default().to_owned()));
            return Some(parts);
        }
        let number = handler.get("port").map(|port| resolved(container, port));
        parts.push(number.unwrap_or_default());
        for (key, default) in [
            ("path", "/"),
            ("host", ""),
            ("scheme", "HTTP"),
            ("service", ""),
        ] {
            parts.push(text(key, default));
        }
        for header in handler.get("httpHeaders").into_iter().flat_map(Node::items) {
            let part = |key| header.get(key).and_then(Node::text).unwrap_or_default();
            parts.push(format!("{}: {}", part("name"), part("value")));
        }
        Some(parts)
    }
}

/// A port's number, if the container declares one of its name.
fn resolved(container: &Container<'_>, port: Node<'_>) -> String {
    let name = port.text().unwrap_or_default();
    let named = container
        .ports()
        .find(|declared| declared.get("name").and_then(Node::text) == Some(name))
        .and_then(|declared| declared.get("containerPort")?.text());
    named.unwrap_or(name).to_owned()
}

/// What the API server refuses in a probe's fields: `validateProbe` and its kin in `pkg/apis/core/validation`.
impl<'s> Probe<'s> {
    /// Each wrong field, and what is wrong with it.
    pub(crate) fn faults(&self) -> Vec<(Node<'s>, String)> {
        let mut faults: Vec<_> = self
            .handlers()
            .filter_map(|(kind, node)| handler_fault(kind, node))
            .collect();
        for field in NUMBERS {
            let Some(node) = self.node.get(field).filter(|node| !node.is_null()) else {
                continue;
            };
            let once = field == "successThreshold" && self.kind != "readinessProbe";
            let grace = field == "terminationGracePeriodSeconds";
            let fault = match node.int().filter(|_| node.str().is_none()) {
                None => format!("has a {field} that is no whole number"),
                Some(_) if grace && self.kind == "readinessProbe" => {
                    format!("may not have {field}: it never stops the container")
                }
                Some(value) if value < 0 => format!("has the negative {field} {value}"),
                Some(0) if grace => format!("has a {field} of 0"),
                Some(value) if once && value > 1 => {
                    format!("has a {field} of {value}, and it must be 1")
                }
                Some(_) => continue,
            };
            faults.push((node, fault));
        }
        faults
    }
}

const NUMBERS: [&str; 6] = [
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
    "terminationGracePeriodSeconds",
];

fn handler_fault<'s>(kind: &'static str, handler: Node<'s>) -> Option<(Node<'s>, String)> {
    if kind == "exec" {
        let empty = handler.get("command").is_none_or(Node::is_empty);
        return empty.then(|| (handler, "has no command".into()));
    }
    let Some(port) = handler.get("port").filter(|port| !port.is_null()) else {
        return Some((handler, format!("says no port for {kind}")));
    };
    match (port.str(), port.int()) {
        (Some(name), _) if kind == "grpc" => Some((
            port,
            format!("has `{name}` for a port, and grpc takes a number"),
        )),
        (Some(name), _) if name_fault(name).is_some() && !has_placeholder(name) => Some((
            port,
            format!(
                "has a port named `{}`, which is no name of a port",
                shortened(name)
            ),
        )),
        (None, Some(number)) if !(1..=65535).contains(&number) => Some((
            port,
            format!("has the port {number}, and ports go from 1 to 65535"),
        )),
        _ => {
            let scheme = handler.get("scheme").filter(|scheme| !scheme.is_empty())?;
            let known = matches!(scheme.text(), Some("HTTP" | "HTTPS"));
            (!known).then(|| {
                (
                    scheme,
                    format!(
                        "has the scheme `{}`, and HTTP and HTTPS exist",
                        scheme.text().unwrap_or_default()
                    ),
                )
            })
        }
    }
}
