//! `IAMPolicyGenerator`: the service account that stands for one of a cloud.

use super::object::Object;
use crate::{Fault, Origin, Result, Value};

/// The service account that a generator makes. Only Google's cloud is known to kustomize.
pub(crate) fn service_account<'s>(config: &Value<'s>) -> Result<Object<'s>> {
    let text = |keys: &[&str]| {
        config
            .at(keys)
            .and_then(Value::text)
            .unwrap_or_default()
            .to_owned()
    };
    let here = config.origin.span;
    if text(&["cloud"]) != "gke" {
        return Err(Fault::broken("an IAMPolicyGenerator knows the cloud `gke` only").at(here));
    }
    let string = |text: String| Value::string(text, Origin::at(here));
    let account = format!(
        "{}@{}.iam.gserviceaccount.com",
        text(&["serviceAccount", "name"]),
        text(&["serviceAccount", "projectId"])
    );
    let mut annotations = Value::map(Origin::at(here));
    annotations.set("iam.gke.io/gcp-service-account", string(account));
    let mut metadata = Value::map(Origin::at(here));
    metadata.set("name", string(text(&["kubernetesService", "name"])));
    let namespace = text(&["kubernetesService", "namespace"]);
    if !namespace.is_empty() {
        metadata.set("namespace", string(namespace));
    }
    metadata.set("annotations", annotations);
    let mut value = Value::map(Origin::at(here));
    value.set("apiVersion", string("v1".to_owned()));
    value.set("kind", string("ServiceAccount".to_owned()));
    value.set("metadata", metadata);
    Ok(Object::new(value))
}
