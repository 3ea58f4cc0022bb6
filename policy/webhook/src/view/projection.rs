//! What is kept of an object: what rules look at when they judge *another* one.
//!
//! Values of `ConfigMap`s and Secrets are never read into memory of ours: they are skipped in the answer of the API
//! server. Variables, commands and probes of pod templates are left out.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use kube::api::{ApiResource, DynamicObject, ObjectMeta, PartialObjectMeta};
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use super::kinds::{Read, Watched};

/// An object as it is kept.
#[derive(Clone, Debug)]
pub struct Projected {
    /// Empty for an object of the cluster.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What rules look at; `None` where the object is of no interest.
    pub text: Option<Arc<str>>,
}

/// What can be kept of an answer of the API server.
pub(super) trait Project {
    fn project(self, watched: &Watched, version: &str) -> Projected;
}

/// A `ConfigMap` or a Secret without its values.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Keys {
    #[serde(default)]
    metadata: ObjectMeta,
    #[serde(default)]
    data: Option<Named>,
    #[serde(default)]
    binary_data: Option<Named>,
    #[serde(default)]
    r#type: Option<String>,
}

/// The keys of an object, whose values are skipped.
#[derive(Clone, Debug)]
struct Named(Vec<String>);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Names).map(Self)
    }
}

struct Names;

impl<'de> Visitor<'de> for Names {
    type Value = Vec<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<String>, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = map.next_key()? {
            map.next_value::<IgnoredAny>()?;
            names.push(name);
        }
        Ok(names)
    }
}

impl kube::Resource for Keys {
    type DynamicType = ApiResource;
    type Scope = kube::core::DynamicResourceScope;

    fn kind(resource: &ApiResource) -> Cow<'_, str> {
        resource.kind.as_str().into()
    }
    fn group(resource: &ApiResource) -> Cow<'_, str> {
        resource.group.as_str().into()
    }
    fn version(resource: &ApiResource) -> Cow<'_, str> {
        resource.version.as_str().into()
    }
    fn plural(resource: &ApiResource) -> Cow<'_, str> {
        resource.plural.as_str().into()
    }
    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }
    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

impl Project for Keys {
    fn project(self, watched: &Watched, version: &str) -> Projected {
        let mut object = Map::new();
        let fields = [("data", self.data), ("binaryData", self.binary_data)];
        for (field, Named(keys)) in fields
            .into_iter()
            .filter_map(|(field, keys)| Some((field, keys?)))
        {
            let keys = keys.into_iter().map(|key| (key, json!("")));
            object.insert(field.to_owned(), Value::Object(keys.collect()));
        }
        if let Some(kind) = self.r#type {
            object.insert("type".to_owned(), kind.into());
        }
        written(watched, version, self.metadata, object)
    }
}

impl Project for PartialObjectMeta<DynamicObject> {
    fn project(self, watched: &Watched, version: &str) -> Projected {
        written(watched, version, self.metadata, Map::new())
    }
}

impl Project for DynamicObject {
    fn project(self, watched: &Watched, version: &str) -> Projected {
        let mut object = match self.data {
            Value::Object(object) => object,
            _ => Map::new(),
        };
        object.remove("status");
        if let Some(path) = watched.kind.pod_template() {
            let pointer = format!("/{}", path.replace('.', "/"));
            let mut value = Value::Object(object);
            if let Some(template) = value.pointer_mut(&pointer) {
                prune(template);
            }
            let Value::Object(pruned) = value else {
                unreachable!("it was made an object above")
            };
            object = pruned;
        }
        written(watched, version, self.metadata, object)
    }
}

/// Fields of a container that matter when it is judged itself.
const OF_CONTAINER: [&str; 12] = [
    "livenessProbe",
    "readinessProbe",
    "startupProbe",
    "lifecycle",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "imagePullPolicy",
    "volumeMounts",
    "volumeDevices",
    "workingDir",
    "env",
    "envFrom",
];

fn prune(template: &mut Value) {
    for list in ["containers", "initContainers", "ephemeralContainers"] {
        let containers = template
            .pointer_mut(&format!("/spec/{list}"))
            .and_then(Value::as_array_mut);
        let containers = containers.into_iter().flatten();
        for container in containers.filter_map(Value::as_object_mut) {
            container.retain(|field, _| !OF_CONTAINER.contains(&field.as_str()));
        }
    }
    if let Some(metadata) = template.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.retain(|field, _| field == "labels" || field == "annotations");
        if let Some(annotations) = metadata
            .get_mut("annotations")
            .and_then(Value::as_object_mut)
        {
            annotations
                .retain(|key, value| is_looked_at(key, value.as_str().unwrap_or_default().len()));
        }
    }
}

/// Annotations that no rule looks at, or that are as long as the object or change every few seconds.
fn is_looked_at(key: &str, length: usize) -> bool {
    let ignored = [
        "kubectl.kubernetes.io/",
        "control-plane.alpha.kubernetes.io/",
        "deployment.kubernetes.io/",
        "meta.helm.sh/",
    ];
    length <= 256 && !ignored.iter().any(|prefix| key.starts_with(prefix))
}

/// Kinds whose objects are watched themselves, or made from such.
const CONTROLLERS: [&str; 8] = [
    "ReplicaSet",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "CronJob",
    "ReplicationController",
    "Rollout",
];

/// Whether an object is made from another one that is looked at.
pub(crate) fn is_controlled(metadata: &ObjectMeta) -> bool {
    let mut owners = metadata.owner_references.iter().flatten();
    owners.any(|owner| owner.controller == Some(true) && CONTROLLERS.contains(&owner.kind.as_str()))
}

/// A version as objects say it.
pub(super) fn api_version(group: &str, version: &str) -> String {
    if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    }
}

fn written(
    watched: &Watched,
    version: &str,
    metadata: ObjectMeta,
    mut object: Map<String, Value>,
) -> Projected {
    let templated = watched.kind.pod_template().is_some();
    let of_interest =
        !(templated || watched.read == Read::Uncontrolled) || !is_controlled(&metadata);
    let (namespace, name) = (
        metadata.namespace.unwrap_or_default(),
        metadata.name.unwrap_or_default(),
    );
    if !of_interest {
        return Projected {
            namespace,
            name,
            text: None,
        };
    }
    let mut kept = Map::new();
    kept.insert("name".to_owned(), name.as_str().into());
    if !namespace.is_empty() {
        kept.insert("namespace".to_owned(), namespace.as_str().into());
    }
    if let Some(labels) = metadata.labels.filter(|labels| !labels.is_empty()) {
        kept.insert("labels".to_owned(), json!(labels));
    }
    let mut annotations = metadata.annotations.unwrap_or_default();
    annotations.retain(|key, value| is_looked_at(key, value.len()));
    if !annotations.is_empty() {
        kept.insert("annotations".to_owned(), json!(annotations));
    }
    object.insert("metadata".to_owned(), Value::Object(kept));
    object.insert("kind".to_owned(), watched.name.into());
    let api_version = api_version(watched.group, version);
    object.insert("apiVersion".to_owned(), api_version.into());
    let text = Value::Object(object).to_string();
    Projected {
        namespace,
        name,
        text: Some(text.into()),
    }
}

/// Projects the JSON of an object, as the watches do: for whoever holds rules to what is left.
pub fn project(watched: &Watched, object: &Value) -> Result<Projected, serde_json::Error> {
    let version = object
        .get("apiVersion")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let version = version
        .rsplit_once('/')
        .map_or(version, |(_, version)| version);
    Ok(match watched.read {
        Read::Keys => Keys::deserialize(object)?.project(watched, version),
        Read::Uncontrolled => {
            PartialObjectMeta::<DynamicObject>::deserialize(object)?.project(watched, version)
        }
        Read::Whole => DynamicObject::deserialize(object)?.project(watched, version),
    })
}
