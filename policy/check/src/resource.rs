//! One object of the repository.

use std::sync::{Arc, OnceLock};

use plimsoll_yaml::Node;

use crate::api_versions;
use crate::deployed::{Given, RootIndex};
use crate::kind::BUILT_IN_GROUPS;
use crate::{Kind, Labels, Scope};

/// The place of a resource in its inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceIndex(pub u32);

/// What names an object, owned, for reports.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceName {
    /// As written, with its group.
    pub api_version: Box<str>,
    /// As written.
    pub kind: Box<str>,
    /// As written; an object that names none has none here, though the API server puts it in `default`.
    pub namespace: Option<Box<str>>,
    /// `metadata.name`, or `metadata.generateName` with a `*`.
    pub name: Box<str>,
}

impl std::fmt::Display for ResourceName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind, self.name)?;
        match &self.namespace {
            Some(namespace) => write!(f, " in {namespace}"),
            None => Ok(()),
        }
    }
}

/// One object.
#[derive(Debug)]
pub struct Resource<'s> {
    /// The whole object.
    pub node: Node<'s>,
    /// Its kind, if Plimsoll knows it.
    pub kind: Kind,
    /// `apiVersion`, as written.
    pub api_version: &'s str,
    /// `kind`, as written.
    pub kind_name: &'s str,
    /// `metadata.name`; empty where there is none.
    pub name: &'s str,
    /// `metadata.namespace`, as written.
    pub declared_namespace: Option<&'s str>,
    /// The root that deploys it; none for an object of a file as it stands.
    pub root: Option<RootIndex>,
    /// What it was called before its root was rendered.
    pub(crate) given: Option<&'s Given>,
    pub(crate) index: ResourceIndex,
    identity: OnceLock<Arc<ResourceName>>,
}

impl<'s> Resource<'s> {
    /// Reads an object; `None` for what has no `kind` and `apiVersion`, and for files of other tools that have both
    /// (`skaffold/v4beta1`): a group that the API server serves is one of its own, or has a dot.
    pub(crate) fn read(node: Node<'s>, index: ResourceIndex) -> Option<Self> {
        let (mut api_version, mut kind_name, mut metadata) = (None, None, None);
        for entry in node.entries() {
            match entry.name() {
                "apiVersion" => api_version = entry.value.text(),
                "kind" => kind_name = entry.value.text(),
                "metadata" => metadata = Some(entry.value),
                _ => {}
            }
        }
        let (api_version, kind_name) = (api_version?, kind_name?);
        let group = api_versions::group(api_version);
        if !group.contains('.') && !BUILT_IN_GROUPS.contains(&group) {
            return None;
        }
        let text = |key| {
            metadata
                .and_then(|metadata: Node<'s>| metadata.get(key))
                .and_then(Node::text)
        };
        Some(Self {
            node,
            kind: Kind::of(group, kind_name),
            api_version,
            kind_name,
            name: text("name").unwrap_or_default(),
            declared_namespace: text("namespace").filter(|namespace| !namespace.is_empty()),
            root: None,
            given: None,
            index,
            identity: OnceLock::new(),
        })
    }

    /// Its index in the inventory.
    pub fn index(&self) -> ResourceIndex {
        self.index
    }

    /// The group of `apiVersion`; empty for the core group.
    pub fn group(&self) -> &'s str {
        api_versions::group(self.api_version)
    }

    /// The namespace that the API server would put it in; empty for kinds of the cluster.
    pub fn namespace(&self) -> &'s str {
        match self.kind.scope() {
            Scope::Cluster => "",
            Scope::Namespaced => self.declared_namespace.unwrap_or("default"),
            Scope::Unknown => self.declared_namespace.unwrap_or_default(),
        }
    }

    /// `metadata`.
    pub fn metadata(&self) -> Option<Node<'s>> {
        self.node.get("metadata")
    }

    /// `spec`.
    pub fn spec(&self) -> Option<Node<'s>> {
        self.node.get("spec")
    }

    /// The value at the end of a dotted path of keys: `spec.scaleTargetRef.name`.
    pub fn field(&self, path: &str) -> Option<Node<'s>> {
        let (mut node, mut rest) = (self.node, path);
        // Paths are short: to look for the next point byte by byte is faster than to search for it.
        while let Some(at) = rest.bytes().position(|byte| byte == b'.') {
            node = node.get(&rest[..at])?;
            rest = &rest[at + 1..];
        }
        node.get(rest)
    }

    /// `metadata.labels`.
    pub fn labels(&self) -> Labels<'s> {
        Labels::read(self.metadata().and_then(|metadata| metadata.get("labels")))
    }

    /// One annotation.
    pub fn annotation(&self, key: &str) -> Option<&'s str> {
        self.metadata()?.get("annotations")?.get(key)?.text()
    }

    /// Helm or Argo CD runs it at a point of a deployment, and clears it away.
    pub fn is_hook(&self) -> bool {
        ["helm.sh/hook", "argocd.argoproj.io/hook"]
            .iter()
            .any(|key| self.annotation(key).is_some())
    }

    /// What names it, for reports.
    pub fn identity(&self) -> Arc<ResourceName> {
        let identity = self.identity.get_or_init(|| {
            let generated = || self.field("metadata.generateName").and_then(Node::text);
            let name = if self.name.is_empty() {
                generated().map_or_else(String::new, |name| format!("{name}*"))
            } else {
                self.name.to_owned()
            };
            Arc::new(ResourceName {
                api_version: self.api_version.into(),
                kind: self.kind_name.into(),
                namespace: self.declared_namespace.map(Into::into),
                name: name.into(),
            })
        });
        Arc::clone(identity)
    }
}

/// `Deployment api`, the way messages name an object.
impl std::fmt::Display for Resource<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = if self.name.is_empty() {
            "without a name"
        } else {
            self.name
        };
        write!(f, "{} {name}", self.kind_name)
    }
}
