//! What is read of a cluster.

use std::collections::BTreeMap;

use k8s_openapi::api::admissionregistration::v1::{
    MutatingWebhookConfiguration, ValidatingWebhookConfiguration,
};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{Namespace, Pod, Secret};
use kube::api::{Api, ListParams, Request};
use kube::{Client, Error};

use super::canary::{Canary, release};
use crate::certificates::Names;

/// What was read; `Err` says why it could not be.
pub(crate) struct Facts {
    pub(super) names: Names,
    pub(super) configuration: Option<ValidatingWebhookConfiguration>,
    pub(super) deployment: Result<Option<Deployment>, String>,
    pub(super) pods: Result<Vec<Pod>, String>,
    /// What each Pod says of its readiness.
    pub(super) ready: BTreeMap<String, Result<String, String>>,
    /// The chain that lies in the Secret.
    pub(super) chain: Result<Option<Vec<u8>>, String>,
    /// The labels of all namespaces.
    pub(super) namespaces: Result<BTreeMap<String, BTreeMap<String, String>>, String>,
    pub(super) validating: Result<Vec<ValidatingWebhookConfiguration>, String>,
    pub(super) mutating: Result<Vec<MutatingWebhookConfiguration>, String>,
    pub(super) canary: Canary,
}

impl Facts {
    pub(super) async fn gather(
        client: &Client,
        names: &Names,
        canary: &str,
    ) -> Result<Self, String> {
        let configurations: Api<ValidatingWebhookConfiguration> = Api::all(client.clone());
        let name = &names.configuration;
        let configuration = configurations.get_opt(name).await;
        let configuration = configuration.map_err(|error| {
            format!(
                "cannot read ValidatingWebhookConfiguration {name}: {}",
                said(&error)
            )
        })?;
        let all = ListParams::default();
        let deployments: Api<Deployment> = Api::namespaced(client.clone(), &names.namespace);
        let pods = pods(client, names).await;
        Ok(Self {
            deployment: deployments
                .get_opt(&names.service)
                .await
                .map_err(|error| said(&error)),
            ready: ready(client, names, pods.as_deref().unwrap_or_default()).await,
            pods,
            chain: chain(client, names).await,
            namespaces: namespaces(client).await,
            validating: listed(configurations.list(&all).await),
            mutating: listed(Api::all(client.clone()).list(&all).await),
            canary: release(client, canary).await,
            names: names.clone(),
            configuration,
        })
    }
}

/// What the API server says, without what the client makes of it.
pub(super) fn said(error: &Error) -> String {
    match error {
        Error::Api(status) => status.message.clone(),
        error => error.to_string(),
    }
}

fn listed<T: Clone>(list: Result<kube::core::ObjectList<T>, Error>) -> Result<Vec<T>, String> {
    list.map(|list| list.items).map_err(|error| said(&error))
}

async fn pods(client: &Client, names: &Names) -> Result<Vec<Pod>, String> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), &names.namespace);
    let ours = ListParams::default().labels(&format!("app.kubernetes.io/name={}", names.service));
    listed(pods.list(&ours).await)
}

/// Asks each Pod through the API server, so that nothing has to be forwarded.
async fn ready(
    client: &Client,
    names: &Names,
    pods: &[Pod],
) -> BTreeMap<String, Result<String, String>> {
    let mut answers = BTreeMap::new();
    for name in pods.iter().filter_map(|pod| pod.metadata.name.clone()) {
        let path = format!("/api/v1/namespaces/{}/pods", names.namespace);
        let request = Request::new(path).get_subresource("proxy", &format!("{name}:8080"));
        let answer = match request {
            Ok(request) => {
                let (mut parts, body) = request.into_parts();
                let path = format!("{}/readyz", parts.uri.path());
                parts.uri = path.parse().unwrap_or(parts.uri);
                let request = kube::client::Body::from(body);
                let sent = client
                    .send(hyper::Request::from_parts(parts, request))
                    .await;
                match sent {
                    Ok(response) => text(response).await,
                    Err(error) => Err(said(&error)),
                }
            }
            Err(error) => Err(error.to_string()),
        };
        answers.insert(name, answer);
    }
    answers
}

/// The text of an answer, whatever its status.
async fn text(response: hyper::Response<kube::client::Body>) -> Result<String, String> {
    let read = response.into_body().collect_bytes().await;
    let bytes = read.map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

/// The certificate of either way to keep it.
async fn chain(client: &Client, names: &Names) -> Result<Option<Vec<u8>>, String> {
    let secrets: Api<Secret> = Api::namespaced(client.clone(), &names.namespace);
    for name in [names.secret(), format!("{}-tls", names.service)] {
        let secret = secrets.get_opt(&name).await.map_err(|error| said(&error))?;
        let chain = secret.and_then(|secret| secret.data?.remove("tls.crt"));
        if let Some(chain) = chain {
            return Ok(Some(chain.0));
        }
    }
    Ok(None)
}

async fn namespaces(client: &Client) -> Result<BTreeMap<String, BTreeMap<String, String>>, String> {
    let all: Api<Namespace> = Api::all(client.clone());
    let all = listed(all.list(&ListParams::default()).await)?;
    let named = all.into_iter().map(|namespace| {
        let name = namespace.metadata.name.unwrap_or_default();
        (name, namespace.metadata.labels.unwrap_or_default())
    });
    Ok(named.collect())
}
