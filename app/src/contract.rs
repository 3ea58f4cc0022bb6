//! What SSPP needs and offers, for whoever deploys it and for programs that hold manifests to it.
//!
//! The structs here are a format of their own (`docs/contract.md`): they are frozen by version, and
//! filled from the tables that the program itself runs on.

use std::io::Write;
use std::process::ExitCode;

use serde::Serialize;

use crate::api::{describe, probes};
use crate::config::{Role, Unset, VARIABLES};
use crate::log;
use crate::metrics::{CATALOGUE, Kind};
use crate::queue::{Key, Keys};

const VERSION: &str = "plimsoll.dev/application-contract/v1";
/// The user of the image, by number, so that Kubernetes can tell that it is not root.
const USER: u32 = 65532;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Contract {
    version: &'static str,
    application: &'static str,
    image: Image,
    roles: Vec<RoleContract>,
    environment: Vec<VariableContract>,
    metrics: Vec<MetricContract>,
    queues: Vec<QueueContract>,
    logs: Logs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Image {
    user: u32,
    writes: [&'static str; 0],
    needs_shell: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RoleContract {
    name: &'static str,
    arguments: [&'static str; 1],
    /// `service` runs until it is told to end, `job` until it is done.
    runs: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    probes: Option<Probes>,
    paths: Vec<PathContract>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shutdown_seconds: Option<u32>,
}

#[derive(Serialize)]
struct Probes {
    startup: Probe,
    liveness: Probe,
    readiness: Probe,
    metrics: Probe,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Probe {
    path: &'static str,
    depends_on: &'static [&'static str],
}

#[derive(Serialize)]
struct PathContract {
    method: &'static str,
    path: String,
    about: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VariableContract {
    name: &'static str,
    roles: &'static [Role],
    required: bool,
    secret: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<&'static str>,
    about: &'static str,
}

#[derive(Serialize)]
struct MetricContract {
    name: &'static str,
    kind: Kind,
    labels: &'static [&'static str],
    roles: &'static [Role],
    about: &'static str,
}

#[derive(Serialize)]
struct QueueContract {
    store: &'static str,
    name: String,
    kind: &'static str,
    /// Its length is what there is to do.
    backlog: bool,
    about: &'static str,
}

#[derive(Serialize)]
struct Logs {
    format: &'static str,
    stream: &'static str,
    always: &'static [&'static str],
    sometimes: &'static [&'static str],
}

fn contract() -> Contract {
    Contract {
        version: VERSION,
        application: "sspp",
        image: Image {
            user: USER,
            writes: [],
            needs_shell: false,
        },
        roles: Role::ALL.into_iter().map(role).collect(),
        environment: VARIABLES.iter().map(variable).collect(),
        metrics: CATALOGUE
            .iter()
            .map(|metric| MetricContract {
                name: metric.name,
                kind: metric.kind,
                labels: metric.labels,
                roles: metric.roles,
                about: metric.about,
            })
            .collect(),
        queues: queues(),
        logs: Logs {
            format: "json",
            stream: "stdout",
            always: log::ALWAYS,
            sometimes: log::SOMETIMES,
        },
    }
}

fn role(role: Role) -> RoleContract {
    let service = matches!(role, Role::Api | Role::Worker);
    RoleContract {
        name: role.name(),
        arguments: [role.name()],
        runs: if service { "service" } else { "job" },
        port: number("PORT", role),
        probes: service.then(role_probes),
        paths: paths(role),
        shutdown_seconds: number("SHUTDOWN_SECONDS", role),
    }
}

fn paths(role: Role) -> Vec<PathContract> {
    let asked = |(path, about): (String, &str)| PathContract {
        method: "GET",
        path,
        about: about.to_owned(),
    };
    match role {
        Role::Migrate | Role::Requeue => Vec::new(),
        Role::Worker => probes::paths(None).into_iter().map(asked).collect(),
        Role::Api => {
            let prefix = format!("/{}", default("API_PREFIX", role).unwrap_or_default());
            let versioned = describe::endpoints().into_iter().map(|one| PathContract {
                method: one.method,
                path: format!("{prefix}{}", one.path),
                about: one.about,
            });
            let documents = describe::documents();
            let documents = documents.map(|(path, about)| (path.to_owned(), about));
            let asked = probes::paths(Some(&prefix))
                .into_iter()
                .chain(documents)
                .map(asked);
            versioned.chain(asked).collect()
        }
    }
}

fn role_probes() -> Probes {
    let alone = |path| Probe {
        path,
        depends_on: &[],
    };
    Probes {
        startup: alone("/health"),
        liveness: alone("/health"),
        readiness: Probe {
            path: "/health/ready",
            depends_on: &["database", "redis", "search"],
        },
        metrics: alone("/metrics"),
    }
}

fn default(name: &str, role: Role) -> Option<&'static str> {
    let mut own = VARIABLES.iter().filter(|one| one.roles.contains(&role));
    match own.find(|one| one.name == name)?.unset {
        Unset::Default(value) => Some(value),
        Unset::Off | Unset::Refused => None,
    }
}

fn number<N: std::str::FromStr>(name: &str, role: Role) -> Option<N> {
    default(name, role)?.parse().ok()
}

fn variable(variable: &crate::config::Variable) -> VariableContract {
    let default = match variable.unset {
        Unset::Default(value) => Some(value),
        Unset::Off | Unset::Refused => None,
    };
    VariableContract {
        name: variable.name,
        roles: variable.roles,
        required: variable.unset == Unset::Refused,
        secret: variable.secret,
        default,
        about: variable.about,
    }
}

fn queues() -> Vec<QueueContract> {
    let queue = default("QUEUE_NAME", Role::Worker).unwrap_or_default();
    let keys = Keys::of(queue);
    let shown = Key::ALL.into_iter().map(|key| {
        let (kind, about) = key.about();
        QueueContract {
            store: "redis",
            name: keys.name(key),
            kind,
            backlog: matches!(key, Key::Queue),
            about,
        }
    });
    shown.collect()
}

fn text() -> String {
    let json = serde_json::to_string_pretty(&contract());
    format!("{}\n", json.expect("a contract has only text for keys"))
}

/// Prints the contract.
pub(crate) fn print() -> ExitCode {
    write(&text())
}

/// Prints the description of the HTTP interface.
pub(crate) fn print_openapi() -> ExitCode {
    let prefix = default("API_PREFIX", Role::Api).unwrap_or_default();
    write(&describe::openapi(&format!("/{prefix}")))
}

fn write(text: &str) -> ExitCode {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_what_the_program_prints() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/contract.json");
        let file = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            file == text(),
            "write it anew: cargo run -p sspp -- contract > app/contract.json"
        );
    }

    #[test]
    fn it_keeps_to_its_schema() {
        let schema = include_str!("../../docs/schemas/contract-v1.json");
        let schema: serde_json::Value = serde_json::from_str(schema).unwrap();
        let contract = serde_json::from_str(&text()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(&contract)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}
