//! What differs between two clusters.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::WEBHOOK;
use super::template::Values;
use crate::cli::{Certificates, Installed};

/// Print everything that the webhook needs in a cluster
#[derive(Clone, Debug, Args)]
pub struct Manifests {
    #[command(flatten)]
    installed: Installed,
    /// What the API server does when nobody answers
    #[arg(long, value_enum, default_value = "ignore")]
    fail_policy: FailPolicy,
    /// Who keeps the certificate: this program, cert-manager, or whoever writes the Secret
    #[arg(long, value_enum, default_value = "self")]
    certificates: Certificates,
    /// A namespace whose objects are not judged, beside the webhook's own and those of Kubernetes; repeatable
    #[arg(long = "exclude-namespace", value_name = "NAME")]
    exclude: Vec<String>,
    /// For API servers before 1.28
    #[arg(long)]
    without_match_conditions: bool,
    /// Rights to see what rules look at beside the object that comes
    #[arg(long)]
    view: bool,
    /// Go over what is stored already, and rights to write the reports of it (openreports.io), whose definitions have to be there
    #[arg(long, requires = "view")]
    audit: bool,
    /// The configuration that is enforced, as `plimsoll check` reads it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The image
    #[arg(long, value_name = "IMAGE", default_value = concat!("ghcr.io/plimsoll/plimsoll-webhook:", env!("CARGO_PKG_VERSION")))]
    image: String,
    /// How many Pods
    #[arg(long, value_name = "COUNT", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..))]
    replicas: u16,
    /// How many Pods an autoscaler may make of them; without it, there is none
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    max_replicas: Option<u16>,
    /// Whom the scheduler makes room for
    #[arg(long, value_name = "NAME", default_value = "system-cluster-critical")]
    priority_class: String,
    /// A label for all objects; repeatable
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = pair)]
    labels: Vec<(String, String)>,
    /// The namespace of Prometheus
    #[arg(long, value_name = "NAME", default_value = "monitoring")]
    monitoring_namespace: String,
    /// A label by which Prometheus finds the namespace, the monitor and the rules; repeatable
    #[arg(long = "monitor-label", value_name = "KEY=VALUE", value_parser = pair)]
    monitor_labels: Vec<(String, String)>,
    /// Neither a monitor nor alerts, for clusters without the Prometheus operator
    #[arg(long)]
    without_monitoring: bool,
    /// Where alerts send their readers
    #[arg(long, value_name = "URL", default_value = RUNBOOK)]
    runbook: String,
    /// Open the way to the API server with Cilium, which knows where it is, instead of by its port
    #[arg(long)]
    cilium: bool,
    /// Write a kustomization to this folder instead
    #[arg(long, value_name = "FOLDER")]
    pub(super) kustomize: Option<PathBuf>,
}

const RUNBOOK: &str =
    "https://github.com/plimsoll/plimsoll/blob/main/gitops/docs/runbooks/plimsoll-webhook.md";

/// Namespaces without which there is no cluster to mend.
pub(crate) const KUBERNETES: [&str; 3] = ["kube-system", "kube-public", "kube-node-lease"];

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailPolicy {
    Ignore,
    Fail,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    let is_clean = |text: &str, also: &str| {
        text.chars()
            .all(|own| own.is_ascii_alphanumeric() || also.contains(own))
    };
    if key.is_empty() || !is_clean(key, "-_./") || !is_clean(value, "-_.") {
        return Err("this can be neither a label's key nor its value in Kubernetes".to_owned());
    }
    Ok((key.to_owned(), value.to_owned()))
}

impl Manifests {
    /// Whether there is such a file with these options.
    pub(super) fn has(&self, name: &str) -> bool {
        match name {
            "certificates" => self.certificates == Certificates::CertManager,
            "horizontalpodautoscaler" => self.max_replicas.is_some(),
            "servicemonitor" | "alerts" => !self.without_monitoring,
            _ => true,
        }
    }

    pub(super) fn values(&self) -> Result<Values, String> {
        let names = &self.installed;
        for name in [
            &names.namespace,
            &names.service,
            &names.webhook_configuration,
        ] {
            is_name(name)?;
        }
        self.exclude
            .iter()
            .chain([&self.monitoring_namespace])
            .try_for_each(|name| is_name(name))?;
        if self.max_replicas.is_some_and(|most| most < self.replicas) {
            return Err("--max-replicas is less than --replicas".to_owned());
        }
        Ok(Values {
            texts: self.texts(),
            blocks: self.blocks()?,
            so: self.so(),
        })
    }

    fn texts(&self) -> BTreeMap<&'static str, String> {
        let names = &self.installed;
        let certificates = match self.certificates {
            Certificates::Own => "self",
            Certificates::CertManager => "cert-manager",
            Certificates::Files => "files",
        };
        let fail_policy = match self.fail_policy {
            FailPolicy::Ignore => "Ignore",
            FailPolicy::Fail => "Fail",
        };
        let most = self.max_replicas.unwrap_or(self.replicas);
        let pods = u32::from(most) + 2;
        BTreeMap::from([
            ("max-replicas", most.to_string()),
            ("pods", pods.to_string()),
            ("pods-cpu", (pods * 250).to_string()),
            ("pods-memory", (pods * 64).to_string()),
            ("pods-memory-limit", (pods * 256).to_string()),
            ("namespace", names.namespace.clone()),
            ("service", names.service.clone()),
            ("configuration", names.webhook_configuration.clone()),
            ("webhook", WEBHOOK.to_owned()),
            ("image", self.image.clone()),
            ("replicas", self.replicas.to_string()),
            ("priority-class", self.priority_class.clone()),
            ("certificates", certificates.to_owned()),
            ("fail-policy", fail_policy.to_owned()),
            ("token", self.asks_api().to_string()),
            ("monitoring-namespace", self.monitoring_namespace.clone()),
            ("runbook", self.runbook.clone()),
        ])
    }

    /// Whether the Pods ask the API server anything.
    fn asks_api(&self) -> bool {
        self.view || self.certificates != Certificates::Files
    }

    fn so(&self) -> std::collections::BTreeSet<&'static str> {
        let own = self.certificates == Certificates::Own;
        let all = [
            ("self", own),
            (
                "cert-manager",
                self.certificates == Certificates::CertManager,
            ),
            ("mounted", !own),
            (
                "configuration-read",
                self.certificates != Certificates::Files,
            ),
            ("view", self.view),
            ("audit", self.audit),
            ("fixed", self.max_replicas.is_none()),
            ("scaled", self.max_replicas.is_some()),
            ("critical", self.priority_class.starts_with("system-")),
            ("monitoring", !self.without_monitoring),
            ("match-conditions", !self.without_match_conditions),
            ("api-by-port", self.asks_api() && !self.cilium),
            ("api-by-cilium", self.asks_api() && self.cilium),
        ];
        all.into_iter()
            .filter(|(_, so)| *so)
            .map(|(name, _)| name)
            .collect()
    }

    fn blocks(&self) -> Result<BTreeMap<&'static str, Vec<String>>, String> {
        let own = [self.installed.namespace.as_str()];
        let given = self.exclude.iter().map(String::as_str);
        let excluded = KUBERNETES.into_iter().chain(own).chain(given);
        let mut names: Vec<String> = Vec::new();
        for name in excluded.map(|name| format!("- {name}")) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let monitor = self
            .monitor_labels
            .iter()
            .filter(|_| !self.without_monitoring);
        Ok(BTreeMap::from([
            ("labels", self.label_lines()),
            ("monitor", monitor.map(line).collect()),
            ("exclude", names),
            ("config", self.config_lines()?),
        ]))
    }

    fn label_lines(&self) -> Vec<String> {
        let service = &self.installed.service;
        let own = [
            ("app.kubernetes.io/name", service.as_str()),
            ("app.kubernetes.io/instance", service),
            ("app.kubernetes.io/version", env!("CARGO_PKG_VERSION")),
            ("app.kubernetes.io/component", "${component}"),
            ("app.kubernetes.io/part-of", "plimsoll"),
            ("app.kubernetes.io/managed-by", "kustomize"),
        ];
        let mut labels: Vec<_> = own
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into();
        for (key, value) in &self.labels {
            match labels.iter_mut().find(|(own, _)| own == key) {
                Some((_, own)) => own.clone_from(value),
                None => labels.push((key.clone(), value.clone())),
            }
        }
        labels.iter().map(line).collect()
    }

    fn config_lines(&self) -> Result<Vec<String>, String> {
        let Some(path) = &self.config else {
            return Ok(vec!["version: 1".to_owned()]);
        };
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(text.lines().map(ToOwned::to_owned).collect())
    }
}

fn line((key, value): &(String, String)) -> String {
    // What YAML would take for something else than a text is quoted.
    let is_plain = value.starts_with(|first: char| first.is_ascii_alphabetic())
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
            .contains(&value.to_ascii_lowercase().as_str());
    if is_plain || value == "${component}" {
        format!("{key}: {value}")
    } else {
        format!("{key}: \"{value}\"")
    }
}

/// A name that is written into YAML, and that Kubernetes takes.
fn is_name(name: &str) -> Result<(), String> {
    let is_inner = |own: char| own.is_ascii_lowercase() || own.is_ascii_digit();
    let fits = name.len() <= 63
        && name.starts_with(is_inner)
        && name.ends_with(is_inner)
        && name.chars().all(|own| is_inner(own) || own == '-');
    if fits {
        Ok(())
    } else {
        Err(format!(
            "{name:?} is no name in Kubernetes: at most 63 lower-case letters, digits and dashes"
        ))
    }
}
