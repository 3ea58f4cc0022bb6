//! Label sets.

use plimsoll_yaml::Node;

/// The labels of an object or a pod template, sorted by key, so that equal sets compare equal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Labels<'s>(Vec<(&'s str, &'s str)>);

impl<'s> Labels<'s> {
    /// Reads a map of strings; whatever else stands there has no labels.
    pub fn read(node: Option<Node<'s>>) -> Self {
        let entries = node.into_iter().flat_map(Node::entries);
        let mut pairs: Vec<_> = entries
            .map(|entry| (entry.name(), entry.value.text().unwrap_or_default()))
            .collect();
        pairs.sort_unstable();
        Self(pairs)
    }

    /// The same with one pair set.
    pub(crate) fn with(mut self, key: &'s str, value: &'s str) -> Self {
        self.0.retain(|(name, _)| *name != key);
        self.0.push((key, value));
        self.0.sort_unstable();
        self
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&'s str> {
        let at = self.0.binary_search_by(|(name, _)| (*name).cmp(key)).ok()?;
        Some(self.0[at].1)
    }

    /// All pairs, sorted by key.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&'s str, &'s str)> + '_ {
        self.0.iter().copied()
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Display for Labels<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, (key, value)) in self.0.iter().enumerate() {
            write!(f, "{}{key}={value}", if index == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}
