//! What must be there only if something else is, or is not: `pkg/apis/*/validation` asks for it, no schema can.

use plimsoll_yaml::Node;

use super::fault::{Fault, Value};
use crate::Place;

/// What an object of some definition lacks.
pub(super) type Condition = for<'s> fn(Value<'s>) -> Option<Fault<'s>>;

/// The definitions that have one.
const CONDITIONS: &[(&str, Condition)] = &[
    ("IngressBackend", backend),
    ("IngressServiceBackend", port),
    ("IngressSpec", rules_or_default),
    ("NetworkPolicyPeer", peer),
    ("PersistentVolumeClaimSpec", storage),
    ("PolicyRule", groups),
];

/// The condition of a definition.
pub(super) fn of(definition: &str) -> Option<Condition> {
    let found = CONDITIONS.iter().find(|(name, _)| *name == definition);
    found.map(|(_, condition)| *condition)
}

fn lacks(value: Value<'_>, key: &str) -> bool {
    value.node.get(key).is_none_or(Node::is_empty)
}

/// An empty map is something.
fn absent(value: Value<'_>, key: &str) -> bool {
    value.node.get(key).is_none_or(Node::is_null)
}

fn fault<'s>(value: Value<'s>, path: &'static str, message: &str) -> Fault<'s> {
    let message = format!("{} {message}", value.holder());
    Fault::new(Place::missing(value.node, path), message)
}

fn groups(rule: Value<'_>) -> Option<Fault<'_>> {
    let urls = !lacks(rule, "nonResourceURLs");
    if lacks(rule, "resources") && !urls {
        return Some(fault(
            rule,
            "resources",
            "has no `resources` and no `nonResourceURLs`",
        ));
    }
    (!urls && lacks(rule, "apiGroups")).then(|| {
        fault(
            rule,
            "apiGroups",
            "has no `apiGroups`, which a rule about resources needs",
        )
        .helped(Some("write `apiGroups: [\"\"]` for the core group".into()))
    })
}

fn storage(claim: Value<'_>) -> Option<Fault<'_>> {
    let requests = claim.node.at(&["resources", "requests", "storage"]);
    requests.is_none_or(Node::is_null).then(|| {
        fault(
            claim,
            "resources.requests.storage",
            "asks for no `storage`, which is required",
        )
    })
}

fn backend(backend: Value<'_>) -> Option<Fault<'_>> {
    // Those of before have a message of their own.
    let former = backend.node.get("serviceName").is_some();
    (absent(backend, "service") && absent(backend, "resource") && !former)
        .then(|| fault(backend, "service", "has no `service` and no `resource`"))
}

fn rules_or_default(ingress: Value<'_>) -> Option<Fault<'_>> {
    (lacks(ingress, "rules") && lacks(ingress, "defaultBackend"))
        .then(|| fault(ingress, "rules", "has no `rules` and no `defaultBackend`"))
}

fn port(service: Value<'_>) -> Option<Fault<'_>> {
    let port = service.node.get("port");
    let named = |key| port.is_some_and(|port| port.get(key).is_some_and(|node| !node.is_null()));
    (!named("name") && !named("number")).then(|| {
        fault(
            service,
            "port.number",
            "has no `port` with a `name` or a `number`",
        )
    })
}

fn peer(peer: Value<'_>) -> Option<Fault<'_>> {
    let all = ["podSelector", "namespaceSelector", "ipBlock"];
    all.iter().all(|key| absent(peer, key)).then(|| {
        let message =
            "names no peer: it needs a `podSelector`, a `namespaceSelector` or an `ipBlock`";
        fault(peer, "podSelector", message)
    })
}
