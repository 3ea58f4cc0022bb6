//! `cargo xtask schemas`: writes the table of Kubernetes' own API that `schema-invalid` holds objects against.
//!
//! ```text
//! k8s.io/kubernetes, through the Go proxy
//!   ├─ api/openapi-spec/v3/*.json                      kinds, fields, types, what is required ──┐
//!   └─ pkg/generated/openapi/zz_generated.openapi.go   which words a field may hold ────────────┼─▶ kubernetes.txt
//!                                  known.rs            where the API server does otherwise ─────┘
//! ```

mod api;
mod known;
mod table;
mod words;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::command;
use crate::workspace::Workspace;

pub(crate) const USAGE: &str = "\
usage: cargo xtask schemas

Writes policy/check/src/schema/kubernetes.txt, the table of Kubernetes' own
API, from the module k8s.io/kubernetes, which Go fetches.
";

/// The release whose API is described.
const VERSION: &str = "v1.36.2";
const TABLE: &str = "policy/check/src/schema/kubernetes.txt";

pub(crate) fn main() -> ExitCode {
    match write() {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(reason) => {
            eprintln!("cargo xtask schemas: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn write() -> Result<String, String> {
    let workspace = Workspace::find()?;
    let folder = fetched()?;
    let api = api::read(&folder.join("api/openapi-spec/v3"))?;
    let generated = folder.join("pkg/generated/openapi/zz_generated.openapi.go");
    let words = words::read(&text(&generated)?);
    let table = table::write(&api, &words, VERSION)?;
    let path = workspace.root.join(TABLE);
    std::fs::write(&path, &table).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(format!(
        "{TABLE}: {} lines, {} bytes",
        table.lines().count(),
        table.len()
    ))
}

/// Where Go has put the module.
fn fetched() -> Result<PathBuf, String> {
    let module = format!("k8s.io/kubernetes@{VERSION}");
    // Outside of every module: whatever stands around would have a say otherwise.
    let mut download = Command::new("go");
    download
        .args(["mod", "download", "-json", &module])
        .current_dir(std::env::temp_dir());
    let answer = command::output(&mut download)?;
    let answer: serde_json::Value =
        serde_json::from_str(&answer).map_err(|error| format!("what Go says: {error}"))?;
    let folder = answer["Dir"].as_str().ok_or("Go names no folder")?;
    Ok(folder.into())
}

fn text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
