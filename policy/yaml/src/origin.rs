//! Where the nodes of a rendered tree come from.
//!
//! A file's nodes stand where their text does. A rendered tree has no file: each of its nodes names the place in some
//! source that has to change to change it, and a trail of what else had a hand in it.

use crate::Span;

/// What one place did to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// The place held another value before.
    Replaced,
    /// The place, a part of a patch, put something into the node.
    Merged,
    /// The place, an entry of a kustomization or the like, made the change.
    By,
}

/// A step at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Trace {
    /// What happened.
    pub step: Step,
    /// Where.
    pub span: Span,
}

/// Where one node comes from: the place to change, and the start of its trail in the tree's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) span: Span,
    /// Index into the tree's links; [`NONE`] where nothing else had a hand in it.
    pub(crate) trail: u32,
}

/// One link of a trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) trace: Trace,
    pub(crate) next: u32,
}

/// The end of a trail.
pub(crate) const NONE: u32 = u32::MAX;

/// What had a hand in a node, the latest first.
#[derive(Clone, Debug)]
pub struct Trail<'t> {
    pub(crate) links: &'t [Link],
    pub(crate) next: u32,
}

impl Iterator for Trail<'_> {
    type Item = Trace;

    fn next(&mut self) -> Option<Trace> {
        let link = self.links.get(self.next as usize)?;
        self.next = link.next;
        Some(link.trace)
    }
}
