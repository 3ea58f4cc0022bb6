//! `plimsoll init`: a first configuration, which changes nothing until somebody edits it.

use std::io::Write;
use std::path::Path;

use plimsoll_check::config::{FactValue, Facts};

use crate::args::print;
use crate::check::wrong;
use crate::config_file::NAMES;
use crate::walk::shown;

/// Writes `.plimsoll.yaml`; refuses where one stands.
pub(crate) fn run(folder: &Path) -> u8 {
    let path = folder.join(NAMES[0]);
    let mut options = std::fs::OpenOptions::new();
    let written = options
        .write(true)
        .create_new(true)
        .open(&path)
        .and_then(|mut file| file.write_all(text().as_bytes()));
    match written {
        Ok(()) => print(&format!(
            "wrote {}; `plimsoll schema config` prints its JSON Schema for your editor\n",
            shown(&path)
        )),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            wrong(&format!("{} is there already", shown(&path)))
        }
        Err(error) => wrong(&format!("{}: {error}", shown(&path))),
    }
}

/// The configuration, every fact in a comment with its default.
pub(crate) fn text() -> String {
    let mut facts = String::new();
    for field in Facts::FIELDS {
        facts += &format!(
            "#  # {}\n#  {}: {}\n",
            field.docs.trim(),
            field.name,
            value(&field.default)
        );
    }
    format!(
        "# How Plimsoll judges this repository. `plimsoll rules` lists the rules, `plimsoll explain RULE` says why.
version: 1

# The version of Kubernetes that the repository is for.
#kubernetes: \"1.34\"

# Rules by id: off, on, error, warning or info.
rules: {{}}
#  cpu-limit-missing: off

# What differs in some folders.
#environments:
#  dev:
#    paths: [\"**/overlays/dev/**\"]
#    rules: {{replicas-low: off}}

# Objects that exist elsewhere, so that what refers to them does not dangle.
external: []
#  - {{kind: Secret, namespace: prod, name: \"db-*\"}}

# What may stay as it is, with the reason, and until when.
exemptions: []
#  - rule: host-network
#    resource: {{kind: DaemonSet, name: node-exporter}}
#    reason: reads the node's own network counters
#    owner: platform@example.com
#    expires: 2027-06-30

# Numbers and names that rules go by, with their defaults.
#facts:
{facts}"
    )
}

fn value(value: &FactValue) -> String {
    match value {
        FactValue::Int(number) => number.to_string(),
        FactValue::List(texts) => format!("[{}]", texts.join(", ")),
    }
}
