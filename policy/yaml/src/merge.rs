//! Merge keys (`<<`), as <https://yaml.org/type/merge.html> has them.

use std::collections::HashSet;

use crate::entries::{Children, Pairs};
use crate::node::{Entry, Node, is_merge_key};

impl<'t> Node<'t> {
    /// The entries of a mapping that has a merge key: its own first, then what it merges, each name once. So its own win
    /// over merged ones, and of a list of maps the earlier win over the later.
    pub(crate) fn merged(self) -> Vec<Entry<'t>> {
        let mut entries = Vec::new();
        let mut names = HashSet::new();
        let mut seen = HashSet::new();
        let mut waiting = vec![self];
        while let Some(node) = waiting.pop() {
            let (id, slot) = node.content();
            // A map that is merged a second time brings no new name.
            if !node.is_mapping() || !seen.insert(id) {
                continue;
            }
            let sources = waiting.len();
            for entry in Pairs(Children {
                tree: self.tree(),
                next: id.0 + 1,
                end: slot.to,
            }) {
                if !is_merge_key(entry.key) {
                    if names.insert(entry.name()) {
                        entries.push(entry);
                    }
                } else if entry.value.is_sequence() {
                    waiting.extend(entry.value.items());
                } else {
                    waiting.push(entry.value);
                }
            }
            waiting[sources..].reverse();
        }
        entries
    }
}
