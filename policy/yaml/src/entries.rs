//! Walking over the children of a collection.

use crate::node::{Entry, Node, NodeId};
use crate::tree::Tree;

/// Raw children of a collection: for a mapping, keys and values in turn.
#[derive(Clone)]
pub(crate) struct Children<'t> {
    pub(crate) tree: &'t Tree,
    pub(crate) next: u32,
    pub(crate) end: u32,
}

impl<'t> Iterator for Children<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        if self.next >= self.end {
            return None;
        }
        let node = self.tree.node(NodeId(self.next));
        self.next = self.tree.after(node.id);
        Some(node)
    }
}

#[derive(Clone)]
pub(crate) struct Pairs<'t>(pub(crate) Children<'t>);

impl<'t> Iterator for Pairs<'t> {
    type Item = Entry<'t>;

    fn next(&mut self) -> Option<Entry<'t>> {
        Some(Entry {
            key: self.0.next()?,
            value: self.0.next()?,
        })
    }
}

/// The entries of a mapping.
#[derive(Clone)]
pub struct Entries<'t>(pub(crate) Source<'t>);

#[derive(Clone)]
pub(crate) enum Source<'t> {
    Own(Children<'t>),
    Merged(std::vec::IntoIter<Entry<'t>>),
}

impl<'t> Iterator for Entries<'t> {
    type Item = Entry<'t>;

    fn next(&mut self) -> Option<Entry<'t>> {
        match &mut self.0 {
            Source::Own(children) => Some(Entry {
                key: children.next()?,
                value: children.next()?,
            }),
            Source::Merged(entries) => entries.next(),
        }
    }
}
