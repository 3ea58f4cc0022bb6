//! Pod templates: the one place that knows how pods are made from objects.

use plimsoll_yaml::Node;

use crate::{Kind, Labels, Resource, ResourceIndex};

/// The place of a workload in its inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkloadIndex(pub u32);

/// What a container is to its pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Runs to its end before the others start.
    Init,
    /// An init container with `restartPolicy: Always`: runs beside the others.
    Sidecar,
    /// One of `containers`.
    Main,
    /// One of `ephemeralContainers`, put into a running pod to debug it.
    Ephemeral,
}

/// One container of a pod template.
#[derive(Clone, Copy, Debug)]
pub struct Container<'s> {
    /// The container's map.
    pub node: Node<'s>,
    /// `name`; empty where there is none.
    pub name: &'s str,
    /// What it is to its pod.
    pub role: Role,
}

impl<'s> Container<'s> {
    /// `image`.
    pub fn image(&self) -> Option<Node<'s>> {
        self.node
            .get("image")
            .filter(|image| image.text().is_some_and(|text| !text.is_empty()))
    }

    /// Runs as long as the pod does, so that probes and the like make sense for it.
    pub fn is_long_running(&self) -> bool {
        matches!(self.role, Role::Main | Role::Sidecar)
    }

    /// A field of its own `securityContext`.
    pub fn security(&self, field: &str) -> Option<Node<'s>> {
        self.node
            .get("securityContext")?
            .get(field)
            .filter(|node| !node.is_null())
    }

    /// `env` entries: each with its `name`.
    pub fn env(&self) -> impl Iterator<Item = Node<'s>> + use<'s> {
        self.node.get("env").into_iter().flat_map(Node::items)
    }

    /// `ports` entries.
    pub fn ports(&self) -> impl Iterator<Item = Node<'s>> + use<'s> {
        self.node.get("ports").into_iter().flat_map(Node::items)
    }

    /// `volumeMounts` entries.
    pub fn mounts(&self) -> impl Iterator<Item = Node<'s>> + use<'s> {
        self.node
            .get("volumeMounts")
            .into_iter()
            .flat_map(Node::items)
    }

    /// `command` and `args`, one after the other.
    pub fn command_line(&self) -> impl Iterator<Item = &'s str> + use<'s> {
        let words = |key| {
            self.node
                .get(key)
                .into_iter()
                .flat_map(Node::items)
                .filter_map(Node::text)
        };
        words("command").chain(words("args"))
    }
}

/// `container api`, `init container migrate`: the way messages name one.
impl std::fmt::Display for Container<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.role {
            Role::Init => "init container ",
            Role::Sidecar => "sidecar ",
            Role::Main => "container ",
            Role::Ephemeral => "ephemeral container ",
        })?;
        if self.name.is_empty() {
            f.write_str("without a name")
        } else {
            write!(f, "`{}`", self.name)
        }
    }
}

/// An object that makes pods, seen through its pod template.
#[derive(Debug)]
pub struct Workload<'s> {
    pub(crate) index: WorkloadIndex,
    /// The object.
    pub resource: ResourceIndex,
    /// Its kind; [`Kind::Other`] for a kind that the configuration names.
    pub kind: Kind,
    /// The whole object.
    pub object: Node<'s>,
    /// The pod template (`metadata` and `spec`); the object itself for a Pod.
    pub template: Node<'s>,
    /// The pod's spec.
    pub spec: Node<'s>,
    /// The pods' labels.
    pub labels: Labels<'s>,
    /// The pods' namespace.
    pub namespace: &'s str,
    /// All containers, init containers first, as they start.
    pub containers: Vec<Container<'s>>,
}

impl<'s> Workload<'s> {
    /// Sees an object through the pod template at a dotted path; `None` if no pod spec stands there.
    pub(crate) fn read(resource: &Resource<'s>, path: &str) -> Option<Self> {
        let template = if path == "." {
            resource.node
        } else {
            resource.field(path)?
        };
        let spec = template.get("spec").filter(|spec| spec.is_mapping())?;
        let list = |key| {
            spec.get(key)
                .into_iter()
                .flat_map(Node::items)
                .filter(|node| node.is_mapping())
        };
        let init = list("initContainers").map(|node| {
            let sidecar = node.get("restartPolicy").and_then(Node::text) == Some("Always");
            container(node, if sidecar { Role::Sidecar } else { Role::Init })
        });
        let main = list("containers").map(|node| container(node, Role::Main));
        let ephemeral = list("ephemeralContainers").map(|node| container(node, Role::Ephemeral));
        Some(Self {
            index: WorkloadIndex(0),
            resource: resource.index(),
            kind: resource.kind,
            object: resource.node,
            template,
            spec,
            labels: Labels::read(
                template
                    .get("metadata")
                    .and_then(|metadata| metadata.get("labels")),
            ),
            namespace: resource.namespace(),
            containers: init.chain(main).chain(ephemeral).collect(),
        })
    }

    /// A field of the pod spec.
    pub fn pod(&self, field: &str) -> Option<Node<'s>> {
        self.spec.get(field).filter(|node| !node.is_null())
    }

    /// A field of the pod's `securityContext`.
    pub fn pod_security(&self, field: &str) -> Option<Node<'s>> {
        self.pod("securityContext")?
            .get(field)
            .filter(|node| !node.is_null())
    }

    /// A field of the security context as it holds for a container: its own, or else the pod's. Only `runAsUser`,
    /// `runAsGroup`, `runAsNonRoot`, `seccompProfile`, `appArmorProfile`, `seLinuxOptions` and `windowsOptions` are
    /// inherited.
    pub fn effective_security(&self, container: &Container<'s>, field: &str) -> Option<Node<'s>> {
        container
            .security(field)
            .or_else(|| self.pod_security(field))
    }

    /// `spec.replicas`, where the object has it.
    pub fn declared_replicas(&self) -> Option<Node<'s>> {
        self.object
            .get("spec")?
            .get("replicas")
            .filter(|node| !node.is_null())
    }

    /// How many pods run if nothing scales it: 1 where it says nothing; `None` for kinds without replicas and for text that
    /// is no number.
    pub fn replicas(&self) -> Option<i64> {
        if !self.has_replicas() {
            return None;
        }
        self.declared_replicas().map_or(Some(1), Node::int)
    }

    /// A kind with `spec.replicas`.
    pub fn has_replicas(&self) -> bool {
        matches!(
            self.kind,
            Kind::Deployment
                | Kind::StatefulSet
                | Kind::ReplicaSet
                | Kind::ReplicationController
                | Kind::Rollout
                | Kind::DeploymentConfig
        )
    }

    /// A kind whose pods come and go one for another: not a batch job, not a bare Pod, not a sandbox, which is one pod.
    pub fn is_service_like(&self) -> bool {
        let single = [
            Kind::Pod,
            Kind::PodTemplate,
            Kind::Sandbox,
            Kind::SandboxTemplate,
        ];
        !self.runs_to_completion() && !single.contains(&self.kind)
    }

    /// Its pods end by themselves: a Job, a `CronJob`, or a Pod that is not restarted.
    pub fn runs_to_completion(&self) -> bool {
        match self.kind {
            Kind::Job | Kind::CronJob => true,
            Kind::Pod => matches!(
                self.pod("restartPolicy").and_then(Node::text),
                Some("Never" | "OnFailure")
            ),
            _ => false,
        }
    }

    /// A Helm test: it runs when somebody asks, never in service.
    pub fn is_test_hook(&self) -> bool {
        let annotations = self
            .object
            .get("metadata")
            .and_then(|metadata| metadata.get("annotations"));
        let hook = annotations
            .and_then(|annotations| annotations.get("helm.sh/hook"))
            .and_then(Node::text);
        hook.is_some_and(|hook| {
            hook.split(',')
                .any(|event| event.trim().starts_with("test"))
        })
    }

    /// Its pods run on Windows, where the Linux fields of the security context mean nothing.
    pub fn is_windows(&self) -> bool {
        let os = self.spec.at(&["os", "name"]).and_then(Node::text);
        let selected = self
            .pod("nodeSelector")
            .and_then(|selector| selector.get("kubernetes.io/os"))
            .and_then(Node::text);
        os.or(selected)
            .is_some_and(|os| os.eq_ignore_ascii_case("windows"))
    }

    /// The name of its service account; `default` where it names none. The deprecated `serviceAccount` counts too.
    pub fn service_account(&self) -> &'s str {
        let named = |field| {
            self.pod(field)
                .and_then(Node::text)
                .filter(|name| !name.is_empty())
        };
        named("serviceAccountName")
            .or_else(|| named("serviceAccount"))
            .unwrap_or("default")
    }

    /// `volumes` entries.
    pub fn volumes(&self) -> impl Iterator<Item = Node<'s>> + use<'s> {
        self.spec.get("volumes").into_iter().flat_map(Node::items)
    }

    /// `volumeClaimTemplates` entries of a `StatefulSet`.
    pub fn claim_templates(&self) -> impl Iterator<Item = Node<'s>> + use<'s> {
        self.object
            .get("spec")
            .and_then(|spec| spec.get("volumeClaimTemplates"))
            .into_iter()
            .flat_map(Node::items)
    }

    /// The containers that run as long as the pod does.
    pub fn long_running(&self) -> impl Iterator<Item = &Container<'s>> {
        self.containers
            .iter()
            .filter(|container| container.is_long_running())
    }
}

fn container(node: Node<'_>, role: Role) -> Container<'_> {
    let name = node.get("name").and_then(Node::text).unwrap_or_default();
    Container { node, name, role }
}
