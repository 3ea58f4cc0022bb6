//! Who is bound to what: the index of a repository's bindings.

use foldhash::{HashMap, HashSet};

use plimsoll_yaml::Node;

use super::{aggregation, some_of};
use crate::{Inventory, Kind, Resource, ResourceIndex, Selector, Workload, WorkloadIndex};

/// Somebody who can be given rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Principal<'s> {
    /// A `ServiceAccount`: namespace and name.
    Account(&'s str, &'s str),
    /// A user, whom Kubernetes knows by name only.
    User(&'s str),
    /// A group.
    Group(&'s str),
}

impl std::fmt::Display for Principal<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Account("", name) => write!(f, "ServiceAccount {name}"),
            Self::Account(namespace, name) => write!(f, "ServiceAccount {namespace}/{name}"),
            Self::User(name) => write!(f, "User {name}"),
            Self::Group(name) => write!(f, "Group {name}"),
        }
    }
}

/// One of a binding's `subjects`.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'s> {
    /// The entry.
    pub node: Node<'s>,
    /// Who it is.
    pub principal: Principal<'s>,
}

impl<'s> Subject<'s> {
    /// Reads an entry. The account of a `RoleBinding` that names no namespace is of the binding's (`appliesToUser` in
    /// `pkg/registry/rbac/validation/rule.go`); `system:serviceaccount:a:b` is the user name of an account.
    fn read(node: Node<'s>, namespace: &'s str) -> Option<Self> {
        let text = |key| node.get(key).and_then(Node::text);
        let name = text("name").filter(|name| !name.is_empty())?;
        let principal = match text("kind")? {
            "ServiceAccount" => {
                let own = text("namespace").filter(|own| !own.is_empty());
                Principal::Account(own.unwrap_or(namespace), name)
            }
            "User" => match name.strip_prefix("system:serviceaccount:") {
                Some(account) => account
                    .split_once(':')
                    .map(|(namespace, name)| Principal::Account(namespace, name))?,
                None => Principal::User(name),
            },
            "Group" | "SystemGroup" => Principal::Group(name),
            _ => return None,
        };
        Some(Self { node, principal })
    }

    /// What to point at: its name.
    pub fn place(&self) -> Node<'s> {
        self.node.get("name").unwrap_or(self.node)
    }
}

/// A `RoleBinding` or a `ClusterRoleBinding`.
#[derive(Debug)]
pub struct Binding<'s> {
    /// The object.
    pub resource: ResourceIndex,
    /// Where the rights hold; `None` for everywhere.
    pub namespace: Option<&'s str>,
    /// `roleRef`.
    pub role_ref: Node<'s>,
    /// The kind that `roleRef` names; [`Kind::Other`] for what is no role.
    pub role_kind: Kind,
    /// The name that it names.
    pub role: &'s str,
    /// Who is given them.
    pub subjects: Vec<Subject<'s>>,
}

impl<'s> Binding<'s> {
    /// Reads a binding; `None` where it refers to nothing.
    pub fn read(resource: &Resource<'s>) -> Option<Self> {
        let role_ref = resource.node.get("roleRef")?;
        let text = |key| role_ref.get(key).and_then(Node::text);
        let namespace = (resource.kind == Kind::RoleBinding).then(|| resource.namespace());
        let entries = resource.node.get("subjects").into_iter();
        Some(Self {
            resource: resource.index(),
            namespace,
            role_ref,
            role_kind: match text("kind") {
                Some("Role") => Kind::Role,
                Some("ClusterRole") => Kind::ClusterRole,
                _ => Kind::Other,
            },
            role: text("name").filter(|name| !name.is_empty())?,
            subjects: entries
                .flat_map(Node::items)
                .filter_map(|node| Subject::read(node, namespace.unwrap_or_default()))
                .collect(),
        })
    }

    /// The name in `roleRef`, to point at.
    pub fn role_place(&self) -> Node<'s> {
        self.role_ref.get("name").unwrap_or(self.role_ref)
    }

    /// Who is given the rights, in words.
    pub fn holders(&self) -> String {
        let principals: Vec<_> = self
            .subjects
            .iter()
            .map(|subject| subject.principal)
            .collect();
        if principals.is_empty() {
            "nobody".to_owned()
        } else {
            some_of(&principals)
        }
    }

    /// Where the rights hold, in words.
    pub fn reach(&self) -> String {
        self.namespace.map_or_else(
            || "the cluster".to_owned(),
            |namespace| format!("namespace `{namespace}`"),
        )
    }

    /// The namespace and name that its role is looked up by.
    fn role_key(&self) -> (Kind, &'s str, &'s str) {
        let namespace = match self.role_kind {
            Kind::Role => self.namespace.unwrap_or_default(),
            _ => "",
        };
        (self.role_kind, namespace, self.role)
    }

    /// The roles that it refers to: none where it is not of this repository, several where environments repeat it.
    pub fn roles<'a>(
        &self,
        inventory: &'a Inventory<'s>,
    ) -> impl Iterator<Item = &'a Resource<'s>> + use<'a, 's> {
        let (kind, namespace, name) = self.role_key();
        inventory.find_all(kind, namespace, name)
    }
}

/// All bindings of a repository, by role and by subject; all pods, by account.
#[derive(Debug, Default)]
pub struct Access<'s> {
    bindings: Vec<Binding<'s>>,
    by_role: HashMap<(Kind, &'s str, &'s str), Vec<usize>>,
    by_principal: HashMap<Principal<'s>, Vec<usize>>,
    /// By the namespace of the group `system:serviceaccounts:NAMESPACE`.
    by_accounts_of: HashMap<&'s str, Vec<usize>>,
    workloads: HashMap<(&'s str, &'s str), Vec<WorkloadIndex>>,
    inhabited: HashSet<&'s str>,
    aggregations: Vec<Selector<'s>>,
}

impl<'s> Access<'s> {
    pub(crate) fn new(inventory: &Inventory<'s>) -> Self {
        let mut access = Self::default();
        for kind in super::BINDINGS {
            access
                .bindings
                .extend(inventory.of_kind(*kind).filter_map(Binding::read));
        }
        for (at, binding) in access.bindings.iter().enumerate() {
            access
                .by_role
                .entry(binding.role_key())
                .or_default()
                .push(at);
            for subject in &binding.subjects {
                let group = match subject.principal {
                    Principal::Group(name) => name.strip_prefix("system:serviceaccounts:"),
                    _ => None,
                };
                if let Some(namespace) = group {
                    access.by_accounts_of.entry(namespace).or_default().push(at);
                }
                let by_principal = access.by_principal.entry(subject.principal);
                by_principal.or_default().push(at);
            }
        }
        for workload in inventory.workloads() {
            let account = (workload.namespace, workload.service_account());
            access
                .workloads
                .entry(account)
                .or_default()
                .push(workload.index);
            access.inhabited.insert(workload.namespace);
        }
        let accounts = inventory.of_kind(Kind::ServiceAccount);
        access.inhabited.extend(accounts.map(Resource::namespace));
        let selectors = inventory.of_kind(Kind::ClusterRole).flat_map(aggregation);
        access.aggregations = selectors.map(Selector::read).collect();
        access
    }

    /// All bindings, `RoleBinding`s first.
    pub fn bindings(&self) -> &[Binding<'s>] {
        &self.bindings
    }

    /// The bindings that refer to a role.
    pub fn bindings_of<'a>(
        &'a self,
        role: &'a Resource<'_>,
    ) -> impl Iterator<Item = &'a Binding<'s>> {
        self.at(self.by_role.get(&(role.kind, role.namespace(), role.name)))
    }

    /// The bindings that name somebody.
    pub fn bindings_to<'a>(
        &'a self,
        principal: Principal<'a>,
    ) -> impl Iterator<Item = &'a Binding<'s>> {
        self.at(self.by_principal.get(&principal))
    }

    /// The bindings that give an account rights of its own, by its name or by a group that only its namespace is in. What
    /// every account may do is not counted.
    pub fn bindings_to_account<'a>(
        &'a self,
        namespace: &'a str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a Binding<'s>> {
        self.bindings_to(Principal::Account(namespace, name))
            .chain(self.at(self.by_accounts_of.get(namespace)))
    }

    /// The workloads whose pods run as an account.
    pub fn workloads_as<'a>(
        &'a self,
        inventory: &'a Inventory<'s>,
        namespace: &'a str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a Workload<'s>> {
        let found = self.workloads.get(&(namespace, name)).into_iter().flatten();
        found.map(|index| inventory.workload(*index))
    }

    /// Whether the repository puts accounts or pods into a namespace, so that an account missing there is missing.
    pub fn is_inhabited(&self, namespace: &str) -> bool {
        self.inhabited.contains(namespace)
    }

    /// Whether a `ClusterRole` is gathered into another: by a role of this repository, or by one that has the label that
    /// Kubernetes' own roles gather.
    pub fn is_aggregated(&self, role: &Resource<'_>) -> bool {
        let labels = role.labels();
        let by_label =
            |(key, value): (&str, &str)| key.contains("/aggregate-to-") && value == "true";
        labels.iter().any(by_label)
            || self
                .aggregations
                .iter()
                .any(|selector| selector.matches(&labels))
    }

    fn at<'a>(&'a self, found: Option<&'a Vec<usize>>) -> impl Iterator<Item = &'a Binding<'s>> {
        found
            .into_iter()
            .flatten()
            .filter_map(|at| self.bindings.get(*at))
    }
}

impl<'s> Inventory<'s> {
    /// Whether a workload's pods get their account's token: the pod says, or else the account, or else they do
    /// (`shouldAutomount` in `plugin/pkg/admission/serviceaccount/admission.go`).
    pub fn mounts_token(&self, workload: &Workload<'s>) -> bool {
        if let Some(own) = workload.pod("automountServiceAccountToken") {
            return own.bool() != Some(false);
        }
        let account = self.find(
            Kind::ServiceAccount,
            workload.namespace,
            workload.service_account(),
        );
        let of_account =
            account.and_then(|account| account.node.get("automountServiceAccountToken"));
        of_account.and_then(Node::bool) != Some(false)
    }
}

/// Names of accounts that an object gives in fields of its own: `serviceAccountName: x`, `serviceAccountRef: {name: x}`,
/// and the annotation of a token's Secret.
pub fn named_accounts(object: Node<'_>) -> Vec<&str> {
    let mut names = Vec::new();
    let mut waiting = vec![object];
    while let Some(node) = waiting.pop() {
        waiting.extend(node.items());
        for entry in node.entries() {
            let key = entry.name();
            let account = ["erviceAccount", "serviceaccount", "service-account"];
            if account.iter().any(|word| key.contains(word)) {
                names.extend(entry.value.text());
                names.extend(entry.value.get("name").and_then(Node::text));
                names.extend(entry.value.items().filter_map(Node::text));
            }
            waiting.push(entry.value);
        }
    }
    names
}
