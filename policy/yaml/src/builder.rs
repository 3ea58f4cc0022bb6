//! Writing a tree node by node, with places in other sources.

use crate::node::NodeId;
use crate::origin::{Link, NONE, Place, Trace};
use crate::tree::{DocumentSlot, Shape, Slot, TagKind, Tree};
use crate::{Reader, ScalarStyle, SourceId, Span};

/// A trail of a tree under construction, to give to nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrailId(u32);

impl TrailId {
    /// Nothing else had a hand in it.
    pub const EMPTY: Self = Self(NONE);
}

/// A tree under construction. Whoever writes closes what it opens, and writes keys and values in turn.
///
/// ```
/// use plimsoll_yaml::{Builder, ScalarStyle, Span, TrailId};
///
/// let here = Span::default();
/// let mut builder = Builder::default();
/// builder.document();
/// builder.mapping(here, TrailId::EMPTY);
/// builder.scalar("kind", ScalarStyle::Plain, here, TrailId::EMPTY);
/// builder.scalar("Pod", ScalarStyle::Plain, here, TrailId::EMPTY);
/// builder.close();
/// let tree = builder.finish();
/// assert_eq!(tree.documents().next().unwrap().root.unwrap().get("kind").unwrap().text(), Some("Pod"));
/// ```
#[derive(Debug)]
pub struct Builder {
    text: String,
    tree: Tree,
    /// Open collections.
    open: Vec<u32>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            text: String::new(),
            tree: Tree::empty(SourceId(u32::MAX)),
            open: Vec::new(),
        }
    }
}

impl Builder {
    /// Begins a document; its root is written next.
    pub fn document(&mut self) {
        self.tree.documents.push(DocumentSlot {
            root: Some(self.tree.slots.len() as u32),
            start: self.text.len() as u32,
            failed: false,
        });
    }

    /// Puts a step before a trail.
    pub fn link(&mut self, trace: Trace, next: TrailId) -> TrailId {
        self.tree.links.push(Link {
            trace,
            next: next.0,
        });
        TrailId(self.tree.links.len() as u32 - 1)
    }

    /// Writes a scalar.
    pub fn scalar(&mut self, value: &str, style: ScalarStyle, place: Span, trail: TrailId) {
        let start = self.text.len() as u32;
        self.text.push_str(value);
        let end = self.text.len() as u32;
        let own = Span {
            source: self.tree.source,
            start,
            end,
        };
        // Whatever its style, its value stands in the text without quotes.
        let slot = Slot::new(own, Shape::Scalar(style), TagKind::None);
        self.push(slot, place, trail);
    }

    /// Opens a mapping.
    pub fn mapping(&mut self, place: Span, trail: TrailId) {
        self.collection(Shape::Mapping, place, trail);
    }

    /// Opens a sequence.
    pub fn sequence(&mut self, place: Span, trail: TrailId) {
        self.collection(Shape::Sequence, place, trail);
    }

    fn collection(&mut self, shape: Shape, place: Span, trail: TrailId) {
        let own = Span {
            source: self.tree.source,
            start: self.text.len() as u32,
            end: self.text.len() as u32,
        };
        let at = self.tree.slots.len() as u32;
        self.push(Slot::new(own, shape, TagKind::None), place, trail);
        self.open.push(at);
    }

    /// Closes the innermost collection.
    pub fn close(&mut self) {
        let Some(at) = self.open.pop() else {
            return;
        };
        let next = self.tree.slots.len() as u32;
        let slot = &mut self.tree.slots[at as usize];
        slot.end = self.text.len() as u32;
        slot.to = next;
    }

    fn push(&mut self, slot: Slot, span: Span, trail: TrailId) {
        self.tree.slots.push(slot);
        self.tree.places.push(Place {
            span,
            trail: trail.0,
        });
    }

    /// The id that the next node written will have.
    pub fn next_id(&self) -> NodeId {
        NodeId(self.tree.slots.len() as u32)
    }

    /// The tree.
    pub fn finish(mut self) -> Tree {
        self.tree.reader = Reader::Rendered;
        self.tree.text = self.text.into();
        self.tree.link_keys();
        self.tree.shrink();
        self.tree
    }
}
