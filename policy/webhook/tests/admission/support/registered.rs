//! A `ValidatingWebhookConfiguration` for one namespace.

use std::process::Command;

use serde_json::{Value, json};

use super::Namespace;

/// A configuration that is gone with this value.
pub(crate) struct Registered {
    namespace: Namespace,
    object: Value,
    conditions: Value,
}

impl Registered {
    /// Has the API server ask at `url` about what is created and updated in a namespace, and fail without an answer.
    #[track_caller]
    pub(crate) fn new(namespace: &Namespace, url: &str, authority: &str) -> Self {
        let mut object = generated(namespace);
        object["metadata"] = json!({"name": namespace.name});
        let within = json!({"kubernetes.io/metadata.name": namespace.name});
        let webhook = &mut object["webhooks"][0];
        webhook["clientConfig"] = client(url, authority);
        webhook["namespaceSelector"] = json!({"matchLabels": within});
        webhook["failurePolicy"] = "Fail".into();
        // Machines that test are slow.
        webhook["timeoutSeconds"] = 10.into();
        let conditions = webhook["matchConditions"].take();
        let registered = Self {
            namespace: namespace.clone(),
            object,
            conditions,
        };
        registered.apply();
        registered
    }

    /// Sets fields of the webhook.
    #[track_caller]
    pub(crate) fn set(&mut self, fields: &[(&str, Value)]) {
        for (field, value) in fields {
            self.object["webhooks"][0][field] = value.clone();
        }
        self.apply();
    }

    /// Sets what the API server trusts.
    #[track_caller]
    pub(crate) fn trust(&mut self, authorities: &str) {
        let url = &self.object["webhooks"][0]["clientConfig"]["url"];
        let url = url.as_str().unwrap_or_default().to_owned();
        self.point(&url, authorities);
    }

    /// Sets where the API server asks, and what it trusts there.
    #[track_caller]
    pub(crate) fn point(&mut self, url: &str, authorities: &str) {
        self.set(&[("clientConfig", client(url, authorities))]);
    }

    /// Has the API server keep to itself what is generated as not worth asking about. Without it the webhook has to tell.
    #[track_caller]
    pub(crate) fn condition(&mut self) {
        let conditions = self.conditions.clone();
        self.set(&[("matchConditions", conditions)]);
    }

    fn apply(&self) {
        let words = ["apply", "--filename=-"];
        let applied = self
            .namespace
            .cluster
            .kubectl_with(&words, &self.object.to_string());
        applied.succeeds();
    }
}

/// The configuration as users get it.
#[track_caller]
fn generated(namespace: &Namespace) -> Value {
    let mut webhook = Command::new(env!("CARGO_BIN_EXE_plimsoll-webhook"));
    let output = webhook.arg("manifests").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let mut documents = text.split("\n---\n");
    let own = documents.find(|text| text.contains("kind: ValidatingWebhookConfiguration"));
    let words = [
        "create",
        "--dry-run=client",
        "--output=json",
        "--filename=-",
    ];
    let read = namespace.cluster.kubectl_with(&words, own.unwrap());
    serde_json::from_str(&read.succeeds()).unwrap()
}

fn client(url: &str, authorities: &str) -> Value {
    json!({"url": url, "caBundle": base64(authorities)})
}

/// It would hold up whoever cleans the namespace away.
impl Drop for Registered {
    fn drop(&mut self) {
        let name = &self.namespace.name;
        let delete = ["delete", "validatingwebhookconfiguration", name];
        let _ = self.namespace.cluster.kubectl(&delete);
    }
}

/// Creations and updates of resources.
pub(crate) fn rule(group: &str, resources: &[&str]) -> Value {
    json!({
        "apiGroups": [group],
        "apiVersions": ["v1"],
        "resources": resources,
        "operations": ["CREATE", "UPDATE"],
        "scope": "Namespaced",
    })
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut written = String::new();
    for bytes in text.as_bytes().chunks(3) {
        let number = (0..3).fold(0_u32, |number, at| {
            number << 8 | u32::from(bytes.get(at).copied().unwrap_or_default())
        });
        for digit in 0..4 {
            let index = (number >> (18 - 6 * digit)) & 63;
            let known = digit <= bytes.len();
            written.push(if known {
                DIGITS[index as usize].into()
            } else {
                '='
            });
        }
    }
    written
}
