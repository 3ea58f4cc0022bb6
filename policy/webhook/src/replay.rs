//! `plimsoll-webhook replay`: what was recorded, judged again by a configuration that is not in force yet.
//!
//! A record is an `AdmissionReview`, or an event of the API server's audit log (`audit.k8s.io/v1`, level `Request` or
//! more), which is what most clusters have.

use std::fs::File;
use std::io::{BufReader, Read, stdin};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Deserializer, Value, json};

use crate::cli::Enforce;
use crate::policy::Policy;
use crate::trial::Trial;
use crate::{clock, say};

/// Judge recorded requests again: what would be denied now
#[derive(Debug, Args)]
pub(crate) struct Replay {
    #[command(flatten)]
    enforce: Enforce,
    /// Files with one JSON document after the other: reviews or audit events; - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(crate) fn run(replay: &Replay) -> ExitCode {
    let policy = Policy::load(replay.enforce.config.as_deref(), &replay.enforce.settings());
    let policy = match policy {
        Ok(policy) => policy,
        Err(error) => {
            say::error(&error.to_string());
            return ExitCode::from(3);
        }
    };
    let mut trial = Trial::new(&policy, clock::today());
    for path in &replay.files {
        if let Err(error) = file(path, &mut trial) {
            trial.unread(&path.display().to_string(), &error);
        }
    }
    ExitCode::from(trial.ends("recorded requests"))
}

fn file(path: &Path, trial: &mut Trial<'_>) -> Result<(), String> {
    let reader: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(stdin().lock())
    } else {
        Box::new(File::open(path).map_err(|error| error.to_string())?)
    };
    let records = Deserializer::from_reader(BufReader::new(reader)).into_iter::<Box<RawValue>>();
    for (record, number) in records.zip(1_usize..) {
        // Nothing can be found any more behind what is no JSON.
        let record =
            record.map_err(|error| format!("record {number} and what follows it: {error}"))?;
        let place = format!("{}#{number}", path.display());
        match review(record.get()) {
            Ok(Some(review)) => trial.review(&place, review.as_bytes()),
            Ok(None) => {}
            Err(error) => trial.unread(&place, &error),
        }
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    kind: String,
    #[serde(default)]
    stage: String,
    #[serde(default)]
    verb: String,
    #[serde(default)]
    user: Value,
    #[serde(default)]
    object_ref: Value,
    request_object: Option<Box<RawValue>>,
    response_object: Option<Box<RawValue>>,
    #[serde(default)]
    response_status: Value,
}

/// The review of a record; `None` for an event in which nothing was written.
fn review(record: &str) -> Result<Option<String>, String> {
    let event: Event = serde_json::from_str(record).map_err(|error| error.to_string())?;
    match event.kind.as_str() {
        "AdmissionReview" => Ok(Some(record.to_owned())),
        "Event" => of_event(&event),
        other => Err(format!(
            "{other} is neither an AdmissionReview nor an event of an audit log"
        )),
    }
}

fn of_event(event: &Event) -> Result<Option<String>, String> {
    let operation = match event.verb.as_str() {
        "create" => "CREATE",
        "update" | "patch" => "UPDATE",
        _ => return Ok(None),
    };
    let judged = ["apps", "batch", ""];
    let text = |field: &str| {
        event.object_ref[field]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    if event.stage == "RequestReceived" || !judged.contains(&text("apiGroup").as_str()) {
        return Ok(None);
    }
    let Some(object) = written(event) else {
        let name = format!(
            "{} {}/{}",
            text("resource"),
            text("namespace"),
            text("name")
        );
        return Err(format!(
            "the event has no object of {name}: the audit policy's level is Metadata"
        ));
    };
    let kind: Value = serde_json::from_str(object.get()).map_err(|error| error.to_string())?;
    let (group, version) = (text("apiGroup"), text("apiVersion"));
    let review = json!({
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "replayed",
            "kind": {"group": group, "version": version, "kind": kind["kind"]},
            "resource": {"group": group, "version": version, "resource": text("resource")},
            "subResource": event.object_ref["subresource"],
            "name": kind["metadata"]["name"].as_str().map_or_else(|| text("name"), ToOwned::to_owned),
            "namespace": text("namespace"),
            "operation": operation,
            "userInfo": {"username": event.user["username"].as_str().unwrap_or_default()},
            "object": object,
        },
    });
    Ok(Some(review.to_string()))
}

/// What was stored; if it was not, what was sent. A patch is no object.
fn written(event: &Event) -> Option<&RawValue> {
    let stored = event.response_status["code"]
        .as_u64()
        .is_none_or(|code| code < 300);
    let response = event.response_object.as_deref().filter(|_| stored);
    let request = event
        .request_object
        .as_deref()
        .filter(|_| event.verb != "patch");
    response.or(request)
}
