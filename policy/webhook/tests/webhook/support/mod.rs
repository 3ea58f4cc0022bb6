//! Objects as the API server sends them, from the YAML that people write.

pub(crate) mod server;

use std::collections::BTreeMap;
use std::path::Path;

use plimsoll_render::{FileKind, Files};
use plimsoll_yaml::{Limits, Node, Scalar, Source, SourceId, Sources, Tree, decode};
use serde_json::{Map, Value, json};

/// An object as JSON, as `kubectl` makes it of YAML.
pub(crate) fn to_json(node: Node<'_>) -> Value {
    if node.is_mapping() {
        let entries = node
            .entries()
            .map(|entry| (entry.name().to_owned(), to_json(entry.value)));
        return Value::Object(entries.collect::<Map<_, _>>());
    }
    if node.is_sequence() {
        return Value::Array(node.items().map(to_json).collect());
    }
    match node.scalar() {
        None | Some(Scalar::Null) => Value::Null,
        Some(Scalar::Bool(value)) => value.into(),
        Some(Scalar::Int(value)) => value.into(),
        Some(Scalar::Float(value)) => value.into(),
        Some(Scalar::Str(text)) => text.into(),
    }
}

/// A question about an object: `CREATE`, or `UPDATE` where there was one before.
pub(crate) fn review(object: &Value, old: Option<&Value>) -> String {
    let text = |path: &str| {
        object
            .pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let (group, version) = match text("/apiVersion").split_once('/') {
        Some((group, version)) => (group, version),
        None => ("", text("/apiVersion")),
    };
    let kind = json!({"group": group, "version": version, "kind": text("/kind")});
    let resource =
        json!({"group": group, "version": version, "resource": text("/kind").to_lowercase() + "s"});
    json!({
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
            "kind": kind,
            "resource": resource,
            "requestKind": kind,
            "requestResource": resource,
            "name": text("/metadata/name"),
            "namespace": text("/metadata/namespace"),
            "operation": if old.is_some() { "UPDATE" } else { "CREATE" },
            "userInfo": {"username": "jane", "groups": ["developers", "system:authenticated"]},
            "object": object,
            "oldObject": old,
            "dryRun": false,
            "options": {"apiVersion": "meta.k8s.io/v1", "kind": "CreateOptions"},
        },
    })
    .to_string()
}

/// The files of a folder, by their paths in it, for reading and for rendering.
pub(crate) struct Folder(pub(crate) BTreeMap<String, Vec<u8>>);

impl Folder {
    /// Reads all of it.
    pub(crate) fn read(folder: &Path) -> Self {
        let (mut files, mut waiting) = (BTreeMap::new(), vec![folder.to_owned()]);
        while let Some(next) = waiting.pop() {
            for entry in std::fs::read_dir(&next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    waiting.push(path);
                } else {
                    let name = path
                        .strip_prefix(folder)
                        .unwrap()
                        .to_string_lossy()
                        .into_owned();
                    files.insert(name, std::fs::read(&path).unwrap());
                }
            }
        }
        Self(files)
    }

    /// Those that are YAML, read.
    pub(crate) fn sources(&self) -> Sources {
        let yaml = self.0.iter().filter(|(path, _)| {
            Path::new(path)
                .extension()
                .is_some_and(|kind| kind == "yaml")
        });
        let sources = yaml.zip(0..).map(|((path, bytes), id)| {
            let text = decode(bytes.clone()).unwrap();
            Source::new(
                path.as_str(),
                Tree::parse(SourceId(id), text.as_str(), &Limits::default()),
            )
        });
        Sources::new(sources.collect())
    }
}

impl Files for Folder {
    fn kind(&self, path: &str) -> Option<FileKind> {
        let within = format!("{path}/");
        if self.0.contains_key(path) {
            Some(FileKind::File)
        } else {
            let holds =
                path.is_empty() || path == "." || self.0.keys().any(|own| own.starts_with(&within));
            holds.then_some(FileKind::Folder)
        }
    }

    fn read(&self, path: &str) -> std::io::Result<Vec<u8>> {
        self.0
            .get(path)
            .cloned()
            .ok_or_else(|| std::io::ErrorKind::NotFound.into())
    }

    fn list(&self, _: &str) -> std::io::Result<Vec<(String, FileKind)>> {
        Ok(Vec::new())
    }

    fn real(&self, _: &str) -> Option<String> {
        None
    }
}

/// A Pod with nothing to say of, for a webhook that denies errors.
pub(crate) fn good_pod() -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "automountServiceAccountToken": false,
            "securityContext": {"runAsNonRoot": true, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [{
                "name": "web",
                "image": "ghcr.io/example/web:1.2.3",
                "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": "100m", "memory": "16Mi"}},
                "securityContext": {"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]}},
                "livenessProbe": {"httpGet": {"path": "/healthz", "port": 8080}},
                "readinessProbe": {"httpGet": {"path": "/readyz", "port": 8080}}
            }]
        }
    })
}

/// The same, with every right on its node.
pub(crate) fn privileged() -> Value {
    let mut pod = good_pod();
    pod["spec"]["containers"][0]["securityContext"] = json!({"privileged": true});
    pod
}
