//! Alerting rules, wherever they stand: `PrometheusRule` objects, and rule files that a `ConfigMap` holds as text.
//!
//! The format is Prometheus' own (`model/rulefmt` of prometheus/prometheus): groups of rules, each rule with `alert` or
//! `record`. Labels of a group hold for its rules.

mod format;

use std::collections::BTreeMap;

use foldhash::HashMap;
use plimsoll_yaml::{Node, Sources};

pub(crate) use format::{duration, fault};

use crate::routing::Routing;
use crate::within::Text;
use crate::{Inventory, Kind, Place, Resource, ResourceIndex};

/// The kinds whose objects hold rules.
pub(crate) const RULE_KINDS: &[Kind] = &[Kind::PrometheusRule, Kind::ConfigMap];

/// The rules of a repository, and where its alerts go.
#[derive(Debug)]
pub(crate) struct Alerting<'s> {
    texts: HashMap<ResourceIndex, Vec<Text<'s>>>,
    /// Every configuration of an Alertmanager.
    pub(crate) routings: Vec<Routing<'s>>,
}

/// One list of groups.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RuleFile<'a> {
    /// The entry `groups`' value.
    pub(crate) groups: Node<'a>,
    text: Option<&'a Text<'a>>,
}

/// One alerting rule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alert<'a> {
    pub(crate) file: RuleFile<'a>,
    pub(crate) group: Node<'a>,
    pub(crate) node: Node<'a>,
    /// What it is called.
    pub(crate) name: &'a str,
}

impl<'s> Alerting<'s> {
    pub(crate) fn new(inventory: &Inventory<'s>) -> Self {
        let mut texts = HashMap::default();
        for map in inventory.of_kind(Kind::ConfigMap) {
            let held = rule_texts(inventory.sources(), map);
            if !held.is_empty() {
                texts.insert(map.index(), held);
            }
        }
        Self {
            texts,
            routings: Routing::all(inventory),
        }
    }

    /// The lists of groups that an object holds.
    pub(crate) fn files<'a>(&'a self, resource: &Resource<'a>) -> Vec<RuleFile<'a>> {
        let own = (resource.kind == Kind::PrometheusRule)
            .then(|| resource.field("spec.groups"))
            .flatten()
            .map(|groups| RuleFile { groups, text: None });
        let texts = self.texts.get(&resource.index()).into_iter().flatten();
        let held = texts.filter_map(|text| {
            Some(RuleFile {
                groups: text.root()?.get("groups")?,
                text: Some(text),
            })
        });
        own.into_iter().chain(held).collect()
    }

    /// The alerting rules that an object holds.
    pub(crate) fn alerts<'a>(&'a self, resource: &Resource<'a>) -> Vec<Alert<'a>> {
        let files = self.files(resource);
        files.into_iter().flat_map(RuleFile::alerts).collect()
    }

    /// Each severity that an alert of the repository has, with the first object and alert that has it.
    pub(crate) fn severities<'a>(
        &'a self,
        inventory: &'a Inventory<'s>,
    ) -> BTreeMap<&'a str, (&'a Resource<'s>, Alert<'a>)> {
        let mut severities = BTreeMap::new();
        let holders = RULE_KINDS.iter().flat_map(|kind| inventory.of_kind(*kind));
        for holder in holders {
            for alert in self.alerts(holder) {
                if let Some(severity) = alert.severity() {
                    severities.entry(severity).or_insert((holder, alert));
                }
            }
        }
        severities
    }
}

impl<'a> RuleFile<'a> {
    /// Its alerting rules. A rule without a name, or that says `record` as well, is no alert: Prometheus refuses it.
    pub(crate) fn alerts(self) -> impl Iterator<Item = Alert<'a>> {
        self.rules().filter_map(move |(group, node)| {
            let name = node.get("alert")?.text().filter(|name| !name.is_empty())?;
            let alert = Alert {
                file: self,
                group,
                node,
                name,
            };
            node.get("record").is_none().then_some(alert)
        })
    }

    /// Its rules, each with its group.
    pub(crate) fn rules(self) -> impl Iterator<Item = (Node<'a>, Node<'a>)> {
        self.groups.items().flat_map(|group| {
            let rules = group.get("rules").into_iter().flat_map(Node::items);
            rules
                .filter(|rule| rule.is_mapping())
                .map(move |rule| (group, rule))
        })
    }

    /// A place in it as a place in the object. `name` tells it from others.
    pub(crate) fn place(self, place: impl Into<Place<'a>>, name: &'a str) -> Place<'a> {
        match self.text {
            Some(text) => text.place(place.into(), name),
            None => place.into(),
        }
    }

    /// Where a node of it stands.
    pub(crate) fn span(self, node: Node<'a>) -> plimsoll_yaml::Span {
        self.text.map_or(node.span(), |text| text.span(node))
    }
}

impl<'a> Alert<'a> {
    /// A label of the rule, or else of its group.
    pub(crate) fn label(&self, key: &str) -> Option<&'a str> {
        let own = |node: Node<'a>| node.get("labels")?.get(key)?.text();
        own(self.node)
            .or_else(|| own(self.group))
            .filter(|text| !text.is_empty())
    }

    /// `labels.severity`, unless it is a template that is filled in when the alert fires.
    pub(crate) fn severity(&self) -> Option<&'a str> {
        self.label("severity").filter(|text| !text.contains("{{"))
    }

    /// Meant for no one: a heartbeat, or an alert that exists to inhibit others.
    pub(crate) fn is_for_nobody(&self) -> bool {
        self.label("severity") == Some("none")
    }

    /// One of annotations that is not empty.
    pub(crate) fn has_annotation(&self, keys: &[&str]) -> bool {
        let annotations = self.node.get("annotations");
        annotations.is_some_and(|annotations| {
            keys.iter()
                .any(|key| annotations.get(key).is_some_and(|text| !text.is_empty()))
        })
    }

    /// A place in it as a place in the object that holds it.
    pub(crate) fn place(&self, place: impl Into<Place<'a>>) -> Place<'a> {
        self.file.place(place, self.name)
    }
}

/// The values of a `ConfigMap` that are rule files.
fn rule_texts<'s>(sources: &Sources, map: &Resource<'s>) -> Vec<Text<'s>> {
    let named = |name: &str| {
        [".rules", ".rule", ".yaml", ".yml"]
            .iter()
            .any(|end| name.ends_with(end))
    };
    let data = map.node.get("data").into_iter().flat_map(Node::entries);
    let likely = data.filter(|entry| {
        let text = entry.value.text().unwrap_or_default();
        named(entry.name()) && text.contains("groups") && text.contains("expr")
    });
    likely
        .filter_map(|entry| Text::read(sources, entry))
        .filter(|text| text.root().is_some_and(is_rule_file))
        .collect()
}

/// `groups` with rules that have an expression. Grafana's own provisioning has `groups` too, and an `apiVersion`.
fn is_rule_file(root: Node<'_>) -> bool {
    let groups = root.get("groups").into_iter().flat_map(Node::items);
    let mut rules = groups
        .filter_map(|group| group.get("rules"))
        .flat_map(Node::items);
    root.get("apiVersion").is_none()
        && rules.any(|rule| {
            rule.get("expr").is_some()
                && (rule.get("alert").is_some() || rule.get("record").is_some())
        })
}
