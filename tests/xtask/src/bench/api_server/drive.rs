//! Dry-run creations by `wrk`, and what processes use meanwhile.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ::cluster::ControlPlane;
use serde_json::{Value, json};

use crate::sspp::load::{milliseconds, seconds_used};
use crate::{command, fixtures};

/// The Deployment that the webhook's own load asks about.
const DEPLOYMENT: &str =
    include_str!("../../../../../policy/webhook/examples/load/deployment.json");
/// As many as two cores keep busy: what waits in a queue would be measured otherwise.
const CONNECTIONS: &str = "4";

/// What one run came to: milliseconds a creation.
#[derive(Debug, PartialEq)]
pub(super) struct Run {
    /// The API server's processor time.
    pub(super) server: f64,
    /// The webhook's.
    pub(super) hook: f64,
    /// What half of them were answered within.
    pub(super) half: f64,
}

pub(super) struct Drive {
    url: String,
    script: PathBuf,
    server: u32,
    hook: u32,
    seconds: u64,
}

impl Drive {
    pub(super) fn new(plane: &ControlPlane, hook: u32, seconds: u64) -> Result<Self, String> {
        let folder = plane.kubeconfig().parent().ok_or("it is in a folder")?;
        let (script, body) = (folder.join("create.lua"), folder.join("deployment.json"));
        fixtures::write(&body, &deployment()?.to_string())?;
        let text = SCRIPT
            .replace("BODY", &body.display().to_string())
            .replace("TOKEN", plane.token());
        fixtures::write(&script, &text)?;
        Ok(Self {
            url: plane.url(),
            script,
            server: process(folder, "kube-apiserver")?,
            hook,
            seconds,
        })
    }

    pub(super) fn run(&self, namespace: &str) -> Result<Run, String> {
        let mut wrk = Command::new("wrk");
        wrk.args(["--threads", "1", "--connections", CONNECTIONS, "--latency"]);
        wrk.args(["--duration", &self.seconds.to_string(), "--script"]);
        wrk.arg(&self.script).arg(format!(
            "{}/apis/apps/v1/namespaces/{namespace}/deployments?dryRun=All",
            self.url
        ));
        let used = || [self.server, self.hook].map(seconds_used);
        let before = used();
        let said = command::output(&mut wrk)?;
        let after = used();
        let (count, half) = read(&said)?;
        let each = |at: usize| (after[at] - before[at]) * 1000.0 / count;
        Ok(Run {
            server: each(0),
            hook: each(1),
            half,
        })
    }
}

/// As a user writes it: without what an API server adds.
pub(super) fn deployment() -> Result<Value, String> {
    let read: Value = serde_json::from_str(DEPLOYMENT).map_err(|error| error.to_string())?;
    let metadata = &read["metadata"];
    Ok(json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "web",
            "labels": metadata["labels"],
            "annotations": metadata["annotations"],
        },
        "spec": read["spec"],
    }))
}

const SCRIPT: &str = "
wrk.method = 'POST'
wrk.body = io.open('BODY'):read('*a')
wrk.headers['Content-Type'] = 'application/json'
wrk.headers['Authorization'] = 'Bearer TOKEN'
";

/// The process of a program that was told of a folder.
fn process(folder: &Path, program: &str) -> Result<u32, String> {
    let folder = folder.display().to_string();
    let ends = format!("/{program}");
    let processes = fs::read_dir("/proc").map_err(|error| format!("/proc: {error}"))?;
    let ids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let mut own = ids.filter(|id: &u32| {
        let line = fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap_or_default();
        let first = line.split('\0').next().unwrap_or_default();
        first.ends_with(&ends) && line.contains(&folder)
    });
    own.next().ok_or_else(|| format!("{program} does not run"))
}

/// How many were answered, and what half of them took, in milliseconds.
fn read(said: &str) -> Result<(f64, f64), String> {
    // What is refused is cheaper than what is created.
    for trouble in ["Non-2xx", "Socket errors"] {
        if let Some(line) = said.lines().find(|line| line.contains(trouble)) {
            return Err(format!("not every creation was accepted: {}", line.trim()));
        }
    }
    let mut lines = said.lines().map(str::trim);
    let count = lines.clone().find_map(|line| {
        let (count, _) = line.split_once(" requests in ")?;
        count.parse::<f64>().ok()
    });
    let half = lines.find_map(|line| milliseconds(line.strip_prefix("50%")?.trim()));
    match (count, half) {
        (Some(count), Some(half)) if count > 0.0 => Ok((count, half)),
        _ => Err(format!("wrk does not say what it saw:\n{said}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_answered_is_read_and_what_was_refused_is_no_figure() {
        let said = "     50%    1.93ms\n  1230 requests in 10.00s, 3MB read\n";
        assert_eq!(read(said).unwrap(), (1230.0, 1.93));
        let refused = format!("{said}  Non-2xx or 3xx responses: 7\n");
        assert!(read(&refused).unwrap_err().ends_with("responses: 7"));
        assert!(read("").is_err());
    }

    #[test]
    fn a_process_is_found_by_its_program_and_its_folder() {
        let here = std::env::current_exe().unwrap();
        let name = here.file_name().unwrap().to_str().unwrap();
        let own = process(here.parent().unwrap(), name);
        assert_eq!(own, Ok(std::process::id()));
        let nowhere = process(Path::new("/nowhere/at/all"), name);
        assert!(nowhere.unwrap_err().ends_with(" does not run"));
    }

    #[test]
    fn what_is_created_has_nothing_that_a_server_adds() {
        let object = deployment().unwrap();
        assert!(object.get("status").is_none() && object["metadata"].get("uid").is_none());
        assert!(object["spec"]["template"]["spec"]["containers"].is_array());
    }
}
