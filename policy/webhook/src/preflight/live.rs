//! What is stored in a cluster, in the namespaces that are judged.

use std::collections::BTreeMap;

use k8s_openapi::api::admissionregistration::v1::ValidatingWebhookConfiguration;
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind, ListParams};

use super::{KINDS, review};
use crate::cli::Installed;
use crate::doctor::selects;
use crate::manifests::KUBERNETES;
use crate::trial::Trial;

/// Objects in one answer of the API server.
const PAGE: u32 = 250;

type Labels = BTreeMap<String, String>;

/// Judges all workloads that nobody else made.
pub(super) async fn judge(
    client: &Client,
    installed: &Installed,
    trial: &mut Trial<'_>,
) -> Result<(), String> {
    let judged = Judged::read(client, installed).await?;
    for (version, kind, resource) in KINDS {
        if let Err(error) = all_of(client, (version, kind, resource), &judged, trial).await {
            trial.unread(resource, &error.to_string());
        }
    }
    Ok(())
}

async fn all_of(
    client: &Client,
    (version, kind, resource): (&str, &str, &str),
    judged: &Judged,
    trial: &mut Trial<'_>,
) -> Result<(), kube::Error> {
    let (group, version) = version.split_once('/').unwrap_or(("", version));
    let kind = GroupVersionKind::gvk(group, version, kind);
    let resource = ApiResource::from_gvk_with_plural(&kind, resource);
    let all: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
    let mut page = ListParams::default().limit(PAGE);
    loop {
        let list = all.list(&page).await?;
        for mut object in list.items {
            let controllers = object.metadata.owner_references.iter().flatten();
            let is_made = controllers
                .into_iter()
                .any(|owner| owner.controller == Some(true));
            let namespace = object.metadata.namespace.clone().unwrap_or_default();
            if is_made || !judged.has(&namespace) {
                continue;
            }
            // A list does not say it of each.
            object.types = Some(kube::core::TypeMeta {
                api_version: resource.api_version.clone(),
                kind: resource.kind.clone(),
            });
            let review = serde_json::to_value(&object).ok().as_ref().and_then(review);
            if let Some(review) = review {
                trial.review("stored", review.as_bytes());
            }
        }
        match list.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => page = page.continue_token(&token),
            None => return Ok(()),
        }
    }
}

/// The namespaces that are judged.
struct Judged {
    namespaces: BTreeMap<String, Labels>,
    selectors: Vec<Option<LabelSelector>>,
    own: String,
}

impl Judged {
    async fn read(client: &Client, installed: &Installed) -> Result<Self, String> {
        let name = &installed.webhook_configuration;
        let configurations: Api<ValidatingWebhookConfiguration> = Api::all(client.clone());
        let found = configurations.get_opt(name).await;
        let found = found.map_err(|error| {
            format!("cannot read ValidatingWebhookConfiguration {name}: {error}")
        })?;
        let webhooks = found.and_then(|found| found.webhooks).unwrap_or_default();
        let all: Api<Namespace> = Api::all(client.clone());
        let all = all.list(&ListParams::default()).await;
        let all = all.map_err(|error| format!("cannot list namespaces: {error}"))?;
        let named = all.items.into_iter().map(|namespace| {
            let name = namespace.metadata.name.unwrap_or_default();
            (name, namespace.metadata.labels.unwrap_or_default())
        });
        Ok(Self {
            namespaces: named.collect(),
            selectors: webhooks
                .into_iter()
                .map(|own| own.namespace_selector)
                .collect(),
            own: installed.namespace.clone(),
        })
    }

    /// As the configuration says; where there is none yet, as it would.
    fn has(&self, namespace: &str) -> bool {
        if self.selectors.is_empty() {
            return namespace != self.own && !KUBERNETES.contains(&namespace);
        }
        let none = Labels::new();
        let labels = self.namespaces.get(namespace).unwrap_or(&none);
        self.selectors
            .iter()
            .any(|selector| selects(selector.as_ref(), labels))
    }
}
