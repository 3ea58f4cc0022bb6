//! The rules of roles, read as the API server's authorizer reads them
//! (`pkg/apis/rbac/v1/evaluation_helpers.go` of Kubernetes).

use plimsoll_yaml::Node;

use super::{aggregation, is_kubernetes_own, some_of};
use crate::Resource;

/// The verbs that change objects.
pub const WRITE: &[&str] = &["create", "update", "patch", "delete", "deletecollection"];

/// The kinds that run pods, with their API groups.
pub const WORKLOADS: &[(&str, &str)] = &[
    ("", "pods"),
    ("", "replicationcontrollers"),
    ("apps", "deployments"),
    ("apps", "daemonsets"),
    ("apps", "statefulsets"),
    ("apps", "replicasets"),
    ("batch", "jobs"),
    ("batch", "cronjobs"),
];

/// One entry of a role's `rules`.
#[derive(Clone, Copy, Debug)]
pub struct PolicyRule<'s>(pub Node<'s>);

impl<'s> PolicyRule<'s> {
    /// The items of one of its lists: `apiGroups`, `resources`, `verbs`, `resourceNames`, `nonResourceURLs`.
    pub fn list(self, field: &str) -> impl Iterator<Item = Node<'s>> + use<'s> {
        self.0
            .get(field)
            .into_iter()
            .flat_map(Node::items)
            .filter(|item| item.text().is_some())
    }

    /// The names under `resourceNames`.
    pub fn names(self) -> impl Iterator<Item = &'s str> + use<'s> {
        self.list("resourceNames").filter_map(Node::text)
    }

    /// The item of a list that says `*`.
    pub fn star(self, field: &str) -> Option<Node<'s>> {
        self.list(field).find(|item| item.text() == Some("*"))
    }

    /// Holds for some objects by name only. Requests without a name, such as `list` and `create`, it never allows.
    pub fn is_limited_to_names(self) -> bool {
        self.list("resourceNames").next().is_some()
    }

    /// `*` in all three lists, for every object: whatever there is to do.
    pub fn is_everything(self) -> bool {
        !self.is_limited_to_names()
            && ["apiGroups", "resources", "verbs"]
                .iter()
                .all(|field| self.star(field).is_some())
    }

    /// The `resources` item that covers a resource by its name (`pods/exec`, `*/exec`), not through `*`. A rule of another
    /// API group does not cover it. `pods/*` covers nothing: the authorizer knows `*` and `*/subresource` only.
    fn named(self, (group, resource): (&str, &str)) -> Option<Node<'s>> {
        let of_group = self
            .list("apiGroups")
            .any(|item| matches!(item.text(), Some(own) if own == group || own == "*"));
        let any_parent = resource
            .split_once('/')
            .map(|(_, subresource)| format!("*/{subresource}"));
        self.list("resources").find(|item| {
            of_group && (item.text() == Some(resource) || item.text() == any_parent.as_deref())
        })
    }

    /// Whether it allows a verb on every object of a resource, by whatever way.
    pub fn allows(self, target: (&str, &str), verbs: &[&str]) -> bool {
        let of_group = || {
            self.list("apiGroups")
                .any(|item| matches!(item.text(), Some(own) if own == target.0 || own == "*"))
        };
        let covered =
            self.named(target).is_some() || (self.star("resources").is_some() && of_group());
        covered && !self.is_limited_to_names() && self.verbs(verbs).next().is_some()
    }

    /// Those of its verbs that are among some, or `*`.
    fn verbs<'v>(self, verbs: &'v [&'v str]) -> impl Iterator<Item = Node<'s>> + use<'s, 'v> {
        self.list("verbs").filter(move |item| {
            item.text()
                .is_some_and(|verb| verb == "*" || verbs.contains(&verb))
        })
    }
}

/// A right that a role should have a reason to give.
#[derive(Debug)]
pub struct Risk {
    /// API groups and resources; any of them.
    pub targets: &'static [(&'static str, &'static str)],
    /// Verbs; any of them.
    pub verbs: &'static [&'static str],
    /// A rule that holds for objects by name only (`resourceNames`) gives it as well.
    pub even_by_name: bool,
}

/// What one rule of a role grants of a risk.
#[derive(Debug)]
pub struct Grant<'s> {
    /// The rule.
    pub rule: PolicyRule<'s>,
    /// The items of `resources` that grant it; at least one.
    pub resources: Vec<Node<'s>>,
    /// The items of `verbs` that grant it.
    pub verbs: Vec<Node<'s>>,
}

impl<'s> Grant<'s> {
    /// The item to change: the first resource.
    pub fn place(&self) -> Node<'s> {
        self.resources.first().copied().unwrap_or(self.rule.0)
    }
}

/// ``create, patch `pods`, `jobs` ``.
impl std::fmt::Display for Grant<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let verbs: Vec<_> = self.verbs.iter().filter_map(|node| node.text()).collect();
        let resources: Vec<_> = self
            .resources
            .iter()
            .filter_map(|node| node.text())
            .map(|name| format!("`{name}`"))
            .collect();
        if verbs.contains(&"*") {
            write!(f, "do everything with {}", some_of(&resources))
        } else {
            write!(f, "{} {}", verbs.join(", "), some_of(&resources))
        }
    }
}

/// The rules of a role that are the repository's to judge: none of Kubernetes' own roles, and none of a role that gathers
/// its rules from others.
pub fn policy_rules<'s>(role: &Resource<'s>) -> impl Iterator<Item = PolicyRule<'s>> + use<'s> {
    let judged = !is_kubernetes_own(role) && aggregation(role).next().is_none();
    let rules = role.node.get("rules").filter(|_| judged);
    rules.into_iter().flat_map(Node::items).map(PolicyRule)
}

/// What a role grants of a risk, rule by rule. What it grants through `*` in `resources` is the wildcard's fault.
pub fn grants<'r, 's: 'r>(
    role: &Resource<'s>,
    risk: &'r Risk,
) -> impl Iterator<Item = Grant<'s>> + use<'r, 's> {
    policy_rules(role).filter_map(|rule| {
        if rule.is_limited_to_names() && !risk.even_by_name {
            return None;
        }
        let verbs: Vec<_> = rule.verbs(risk.verbs).collect();
        let targets = risk.targets.iter();
        let mut resources: Vec<Node<'s>> =
            targets.filter_map(|target| rule.named(*target)).collect();
        resources.sort_unstable_by_key(|node| node.span().start);
        resources.dedup_by_key(|node| node.span().start);
        (!verbs.is_empty() && !resources.is_empty()).then_some(Grant {
            rule,
            resources,
            verbs,
        })
    })
}
