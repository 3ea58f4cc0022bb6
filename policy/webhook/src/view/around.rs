//! What of the view belongs to one object, and which rules can be asked with it.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Instant;

use plimsoll_check::{Chosen, Kind, Needs, Rule, Scope};

use super::kinds::WATCHED;
use super::sees::{Sees, finds_by_others};
use super::shelf::Texts;
use super::{View, place};
use crate::policy::Policy;

/// What is known of the cluster around an object, as JSON texts of objects.
#[derive(Debug)]
pub struct Surroundings {
    /// The Namespace and its `LimitRange`s; `None` while they are not known.
    pub namespace: Option<Vec<Arc<str>>>,
    /// The other objects that rules look at, or why there are none.
    pub others: Result<Others, Unasked>,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            namespace: None,
            others: Err(Unasked::NoView),
        }
    }
}

impl Surroundings {
    /// How much there is to read.
    pub fn bytes(&self) -> usize {
        let others = self.others.as_ref().map_or(&[][..], |others| &others.texts);
        let namespace = self.namespace.as_deref().unwrap_or_default();
        others.iter().chain(namespace).map(|text| text.len()).sum()
    }
}

/// The other objects, without the one that is judged.
#[derive(Debug)]
pub struct Others {
    /// Their texts.
    pub texts: Vec<Arc<str>>,
    /// The rules that find in them what they look at.
    pub rules: Arc<Chosen>,
    /// How many rules are on that would say something of the object, and find in them too little.
    pub not_asked: usize,
    /// What is not known that they look at.
    pub unknown: Arc<str>,
    /// When judging has to have begun for an answer in time.
    pub until: Option<Instant>,
}

/// Why no rule is asked that looks at other objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unasked {
    /// There is no view of the cluster.
    #[default]
    NoView,
    /// There is more around the object than can be looked at in time.
    TooMuch,
    /// What was left of the time was too little.
    NoTime,
}

impl Unasked {
    /// As audit annotations have it.
    pub fn said(self) -> &'static str {
        match self {
            Self::NoView => "the cluster is not watched",
            Self::TooMuch => "its namespace and the cluster hold too much",
            Self::NoTime => "there was no time left",
        }
    }
}

/// The object that is judged.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// Its kind.
    pub kind: Kind,
    /// Empty for an object of the cluster.
    pub namespace: &'a str,
    /// Its name; empty where the server makes one up.
    pub name: &'a str,
    /// All that it says.
    pub text: &'a str,
}

impl About<'_> {
    /// The namespace whose objects are around it: those of a Namespace are in it.
    fn within(&self) -> &str {
        match self.kind {
            Kind::Namespace => self.name,
            _ => self.namespace,
        }
    }

    /// Whether an object of another namespace may have to do with it: one that names the other's namespace says so, and
    /// so does one that is named or whose namespace is. A group is of all namespaces.
    fn concerns(&self, namespace: &str, text: &str) -> bool {
        let named = |name: &str| !name.is_empty() && text.contains(name);
        self.text.contains(namespace)
            || named(self.within())
            || named(self.name)
            || text.contains(r#""kind":"Group""#)
    }
}

/// Bytes of other objects that are looked at for one: to read them takes some hundredths of a second.
const MOST: usize = 2 << 20;

/// Which rules can be asked of objects of a kind, and what they look at.
struct Layer {
    rules: Arc<Chosen>,
    near: Vec<usize>,
    everywhere: Vec<usize>,
    not_asked: usize,
    unknown: Arc<str>,
}

/// What was found out for a policy, by the kind of the object: first with all that is known, then without what is in
/// other namespaces.
#[derive(Default)]
pub(super) struct Asked {
    policy: Weak<Policy>,
    version: u64,
    by_kind: HashMap<Kind, Arc<[Layer; 2]>>,
}

impl View {
    /// What is around an object.
    pub fn around(
        &self,
        policy: &Arc<Policy>,
        about: About<'_>,
        until: Option<Instant>,
    ) -> Surroundings {
        Surroundings {
            namespace: self.namespace(about.namespace),
            others: self.others(policy, about, until),
        }
    }

    /// The Namespace and its `LimitRange`s. One that is not here was made just now, and is not known.
    fn namespace(&self, name: &str) -> Option<Vec<Arc<str>>> {
        let [namespaces, ranges] =
            [Kind::Namespace, Kind::LimitRange].map(|kind| place(kind).map(|at| &self.shelves[at]));
        let (namespaces, ranges) = (namespaces?, ranges?);
        if name.is_empty() {
            return Some(Vec::new());
        }
        let known = namespaces.held().is_known() && ranges.held().is_known();
        let object = namespaces.get("", name).filter(|_| known)?;
        let mut texts = Texts::of_at_most(MOST);
        texts.all.push(object);
        ranges.add_near(&mut texts, name, None);
        (!texts.too_many).then_some(texts.all)
    }

    fn others(
        &self,
        policy: &Arc<Policy>,
        about: About<'_>,
        until: Option<Instant>,
    ) -> Result<Others, Unasked> {
        let layers = self.layers(policy, about.kind);
        for layer in layers.iter() {
            if let Some(texts) = self.texts(layer, about) {
                return Ok(Others {
                    texts,
                    rules: Arc::clone(&layer.rules),
                    not_asked: layer.not_asked,
                    unknown: Arc::clone(&layer.unknown),
                    until,
                });
            }
        }
        Err(Unasked::TooMuch)
    }

    fn texts(&self, layer: &Layer, about: About<'_>) -> Option<Vec<Arc<str>>> {
        let mut texts = Texts::of_at_most(MOST);
        let near = layer.near.iter().chain(&layer.everywhere);
        for at in near.copied().collect::<BTreeSet<_>>() {
            let own = WATCHED[at].kind == about.kind;
            let namespace = match WATCHED[at].kind.scope() {
                Scope::Cluster => "",
                Scope::Namespaced | Scope::Unknown => about.within(),
            };
            self.shelves[at].add_near(&mut texts, namespace, own.then_some(about.name));
        }
        for at in &layer.everywhere {
            let concerns = |namespace: &str, text: &str| about.concerns(namespace, text);
            self.shelves[*at].add_far(&mut texts, about.within(), concerns);
        }
        (!texts.too_many).then_some(texts.all)
    }

    fn layers(&self, policy: &Arc<Policy>, kind: Kind) -> Arc<[Layer; 2]> {
        let version = self.version.load(Ordering::Relaxed);
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let same = std::ptr::eq(asked.policy.as_ptr(), Arc::as_ptr(policy));
        if !same || asked.version != version {
            *asked = Asked {
                policy: Arc::downgrade(policy),
                version,
                by_kind: HashMap::new(),
            };
        }
        let layers = asked.by_kind.entry(kind);
        Arc::clone(layers.or_insert_with(|| {
            Arc::new([true, false].map(|everywhere| self.layer(policy, kind, everywhere)))
        }))
    }

    fn layer(&self, policy: &Policy, kind: Kind, everywhere: bool) -> Layer {
        let says = |rule: &Rule| match Sees::of(rule) {
            Some(sees) => sees.says_of(rule, kind),
            None => Sees::NOTHING.says_of(rule, kind),
        };
        let can = |rule: &Rule| {
            Sees::of(rule).is_some_and(|sees| {
                let near = everywhere || sees.everywhere.is_empty();
                near && says(rule) && sees.kinds().all(|kind| self.held(kind).is_known())
            })
        };
        let rules = Arc::new(policy.gate.choose(can, finds_by_others));
        let on = || policy.gate.rules(Needs::Repository);
        let (mut near, mut far) = (BTreeSet::new(), BTreeSet::new());
        let mut unknown = BTreeSet::new();
        for (rule, sees) in on().filter_map(|rule| Some((rule, Sees::of(rule)?))) {
            if can(rule) {
                near.extend(sees.near.iter().copied().filter_map(place));
                far.extend(sees.everywhere.iter().copied().filter_map(place));
            } else if says(rule) {
                let missing = sees.kinds().filter(|kind| !self.held(*kind).is_known());
                unknown.extend(
                    missing.map(|kind| format!("{} {}", kind.name(), self.held(kind).said())),
                );
            }
        }
        let relevant = on().filter(|rule| says(rule)).count();
        Layer {
            not_asked: relevant - rules.count(),
            rules,
            near: near.into_iter().collect(),
            everywhere: far.into_iter().collect(),
            unknown: unknown.into_iter().collect::<Vec<_>>().join(", ").into(),
        }
    }
}
