//! Label selectors, with the semantics of `k8s.io/apimachinery`: a null selector matches nothing, an empty one all.

use plimsoll_yaml::Node;

use crate::Labels;

/// A label selector.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selector<'s> {
    requirements: Vec<Requirement<'s>>,
}

/// One thing that a selector asks of labels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Requirement<'s> {
    Equals(&'s str, &'s str),
    In(&'s str, Vec<&'s str>),
    NotIn(&'s str, Vec<&'s str>),
    Exists(&'s str),
    DoesNotExist(&'s str),
    /// An operator that the API server refuses: matches nothing.
    Never,
}

impl<'s> Selector<'s> {
    /// Reads a `LabelSelector` (`matchLabels`, `matchExpressions`).
    pub fn read(node: Node<'s>) -> Self {
        let labels = node.get("matchLabels").into_iter().flat_map(Node::entries);
        let equals = labels
            .map(|entry| Requirement::Equals(entry.name(), entry.value.text().unwrap_or_default()));
        let expressions = node
            .get("matchExpressions")
            .into_iter()
            .flat_map(Node::items)
            .map(expression);
        Self::sorted(equals.chain(expressions).collect())
    }

    /// Matches whatever is asked: what an absent `podSelector` means.
    pub fn everything() -> Self {
        Self {
            requirements: Vec::new(),
        }
    }

    /// Reads the plain map of labels that a Service or a `ReplicationController` has.
    pub fn read_map(node: Node<'s>) -> Self {
        let equals = node
            .entries()
            .map(|entry| Requirement::Equals(entry.name(), entry.value.text().unwrap_or_default()));
        Self::sorted(equals.collect())
    }

    /// A selector of requirements that stand elsewhere than in a `LabelSelector`.
    pub(crate) fn of(requirements: Vec<Requirement<'s>>) -> Self {
        Self::sorted(requirements)
    }

    fn sorted(mut requirements: Vec<Requirement<'s>>) -> Self {
        requirements.sort_unstable();
        Self { requirements }
    }

    /// Has no requirement, so it matches everything.
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether labels satisfy every requirement.
    pub fn matches(&self, labels: &Labels<'_>) -> bool {
        self.requirements
            .iter()
            .all(|requirement| requirement.matches(labels))
    }

    /// What it asks, all of it.
    pub(crate) fn requirements(&self) -> &[Requirement<'s>] {
        &self.requirements
    }

    /// The label keys that it asks about.
    pub fn keys(&self) -> impl Iterator<Item = &'s str> {
        self.requirements.iter().filter_map(Requirement::key)
    }

    /// Whether it asks for exactly that value of a label.
    pub fn requires(&self, key: &str, value: &str) -> bool {
        self.requirements
            .iter()
            .any(|requirement| match requirement {
                Requirement::Equals(k, v) => *k == key && *v == value,
                Requirement::In(k, values) => *k == key && values.as_slice() == [value],
                _ => false,
            })
    }

    /// A pair that whatever it matches must have, to look candidates up by.
    pub(crate) fn required_pair(&self) -> Option<(&'s str, &'s str)> {
        self.requirements
            .iter()
            .find_map(|requirement| match requirement {
                Requirement::Equals(key, value) => Some((*key, *value)),
                _ => None,
            })
    }
}

impl<'s> Requirement<'s> {
    /// The label key that it is about.
    pub(crate) fn key(&self) -> Option<&'s str> {
        match self {
            Self::Equals(key, _)
            | Self::In(key, _)
            | Self::NotIn(key, _)
            | Self::Exists(key)
            | Self::DoesNotExist(key) => Some(key),
            Self::Never => None,
        }
    }

    /// The same of another key; `None` if there is none to ask about.
    pub(crate) fn with_key(mut self, new: impl Fn(&'s str) -> Option<&'s str>) -> Option<Self> {
        match &mut self {
            Self::Equals(key, _)
            | Self::In(key, _)
            | Self::NotIn(key, _)
            | Self::Exists(key)
            | Self::DoesNotExist(key) => *key = new(key)?,
            Self::Never => {}
        }
        Some(self)
    }

    fn matches(&self, labels: &Labels<'_>) -> bool {
        match self {
            Self::Equals(key, value) => labels.get(key) == Some(*value),
            Self::In(key, values) => labels.get(key).is_some_and(|value| values.contains(&value)),
            Self::NotIn(key, values) => {
                labels.get(key).is_none_or(|value| !values.contains(&value))
            }
            Self::Exists(key) => labels.get(key).is_some(),
            Self::DoesNotExist(key) => labels.get(key).is_none(),
            Self::Never => false,
        }
    }
}

fn expression(node: Node<'_>) -> Requirement<'_> {
    let key = node.get("key").and_then(Node::text).unwrap_or_default();
    let values = || {
        let mut values: Vec<_> = node
            .get("values")
            .into_iter()
            .flat_map(Node::items)
            .filter_map(Node::text)
            .collect();
        values.sort_unstable();
        values
    };
    match node.get("operator").and_then(Node::text) {
        Some("In") => Requirement::In(key, values()),
        Some("NotIn") => Requirement::NotIn(key, values()),
        Some("Exists") => Requirement::Exists(key),
        Some("DoesNotExist") => Requirement::DoesNotExist(key),
        _ => Requirement::Never,
    }
}

impl std::fmt::Display for Selector<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.requirements.is_empty() {
            return f.write_str("{}");
        }
        for (index, requirement) in self.requirements.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            match requirement {
                Requirement::Equals(key, value) => write!(f, "{key}={value}")?,
                Requirement::In(key, values) => write!(f, "{key} in ({})", values.join(", "))?,
                Requirement::NotIn(key, values) => {
                    write!(f, "{key} notin ({})", values.join(", "))?;
                }
                Requirement::Exists(key) => write!(f, "{key}")?,
                Requirement::DoesNotExist(key) => write!(f, "!{key}")?,
                Requirement::Never => f.write_str("an unknown operator")?,
            }
        }
        Ok(())
    }
}
