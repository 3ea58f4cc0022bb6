//! How Kubernetes runs a role of the image, read from the manifests that deploy it.

use std::fs;

use plimsoll_yaml::{Limits, Node, SourceId, Tree};
use serde_json::Value;

use crate::workspace::Workspace;

const BASE: &str = "gitops/apps/sspp/base";
pub(super) const CONTRACT: &str = "app/contract.json";

/// A role as it is deployed.
pub(super) struct Deployed {
    pub(super) arguments: Vec<String>,
    pub(super) user: i64,
    pub(super) group: i64,
    /// Variables with a value in the manifest; those from Secrets are named only.
    pub(super) environment: Vec<(String, Option<String>)>,
    pub(super) port: Option<i64>,
    pub(super) liveness: String,
    pub(super) readiness: String,
    /// From SIGTERM to SIGKILL.
    pub(super) grace: i64,
}

impl Deployed {
    /// Reads `file`, which has one object of one container.
    pub(super) fn read(workspace: &Workspace, file: &str) -> Result<Self, String> {
        let path = workspace.root.join(BASE).join(file);
        let text = fs::read_to_string(&path).map_err(|error| format!("{BASE}/{file}: {error}"))?;
        let tree = Tree::parse(SourceId(0), text, &Limits::default());
        let document = tree.documents().next();
        let root = document.and_then(|document| document.root);
        let read = root.and_then(Self::of);
        read.ok_or_else(|| format!("{BASE}/{file} does not have the parts of a hardened workload"))
    }

    /// `None` when a part is missing that says how the image has to behave.
    fn of(object: Node<'_>) -> Option<Self> {
        let pod = object.at(&["spec", "template", "spec"])?;
        let container = pod.get("containers")?.items().next()?;
        let own = container.get("securityContext")?;
        let unwritable = own.get("readOnlyRootFilesystem")?.bool()?;
        let dropped = own.at(&["capabilities", "drop"])?.items().next()?.text()?;
        let escalates = own.get("allowPrivilegeEscalation")?.bool()?;
        if !unwritable || dropped != "ALL" || escalates {
            return None;
        }
        let probe = |name: &str| {
            let path = container.at(&[name, "httpGet", "path"]);
            path.and_then(Node::text).unwrap_or_default().to_owned()
        };
        let pause = container.at(&["lifecycle", "preStop", "sleep", "seconds"]);
        let pause = pause.and_then(Node::int).unwrap_or_default();
        let ports = container
            .get("ports")
            .and_then(|ports| ports.items().next());
        Some(Self {
            arguments: texts(container.get("args")?),
            user: pod.at(&["securityContext", "runAsUser"])?.int()?,
            group: pod.at(&["securityContext", "runAsGroup"])?.int()?,
            environment: container.get("env")?.items().filter_map(variable).collect(),
            port: ports.and_then(|port| port.get("containerPort")?.int()),
            liveness: probe("livenessProbe"),
            readiness: probe("readinessProbe"),
            grace: pod.get("terminationGracePeriodSeconds")?.int()? - pause,
        })
    }

    /// Holds what is deployed to what the application says of itself.
    pub(super) fn agrees(&self, workspace: &Workspace) -> Result<(), String> {
        let text = fs::read_to_string(workspace.root.join(CONTRACT));
        let text = text.map_err(|error| format!("{CONTRACT}: {error}"))?;
        let contract: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        let roles = contract["roles"].as_array().into_iter().flatten();
        let own = |role: &&Value| role["arguments"] == Value::from(self.arguments.clone());
        let name = self.arguments.join(" ");
        let role = { roles }.find(own);
        let role = role.ok_or_else(|| format!("{CONTRACT} has no role `{name}`"))?;
        let mut differ = Vec::new();
        let mut same = |what: &str, deployed: Value, promised: &Value| {
            if deployed != *promised {
                differ.push(format!(
                    "{what} is {deployed}, and {promised} in {CONTRACT}"
                ));
            }
        };
        same("the user", self.user.into(), &contract["image"]["user"]);
        if let Some(port) = self.port {
            let probes = &role["probes"];
            same("the port", port.into(), &role["port"]);
            same(
                "liveness",
                (*self.liveness).into(),
                &probes["liveness"]["path"],
            );
            same(
                "readiness",
                (*self.readiness).into(),
                &probes["readiness"]["path"],
            );
        }
        if role["shutdownSeconds"]
            .as_i64()
            .is_some_and(|time| time > self.grace)
        {
            differ.push(format!(
                "{} s from SIGTERM to SIGKILL are too few",
                self.grace
            ));
        }
        if differ.is_empty() {
            return Ok(());
        }
        Err(format!("the manifest of `{name}`: {}", differ.join("; ")))
    }
}

fn texts(list: Node<'_>) -> Vec<String> {
    let texts = list.items().filter_map(Node::text);
    texts.map(str::to_owned).collect()
}

fn variable(entry: Node<'_>) -> Option<(String, Option<String>)> {
    let value = entry.get("value").and_then(Node::text).map(str::to_owned);
    Some((entry.get("name")?.text()?.to_owned(), value))
}
