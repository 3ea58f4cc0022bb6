//! How pods that serve come to their end.
//!
//! An ending pod is taken out of the endpoints at the same time as it is told to end, so for some seconds requests go to
//! a process that is closing. A `preStop` hook holds the signal back until the endpoints have spread.

use plimsoll_yaml::Node;

use crate::{Container, Resource, Role, Workload};

/// The containers that a Service sends to: those that declare the port, or else the only one there is.
pub(crate) fn serving<'a, 's>(
    workload: &'a Workload<'s>,
    service: &Resource<'_>,
) -> Vec<&'a Container<'s>> {
    let main: Vec<_> = workload
        .containers
        .iter()
        .filter(|container| container.role == Role::Main)
        .collect();
    let ports = || {
        service
            .field("spec.ports")
            .into_iter()
            .flat_map(Node::items)
    };
    let targets: Vec<_> = ports()
        .filter_map(|port| port.get("targetPort").or_else(|| port.get("port"))?.text())
        .collect();
    let declares = |container: &&Container<'_>| {
        container.ports().any(|port| {
            ["name", "containerPort"].iter().any(|field| {
                port.get(field)
                    .and_then(Node::text)
                    .is_some_and(|text| targets.contains(&text))
            })
        })
    };
    let declaring: Vec<_> = main.iter().copied().filter(declares).collect();
    if declaring.is_empty() && main.len() == 1 {
        main
    } else {
        declaring
    }
}

/// How long a `preStop` hook waits, where it says: `sleep`, or a command that is nothing but `sleep N`.
pub(crate) fn sleep_seconds(hook: Node<'_>) -> Option<i64> {
    if let Some(seconds) = hook.at(&["sleep", "seconds"]) {
        return seconds.int();
    }
    let command = hook.at(&["exec", "command"])?;
    let words: Vec<&str> = command
        .items()
        .filter_map(Node::text)
        .flat_map(str::split_whitespace)
        .collect();
    let program = |word: &str| word.rsplit('/').next().unwrap_or_default().to_owned();
    let rest = match words.as_slice() {
        [shell, "-c", rest @ ..] if program(shell).ends_with("sh") => rest,
        rest => rest,
    };
    match rest {
        [sleep, seconds] if program(sleep) == "sleep" => {
            seconds.strip_suffix('s').unwrap_or(seconds).parse().ok()
        }
        _ => None,
    }
}
