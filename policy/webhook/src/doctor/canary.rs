//! A canary: an object that no rule likes, tried with nothing stored, tells whether the API server reaches the webhook.

use http_body_util::BodyExt;
use hyper::Request;
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};

use super::facts::said;
use super::{Facts, Line};
use crate::manifests::WEBHOOK;

/// How the webhook's own warnings and denials begin.
const WARNED: &str = "299 - \"plimsoll ";
const DENIED: &str = "plimsoll refuses ";

/// What became of it.
#[derive(Debug)]
pub(super) enum Canary {
    /// The webhook has judged it.
    Judged,
    /// It was taken without a word of the webhook.
    Silent,
    /// The API server could not reach the webhook, and says why.
    Unreached(String),
    /// Something else refused it.
    Refused(String),
}

/// The node's processes, and a mutable tag: even those who enforce little are told something. The API server itself has
/// nothing against it, while it may refuse privileged containers.
fn object() -> Value {
    let labels = json!({"app.kubernetes.io/name": "canary"});
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "canary-of-the-webhook"},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"hostPID": true, "containers": [{"name": "canary", "image": "canary:latest"}]},
            },
        },
    })
}

/// Tries it.
pub(super) async fn release(client: &Client, namespace: &str) -> Canary {
    let path = format!("/apis/apps/v1/namespaces/{namespace}/deployments?dryRun=All");
    let request = Request::post(path).header("content-type", "application/json");
    let request = match request.body(Body::from(object().to_string().into_bytes())) {
        Ok(request) => request,
        Err(error) => return Canary::Refused(error.to_string()),
    };
    let response = match client.send(request).await {
        Ok(response) => response,
        Err(error) => return Canary::Refused(said(&error)),
    };
    let warned = response.headers().get_all("warning").iter();
    let mut warned = warned.filter_map(|value| value.to_str().ok());
    if warned.any(|warning| warning.contains(WARNED)) {
        return Canary::Judged;
    }
    let stored = response.status().is_success();
    let body = response
        .into_body()
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes);
    let body: Value = body
        .ok()
        .and_then(|body| serde_json::from_slice(&body).ok())
        .unwrap_or_default();
    of(stored, body["message"].as_str().unwrap_or_default())
}

/// What an answer without warnings says.
fn of(stored: bool, message: &str) -> Canary {
    if stored {
        Canary::Silent
    } else if message.contains("failed calling webhook") && message.contains(WEBHOOK) {
        Canary::Unreached(message.to_owned())
    } else if message.contains(DENIED) {
        Canary::Judged
    } else {
        Canary::Refused(message.to_owned())
    }
}

/// What it says of the way to the webhook.
pub(super) fn line(facts: &Facts) -> Option<Line> {
    facts.configuration.as_ref()?;
    Some(match &facts.canary {
        Canary::Judged => Line::well("the API server reaches the webhook: it has judged a canary"),
        Canary::Silent => Line::ill(
            "a canary was taken, and the webhook has not said a word: it is not asked, does not answer in time, or enforces nothing",
            "compare apiserver_admission_webhook_fail_open_count; if it rises, look at the network's way from the API \
             server to port 8443, else at --canary-namespace, which has to be one that is judged",
        ),
        Canary::Unreached(message) => Line::ill(
            format!("the API server does not reach the webhook: {message}"),
            "plimsoll webhook break-glass lets everything through until it does",
        ),
        Canary::Refused(message) => Line::unknown(
            format!("whether the API server reaches the webhook: {message}"),
            "run it as somebody who may create Deployments there, or with another --canary-namespace",
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_tells_who_refused() {
        let failed = "Internal error occurred: failed calling webhook \"validate.plimsoll.dev\": failed to call webhook";
        assert!(matches!(of(false, failed), Canary::Unreached(_)));
        let other =
            "Internal error occurred: failed calling webhook \"other.example\": no endpoints";
        assert!(matches!(of(false, other), Canary::Refused(_)));
        assert!(matches!(
            of(false, "plimsoll refuses Deployment x"),
            Canary::Judged
        ));
        assert!(matches!(
            of(false, "deployments is forbidden"),
            Canary::Refused(_)
        ));
        let invalid = "Deployment.apps \"plimsoll\" is invalid: spec: Forbidden";
        assert!(
            matches!(of(false, invalid), Canary::Refused(_)),
            "the API server's own"
        );
        assert!(matches!(of(true, ""), Canary::Silent));
    }
}
