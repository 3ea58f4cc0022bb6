//! `plimsoll-webhook preflight`: what would be refused if enforcement began now, of what is stored in a cluster or written
//! in files; and the switch to `failurePolicy: Fail`, which it guards.

mod live;
mod written;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::{Enforce, Installed};
use crate::policy::Policy;
use crate::trial::Trial;
use crate::{break_glass, clock, cluster, say};

/// List what would be refused if enforcement began now
#[derive(Debug, Args)]
pub(crate) struct Preflight {
    #[command(flatten)]
    enforce: Enforce,
    #[command(flatten)]
    installed: Installed,
    /// Manifests as they are applied: files, folders, or - for the output of `plimsoll render`; without any, the cluster
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Then set `failurePolicy: Fail`, if nothing would be refused
    #[arg(long, conflicts_with = "paths")]
    switch: bool,
    /// How many objects would be refused, and may be; the number is asked for so that none comes along unseen
    #[arg(long, value_name = "COUNT", requires = "switch", default_value_t = 0)]
    acknowledge: usize,
}

pub(crate) fn run(preflight: &Preflight) -> ExitCode {
    match look(preflight) {
        Ok(code) => ExitCode::from(code),
        Err(fault) => {
            say::error(&fault);
            ExitCode::from(3)
        }
    }
}

fn look(preflight: &Preflight) -> Result<u8, String> {
    let enforce = &preflight.enforce;
    let policy = Policy::load(enforce.config.as_deref(), &enforce.settings());
    let policy = policy.map_err(|error| error.to_string())?;
    let mut trial = Trial::new(&policy, clock::today());
    if !preflight.paths.is_empty() {
        for path in &preflight.paths {
            written::judge(path, &mut trial);
        }
        return Ok(trial.ends("objects in files"));
    }
    let name = &preflight.installed.webhook_configuration;
    cluster::block_on(async {
        let client = cluster::connect().await?;
        live::judge(&client, &preflight.installed, &mut trial).await?;
        let code = trial.ends("objects in the cluster");
        if preflight.switch {
            if code == 2 || trial.denied != preflight.acknowledge {
                return Err(format!(
                    "failurePolicy stays as it is: {} objects would be refused, and {} are acknowledged",
                    trial.denied, preflight.acknowledge
                ));
            }
            let said = break_glass::apply(&client, name, break_glass::Change::Fail).await?;
            say::out(&(said + "\n"));
        }
        Ok(code)
    })
}

/// Kinds that the webhook is sent.
const KINDS: [(&str, &str, &str); 8] = [
    ("v1", "Pod", "pods"),
    ("v1", "ReplicationController", "replicationcontrollers"),
    ("apps/v1", "DaemonSet", "daemonsets"),
    ("apps/v1", "Deployment", "deployments"),
    ("apps/v1", "ReplicaSet", "replicasets"),
    ("apps/v1", "StatefulSet", "statefulsets"),
    ("batch/v1", "CronJob", "cronjobs"),
    ("batch/v1", "Job", "jobs"),
];

/// The question whether an object may be created; `None` for what the webhook is not sent.
fn review(object: &Value) -> Option<String> {
    let text = |path: &str| {
        object
            .pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let (version, kind) = (text("/apiVersion"), text("/kind"));
    let (.., resource) = KINDS
        .into_iter()
        .find(|own| (own.0, own.1) == (version, kind))?;
    let (group, version) = version.split_once('/').unwrap_or(("", version));
    let review = json!({
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "preflight",
            "kind": {"group": group, "version": version, "kind": kind},
            "resource": {"group": group, "version": version, "resource": resource},
            "name": text("/metadata/name"),
            "namespace": text("/metadata/namespace"),
            "operation": "CREATE",
            "object": object,
        },
    });
    Some(review.to_string())
}
