//! From a root down to a node.

use crate::entries::{Children, Pairs};
use crate::node::{Node, NodeId};
use crate::tree::Shape;

/// One step of a path.
#[derive(Clone, Copy, Debug)]
pub enum Step<'t> {
    /// Into a mapping, by the key there; the value is the key itself where that is what the path leads to.
    Key {
        /// The key.
        key: Node<'t>,
        /// What stands there.
        value: Node<'t>,
    },
    /// Into a sequence, with the item there.
    Index(usize, Node<'t>),
}

impl<'t> Node<'t> {
    /// The chain of nodes from `root` down to the node `target` of the same tree, by its place in the tape: keys as they
    /// are written, items by index. `None` if `target` does not lie under `root`.
    pub fn path_to(self, target: NodeId) -> Option<Vec<Step<'t>>> {
        if target < self.id() || target.0 >= self.tree().after(self.id()) {
            return None;
        }
        if target == self.id() {
            return Some(Vec::new());
        }
        let mut steps = Vec::with_capacity(8);
        let mut node = self;
        'down: while node.id() != target {
            let slot = self.tree().slot(node.id());
            let end = slot.next(node.id().0);
            if target < node.id() || target.0 >= end {
                return None;
            }
            let children = Children {
                tree: self.tree(),
                next: node.id().0 + 1,
                end,
            };
            if slot.shape == Shape::Mapping {
                for entry in Pairs(children) {
                    if target == entry.key.id() {
                        steps.push(Step::Key {
                            key: entry.key,
                            value: entry.key,
                        });
                        return Some(steps);
                    }
                    if target.0 < self.tree().after(entry.value.id()) {
                        steps.push(Step::Key {
                            key: entry.key,
                            value: entry.value,
                        });
                        node = entry.value;
                        continue 'down;
                    }
                }
            } else {
                for (index, item) in children.enumerate() {
                    if target.0 < self.tree().after(item.id()) {
                        steps.push(Step::Index(index, item));
                        node = item;
                        continue 'down;
                    }
                }
            }
            return None;
        }
        Some(steps)
    }
}
