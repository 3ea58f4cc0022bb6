//! Which Prometheus reads which monitor, and which Alertmanager reads which `AlertmanagerConfig`.
//!
//! A null object selector selects nothing, an empty one all; a null namespace selector means the namespace of the
//! Prometheus itself. A Prometheus whose selectors of monitors are all null has its configuration from elsewhere.

use plimsoll_yaml::Node;

use crate::{Inventory, Kind, Labels, Resource, Selector};

/// An object that selects others by their labels and namespaces.
#[derive(Debug)]
pub(crate) struct Chooser<'a, 's> {
    pub(crate) owner: &'a Resource<'s>,
    /// The selector of objects; `None` where it says nothing.
    pub(crate) objects: Option<Node<'s>>,
    /// The selector of namespaces; `None` where it says nothing.
    pub(crate) namespaces: Option<Node<'s>>,
    unmanaged: bool,
    by_name: bool,
}

/// What one chooser makes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Chosen,
    /// Its labels do not satisfy the selector.
    Labels,
    /// Its namespace is not one that is looked in.
    Namespace,
    /// The labels of its namespace are not in the repository, or the configuration comes from elsewhere.
    Unknown,
}

/// What all choosers of a repository make of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chosen {
    /// By one at least, or nobody can tell.
    Perhaps,
    ByNone,
}

/// Who chooses objects of a kind: their kinds, and the field that begins the names of their selectors.
fn electors(kind: Kind) -> (&'static [Kind], &'static str) {
    const SCRAPERS: &[Kind] = &[Kind::Prometheus, Kind::PrometheusAgent];
    match kind {
        Kind::ServiceMonitor => (SCRAPERS, "serviceMonitor"),
        Kind::PodMonitor => (SCRAPERS, "podMonitor"),
        Kind::Probe => (SCRAPERS, "probe"),
        Kind::ScrapeConfig => (SCRAPERS, "scrapeConfig"),
        Kind::PrometheusRule => (&[Kind::Prometheus, Kind::ThanosRuler], "rule"),
        Kind::AlertmanagerConfig => (&[Kind::Alertmanager], "alertmanagerConfig"),
        _ => (&[], ""),
    }
}

/// All that choose objects of the kind of `object`. There are as many as a repository has Prometheus objects: few.
pub(crate) fn choosers<'a, 's>(
    inventory: &'a Inventory<'s>,
    object: &Resource<'s>,
) -> Vec<Chooser<'a, 's>> {
    let (kinds, field) = electors(object.kind);
    let owners = kinds.iter().flat_map(|kind| inventory.of_kind(*kind));
    let read = |owner: &'a Resource<'s>| {
        let given = |name: String| owner.spec()?.get(&name).filter(|node| !node.is_null());
        let all = ["serviceMonitor", "podMonitor", "probe", "scrapeConfig"];
        let monitors = all
            .iter()
            .any(|field| given(format!("{field}Selector")).is_some());
        let global = owner
            .field("spec.alertmanagerConfiguration.name")
            .and_then(Node::text);
        Chooser {
            objects: given(format!("{field}Selector")),
            namespaces: given(format!("{field}NamespaceSelector")),
            unmanaged: all.contains(&field) && !monitors,
            by_name: object.kind == Kind::AlertmanagerConfig
                && global == Some(object.name)
                && owner.namespace() == object.namespace(),
            owner,
        }
    };
    owners.map(read).collect()
}

/// Whether any of a repository's choosers chooses an object.
pub(crate) fn chosen<'s>(inventory: &Inventory<'s>, object: &Resource<'s>) -> Chosen {
    let choosers = choosers(inventory, object);
    let none = choosers.iter().all(|chooser| {
        matches!(
            chooser.judge(inventory, object),
            Verdict::Labels | Verdict::Namespace
        )
    });
    if none && !choosers.is_empty() {
        Chosen::ByNone
    } else {
        Chosen::Perhaps
    }
}

impl<'s> Chooser<'_, 's> {
    /// What it makes of an object.
    pub(crate) fn judge(&self, inventory: &Inventory<'s>, object: &Resource<'s>) -> Verdict {
        if self.by_name {
            return Verdict::Chosen;
        }
        if self.unmanaged {
            return Verdict::Unknown;
        }
        let labels = object.labels();
        if !self
            .objects
            .is_some_and(|selector| Selector::read(selector).matches(&labels))
        {
            return Verdict::Labels;
        }
        self.judge_namespace(inventory, object.namespace())
    }

    fn judge_namespace(&self, inventory: &Inventory<'s>, namespace: &'s str) -> Verdict {
        let Some(selector) = self.namespaces.map(Selector::read) else {
            let own = self.owner.namespace() == namespace;
            return if own {
                Verdict::Chosen
            } else {
                Verdict::Namespace
            };
        };
        let known = inventory.find(Kind::Namespace, "", namespace);
        let labels = known.map_or_else(Labels::default, Resource::labels);
        // The API server gives every namespace this label.
        let labels = labels.with("kubernetes.io/metadata.name", namespace);
        match (selector.matches(&labels), known) {
            (true, _) => Verdict::Chosen,
            (false, Some(_)) => Verdict::Namespace,
            (false, None) => Verdict::Unknown,
        }
    }
}
