//! The Secret, the configuration and the reports in a cluster: read, and written only as they were read.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::admissionregistration::v1::ValidatingWebhookConfiguration;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::api::{Api, DeleteParams, ObjectMeta, Patch, PatchParams, PostParams};
use kube::{Client, Error};
use serde_json::json;

use super::plan::{Published, Report, Seen};
use super::{Names, Stored};
use crate::lease::{is_conflict, is_missing};

/// The label without which a Secret is somebody else's.
const LABEL: [&str; 2] = ["plimsoll.dev/certificates", "self"];
/// Who owns the `caBundle`, and nothing else.
const MANAGER: &str = "plimsoll-webhook-certificates";
/// With it, cert-manager writes the `caBundle`.
const INJECTED: &str = "cert-manager.io/inject-";

/// Why certificates cannot be kept: the text is for whoever runs the cluster.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// What the API server says.
    #[error("cannot {what}: {error}")]
    Refused {
        /// What was tried.
        what: String,
        /// Its answer.
        error: Box<Error>,
    },
    /// Somebody wrote in between; what there is now has to be read again.
    #[error("cannot {0}: somebody else has written it in between")]
    Conflict(String),
    /// The Secret is not ours.
    #[error(
        "Secret {0} is not ours: it lacks the label {label}={value}; delete it or give it another name, \
         or serve its certificate with --certificates files",
        label = LABEL[0], value = LABEL[1]
    )]
    Foreign(String),
    /// Another program writes the `caBundle`.
    #[error(
        "the caBundle of ValidatingWebhookConfiguration {0} is {1}'s; either is to write it, not both: {2}"
    )]
    Others(String, String, &'static str),
    /// A certificate cannot be made.
    #[error("cannot make a certificate: {0}")]
    Issue(#[from] rcgen::Error),
    /// No answer in time.
    #[error("the API server has not answered in {0} seconds")]
    Silent(u64),
}

/// What was read, and at which version.
pub struct Read {
    secret: Option<Secret>,
    /// What the Secret holds; `None` if there is none, or nothing that can be used.
    pub stored: Option<Stored>,
    /// What is wrong with it.
    pub broken: Option<String>,
    configuration: Option<ValidatingWebhookConfiguration>,
    /// What there is beside it.
    pub seen: Seen,
}

/// The objects.
pub struct Cluster {
    secrets: Api<Secret>,
    configurations: Api<ValidatingWebhookConfiguration>,
    reports: Api<ConfigMap>,
    names: Names,
}

impl Cluster {
    /// Those of a namespace.
    pub fn new(client: Client, names: Names) -> Self {
        Self {
            secrets: Api::namespaced(client.clone(), &names.namespace),
            reports: Api::namespaced(client.clone(), &names.namespace),
            configurations: Api::all(client),
            names,
        }
    }

    /// What the API server trusts.
    pub async fn published(&self) -> Result<Published, Fault> {
        Ok(published(self.configuration().await?.as_ref()))
    }

    async fn configuration(&self) -> Result<Option<ValidatingWebhookConfiguration>, Fault> {
        let name = &self.names.configuration;
        let read = self.configurations.get_opt(name).await;
        read.map_err(refused(&format!(
            "read ValidatingWebhookConfiguration {name}"
        )))
    }

    /// Reads all of it.
    pub async fn read(&self) -> Result<Read, Fault> {
        let name = self.names.secret();
        let secret = self.secrets.get_opt(&name).await;
        let secret = secret.map_err(refused(&format!("read Secret {name}")))?;
        if secret
            .as_ref()
            .is_some_and(|secret| !is_ours(&secret.metadata))
        {
            return Err(Fault::Foreign(format!("{}/{name}", self.names.namespace)));
        }
        let data = secret.as_ref().and_then(|secret| secret.data.as_ref());
        let (stored, broken) = match data.map(Stored::read) {
            None => (None, None),
            Some(Ok(stored)) => (Some(stored), None),
            Some(Err(fault)) => (None, Some(fault)),
        };
        let changing = stored.as_ref().is_some_and(|stored| stored.next.is_some());
        let configuration = self.configuration().await?;
        let reports = if changing {
            self.reported().await?
        } else {
            Vec::new()
        };
        Ok(Read {
            secret,
            stored,
            broken,
            seen: Seen {
                published: published(configuration.as_ref()),
                reports,
            },
            configuration,
        })
    }

    /// Writes the Secret, if it is still what was read.
    pub async fn store(&self, read: &Read, stored: &Stored) -> Result<(), Fault> {
        let name = self.names.secret();
        let what = format!("write Secret {name}");
        let written = if let Some(secret) = &read.secret {
            let mut secret = secret.clone();
            secret.data = Some(stored.data());
            self.secrets
                .replace(&name, &PostParams::default(), &secret)
                .await
        } else {
            let secret = self.secret(name, stored.data());
            self.secrets.create(&PostParams::default(), &secret).await
        };
        written.map(drop).map_err(refused(&what))
    }

    fn secret(&self, name: String, data: BTreeMap<String, ByteString>) -> Secret {
        let labels = [
            (LABEL[0], LABEL[1]),
            ("app.kubernetes.io/name", &*self.names.service),
            ("app.kubernetes.io/managed-by", "plimsoll-webhook"),
        ];
        let labels = labels.map(|(key, value)| (key.to_owned(), value.to_owned()));
        Secret {
            metadata: ObjectMeta {
                name: Some(name),
                labels: Some(labels.into()),
                ..ObjectMeta::default()
            },
            data: Some(data),
            type_: Some("Opaque".to_owned()),
            ..Secret::default()
        }
    }

    /// Has the API server trust a bundle: sets this one field, and only in the configuration that was read.
    pub async fn publish(&self, read: &Read, bundle: &str) -> Result<(), Fault> {
        let Some(configuration) = &read.configuration else {
            return Ok(());
        };
        let name = &self.names.configuration;
        if is_injected(&configuration.metadata) {
            let advice = "remove its annotation, or serve with --certificates cert-manager";
            return Err(Fault::Others(name.clone(), "cert-manager".into(), advice));
        }
        let webhooks = configuration.webhooks.iter().flatten();
        let bundle = ByteString(bundle.into());
        let webhooks =
            webhooks.map(|own| json!({"name": own.name, "clientConfig": {"caBundle": bundle}}));
        let applied = json!({
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "ValidatingWebhookConfiguration",
            "metadata": {
                "name": name,
                "resourceVersion": configuration.metadata.resource_version,
                "uid": configuration.metadata.uid,
            },
            "webhooks": webhooks.collect::<Vec<_>>(),
        });
        let params = PatchParams::apply(MANAGER);
        let written = self
            .configurations
            .patch(name, &params, &Patch::Apply(applied))
            .await;
        match written {
            Ok(_) => Ok(()),
            Err(error) => Err(match owner(&error) {
                Some(owner) => Fault::Others(
                    name.clone(),
                    owner,
                    "leave the field out of what is applied there",
                ),
                None => refused(&format!("write ValidatingWebhookConfiguration {name}"))(error),
            }),
        }
    }

    async fn reported(&self) -> Result<Vec<Report>, Fault> {
        let name = self.names.reports();
        let found = self.reports.get_opt(&name).await;
        let found = found.map_err(refused(&format!("read ConfigMap {name}")))?;
        let data = found.and_then(|found| found.data).unwrap_or_default();
        Ok(data
            .iter()
            .filter_map(|(replica, text)| report(replica, text))
            .collect())
    }

    /// Says what this replica sees.
    pub async fn report(&self, report: &Report) -> Result<(), Fault> {
        let name = self.names.reports();
        let text = format!("{} {} {}", report.bundle, report.since, report.at);
        let applied = json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name},
            "data": {&report.replica: text},
        });
        // Each replica owns its own line, and nobody else writes it.
        let params = PatchParams::apply(&format!("plimsoll-webhook-{}", report.replica)).force();
        let written = self
            .reports
            .patch(&name, &params, &Patch::Apply(applied))
            .await;
        written
            .map(drop)
            .map_err(refused(&format!("write ConfigMap {name}")))
    }

    /// Forgets what replicas said.
    pub async fn forget_reports(&self) -> Result<(), Fault> {
        let name = self.names.reports();
        match self.reports.delete(&name, &DeleteParams::default()).await {
            Err(error) if !is_missing(&error) => {
                Err(refused(&format!("delete ConfigMap {name}"))(error))
            }
            _ => Ok(()),
        }
    }
}

fn is_ours(metadata: &ObjectMeta) -> bool {
    let label = metadata
        .labels
        .as_ref()
        .and_then(|labels| labels.get(LABEL[0]));
    label.is_some_and(|value| value == LABEL[1])
}

/// Whether cert-manager writes the `caBundle`.
pub(crate) fn is_injected(metadata: &ObjectMeta) -> bool {
    let mut keys = metadata.annotations.iter().flatten().map(|(key, _)| key);
    keys.any(|key| key.starts_with(INJECTED))
}

fn published(configuration: Option<&ValidatingWebhookConfiguration>) -> Published {
    let Some(configuration) = configuration else {
        return Published::Absent;
    };
    let bundles = configuration.webhooks.iter().flatten();
    let mut bundles = bundles.map(|webhook| webhook.client_config.ca_bundle.clone());
    let first = bundles.next().flatten().unwrap_or_default().0;
    // If they differ, none of them is the one that all should be.
    let alike = bundles.all(|bundle| bundle.is_some_and(|bundle| bundle.0 == first));
    Published::Bundle(if alike { first } else { Vec::new() })
}

fn report(replica: &str, text: &str) -> Option<Report> {
    let mut words = text.split(' ');
    Some(Report {
        replica: replica.to_owned(),
        bundle: words.next()?.to_owned(),
        since: words.next()?.parse().ok()?,
        at: words.next()?.parse().ok()?,
    })
}

/// Who owns the field that could not be written: server-side apply names it.
fn owner(error: &Error) -> Option<String> {
    let Error::Api(status) = error else {
        return None;
    };
    let causes = &status.details.as_ref()?.causes;
    let cause = causes
        .iter()
        .find(|cause| cause.reason == "FieldManagerConflict")?;
    Some(
        cause
            .message
            .trim_start_matches("conflict with ")
            .to_owned(),
    )
}

fn refused(what: &str) -> impl FnOnce(Error) -> Fault {
    let what = what.to_owned();
    move |error| {
        if is_conflict(&error) {
            return Fault::Conflict(what);
        }
        let error = Box::new(error);
        Fault::Refused { what, error }
    }
}
