//! Objects by the names they had, so that a reference finds its object without a look at all others.

use std::collections::{BTreeSet, HashMap};

use crate::kustomize::config::NameReference;
use crate::kustomize::id::{Gvk, Id, NONE};
use crate::kustomize::object::Object;
use crate::kustomize::objects::Objects;
use crate::{Fault, Result, Text, Value};

/// What references ask of an object.
struct Facts<'s> {
    kind: Text<'s>,
    namespace: Text<'s>,
    /// The namespace that counts; cluster-wide objects have one of their own.
    effective: Text<'s>,
    is_of_cluster: bool,
    /// The namespace that counted first.
    first: Text<'s>,
    previous: Vec<Id<'s>>,
}

impl<'s> Facts<'s> {
    /// What an object is found by. Kind and name need not be of the same time, and an empty kind stands for any.
    fn keys(&self) -> Vec<((Text<'s>, Text<'s>), Text<'s>)> {
        let mut keys = Vec::new();
        for name in self.previous.iter().map(|id| &id.name) {
            let kinds = self.previous.iter().map(|id| &id.gvk.kind);
            for kind in kinds.chain([&Text::default()]) {
                keys.push(((kind.clone(), name.clone()), self.effective.clone()));
            }
        }
        keys
    }

    fn of(object: &Object<'s>) -> Self {
        let id = object.id();
        let (first, canonical) = (object.original_id().canonical(), id.canonical());
        Self {
            is_of_cluster: id.gvk.is_cluster_scoped(),
            kind: id.gvk.kind,
            namespace: id.namespace,
            effective: canonical.namespace,
            first: first.namespace,
            previous: object.previous_ids().collect(),
        }
    }
}

/// All objects.
pub(super) struct Index<'s> {
    facts: Vec<Facts<'s>>,
    /// By a kind and a name they had, and then by the namespace that counts now.
    named: HashMap<(Text<'s>, Text<'s>), HashMap<Text<'s>, BTreeSet<usize>>>,
    /// By the namespace they had first.
    first: HashMap<Text<'s>, Vec<usize>>,
}

/// Which objects a referrer can name.
pub(super) struct Reach<'s> {
    /// A cluster-wide referrer can name all.
    anything: bool,
    namespace: Text<'s>,
    /// Namespaces of the service accounts that a RoleBinding binds.
    accounts: BTreeSet<String>,
}

/// Objects that a namespace beside a name leaves.
pub(super) enum Within<'s> {
    /// Those that were in it first.
    First(Text<'s>),
    /// Those that are in it now.
    Current(Text<'s>),
}

impl<'s> Within<'s> {
    pub(super) fn accepts(&self, index: &Index<'s>, at: usize) -> bool {
        match self {
            Self::First(namespace) => index.facts[at].first == *namespace,
            Self::Current(namespace) => index.facts[at].effective == *namespace,
        }
    }
}

impl<'s> Index<'s> {
    pub(super) fn of(objects: &Objects<'s>) -> Self {
        let mut index = Self {
            facts: objects.list.iter().map(Facts::of).collect(),
            named: HashMap::new(),
            first: HashMap::new(),
        };
        for at in 0..index.facts.len() {
            let first = index.facts[at].first.clone();
            index.first.entry(first).or_default().push(at);
            for (key, namespace) in index.facts[at].keys() {
                let found = index.named.entry(key).or_default();
                found.entry(namespace).or_default().insert(at);
            }
        }
        index
    }

    /// Takes note of an object whose metadata has changed.
    pub(super) fn refresh(&mut self, at: usize, object: &Object<'s>) {
        for (key, namespace) in self.facts[at].keys() {
            let found = self.named.get_mut(&key);
            if let Some(found) = found.and_then(|found| found.get_mut(&namespace)) {
                found.remove(&at);
            }
        }
        self.facts[at] = Facts::of(object);
        for (key, namespace) in self.facts[at].keys() {
            let found = self.named.entry(key).or_default();
            found.entry(namespace).or_default().insert(at);
        }
    }

    /// Objects that had a kind and a name and can be named, in order.
    pub(super) fn named(&self, kind: &str, name: &str, reach: &Reach<'s>) -> Vec<usize> {
        let key = (Text::from(kind.to_owned()), Text::from(name.to_owned()));
        let Some(found) = self.named.get(&key) else {
            return Vec::new();
        };
        let found: BTreeSet<usize> = if reach.anything {
            found.values().flatten().copied().collect()
        } else {
            let accounts = reach.accounts.iter().map(|account| account.clone().into());
            let namespaces = [Text::Source(NONE), reach.namespace.clone()];
            let namespaces = namespaces.into_iter().chain(accounts);
            let within = namespaces.filter_map(|namespace| found.get(&namespace));
            within.flatten().copied().collect()
        };
        let reached = found.into_iter().filter(|at| self.reaches(reach, *at));
        reached.collect()
    }

    /// Whether an object was of a kind that is named.
    pub(super) fn was(&self, at: usize, target: &NameReference) -> bool {
        self.was_kind(at, &target.group, &target.version, &target.kind)
    }

    /// Whether an object was of a group, version and kind; empty ones match any.
    pub(super) fn was_kind(&self, at: usize, group: &str, version: &str, kind: &str) -> bool {
        let was = |gvk: &Gvk<'_>| gvk.is_selected(group, version, kind);
        self.facts[at].previous.iter().any(|id| was(&id.gvk))
    }

    /// Which objects a referrer can name.
    pub(super) fn reach(&self, at: usize, referrer: &Object<'s>) -> Result<Reach<'s>> {
        let own = &self.facts[at];
        Ok(Reach {
            anything: own.is_of_cluster,
            namespace: own.effective.clone(),
            accounts: accounts(referrer)?,
        })
    }

    fn may_reach(&self, reach: &Reach<'s>, at: usize) -> bool {
        let fact = &self.facts[at];
        reach.anything
            || fact.is_of_cluster
            || fact.effective == reach.namespace
            || reach.accounts.contains(&*fact.namespace)
    }

    /// Whether an object can be named by whom this is the reach of. In another namespace, only service accounts can.
    fn reaches(&self, reach: &Reach<'s>, at: usize) -> bool {
        let fact = &self.facts[at];
        self.may_reach(reach, at)
            && (reach.anything
                || fact.is_of_cluster
                || *fact.kind == *"ServiceAccount"
                || fact.effective == reach.namespace)
    }

    /// What a namespace means: the one that objects were in first, if any that can be named was in it.
    pub(super) fn in_namespace(&self, namespace: &str, reach: &Reach<'s>) -> Within<'s> {
        let key: Text<'s> = namespace.to_owned().into();
        let first = self.first.get(&key).map_or(&[][..], Vec::as_slice);
        if first.iter().any(|at| self.may_reach(reach, *at)) {
            Within::First(key)
        } else {
            Within::Current(key)
        }
    }
}

/// Namespaces of the service accounts among a RoleBinding's subjects.
fn accounts(referrer: &Object<'_>) -> Result<BTreeSet<String>> {
    let mut namespaces = BTreeSet::new();
    if referrer.kind() != "RoleBinding" {
        return Ok(namespaces);
    }
    let subjects = referrer.value.get("subjects").map_or(&[][..], Value::items);
    for subject in subjects {
        let is_account = subject.get("kind").and_then(Value::text) == Some("ServiceAccount");
        if let Some(namespace) = subject.get("namespace").filter(|_| is_account) {
            let Some(text) = namespace.text() else {
                let message = format!("a subject of {} has a blank `namespace`", referrer.id());
                return Err(Fault::broken(message)
                    .help("write the service account's namespace, or leave out `namespace`")
                    .at(namespace.origin.span));
            };
            namespaces.insert(text.to_owned());
        }
    }
    Ok(namespaces)
}
