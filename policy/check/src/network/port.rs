//! Ports: of policy rules, and of the containers that they are about.

use plimsoll_yaml::{Node, Scalar};

use crate::Workload;

/// A port of a rule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Port<'s> {
    pub(crate) node: Node<'s>,
    /// TCP where it says nothing.
    pub(crate) protocol: &'s str,
    pub(crate) which: Ports<'s>,
}

/// Which ports one entry means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ports<'s> {
    /// All of the protocol.
    All,
    /// From one to another.
    Range(i64, i64),
    /// The container port of that name. Text in quotes is a name too, `"80"` as well.
    Named(&'s str),
}

impl<'s> Port<'s> {
    pub(crate) fn read(node: Node<'s>) -> Self {
        let which = match node.get("port").and_then(Node::scalar) {
            Some(Scalar::Str(name)) => Ports::Named(name),
            _ => node
                .get("port")
                .and_then(Node::int)
                .map_or(Ports::All, |from| {
                    let end = node.get("endPort").and_then(Node::int).unwrap_or(from);
                    Ports::Range(from, end)
                }),
        };
        Self {
            node,
            protocol: protocol(node),
            which,
        }
    }

    /// Whether it means a port of that number.
    pub(crate) fn allows(&self, protocol: &str, number: i64) -> bool {
        self.protocol == protocol
            && match self.which {
                Ports::All => true,
                Ports::Range(from, end) => (from..=end).contains(&number),
                Ports::Named(_) => false,
            }
    }

    /// Whether it means a port that one of a workload's containers declares.
    pub(crate) fn is_declared_by(&self, workload: &Workload<'s>) -> bool {
        declared(workload).any(|port| {
            let number = port.get("containerPort").and_then(Node::int);
            match self.which {
                Ports::Named(name) => {
                    protocol(port) == self.protocol
                        && port.get("name").and_then(Node::text) == Some(name)
                }
                _ => number.is_some_and(|number| self.allows(protocol(port), number)),
            }
        })
    }

    /// Whether a workload speaks of the port otherwise: a probe, an argument, an environment value, an annotation.
    pub(crate) fn is_spoken_of_by(&self, workload: &Workload<'s>) -> bool {
        let Ports::Range(from, end) = self.which else {
            return false;
        };
        from != end || speaks_of(workload.template, &from.to_string())
    }
}

/// Whether a workload's containers say which ports they have.
pub(crate) fn declares_ports(workload: &Workload<'_>) -> bool {
    declared(workload).next().is_some()
}

fn declared<'s>(workload: &Workload<'s>) -> impl Iterator<Item = Node<'s>> {
    workload
        .containers
        .iter()
        .flat_map(crate::Container::ports)
        .filter(|port| port.is_mapping())
}

fn protocol(node: Node<'_>) -> &str {
    node.get("protocol").and_then(Node::text).unwrap_or("TCP")
}

/// Whether a number stands by itself in a text of the tree, as in `--metrics-addr=:9090`.
fn speaks_of(root: Node<'_>, number: &str) -> bool {
    let mut waiting = vec![root];
    while let Some(node) = waiting.pop() {
        waiting.extend(node.items());
        waiting.extend(node.entries().map(|entry| entry.value));
        let text = node.text().unwrap_or_default();
        let mut found = text.match_indices(number);
        let is_whole = found.any(|(at, _)| {
            let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            !digit(text[..at].chars().next_back())
                && !digit(text[at + number.len()..].chars().next())
        });
        if is_whole {
            return true;
        }
    }
    false
}
