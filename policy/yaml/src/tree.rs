//! The tape of one file.
//!
//! ```text
//! a: {b: 1}      slot 0  mapping   next = 5
//! c: [x]         slot 1    key a   next = 2
//!                slot 2    mapping next = 5 …
//! ```
//!
//! Nodes stand in document order, keys before their values; `next` skips a node with all that is under it. So a child
//! is the following slot, a sibling is one jump away, and a tree is one allocation.

use crate::cooked::Cooked;
use crate::node::{Node, NodeId};
use crate::origin::{Link, Place};
use crate::rare::Rare;
use crate::{Reader, ScalarStyle, SourceId, Span, SyntaxError};

/// What a slot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Scalar(ScalarStyle),
    Sequence,
    Mapping,
    /// A reference to another node.
    Alias,
}

/// The type that an explicit tag gives a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum TagKind {
    #[default]
    None,
    Str,
    /// `!!int`, `!!bool`, `!!float`, `!!null`: the text is read as if plain.
    Plain,
    /// Any other tag. Kubernetes ignores it.
    Other,
}

/// One node: 16 bytes, of which a repository has some million.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// The slot behind a collection; an alias's target; the number of a special scalar's value in the tree's cooked text;
    /// the next key of a key with a sign.
    pub(crate) to: u32,
    pub(crate) shape: Shape,
    pub(crate) tag: TagKind,
    /// A scalar whose value differs from its text (escapes, folding), or a mapping with a merge key.
    pub(crate) special: bool,
    /// Of a scalar, how many bytes of quotes stand before its value and behind it: none or one. The other bits are the sign
    /// of a key that can be looked up by it. Of a mapping, the traces of its keys.
    pub(crate) marks: u8,
}

const _: () = assert!(size_of::<Slot>() == 16);

/// The bit of a slot's marks that stands for quotes.
const QUOTED: u8 = 1;

/// The trace that a key with a sign leaves in its mapping: a mapping that lacks it has no such key.
#[inline]
pub(crate) fn trace_of(sign: u8) -> u8 {
    1 << (sign >> 1 & 7)
}

/// What tells most keys of a map from each other without a look at the text: never nothing.
#[inline]
pub(crate) fn sign_of(key: &[u8]) -> u8 {
    let (first, last) = (key.first().copied(), key.last().copied());
    let mixed = (key.len() as u8).wrapping_mul(37)
        ^ first.unwrap_or_default().wrapping_mul(29)
        ^ last.unwrap_or_default().wrapping_mul(11);
    (mixed & !QUOTED).max(QUOTED << 1)
}

impl Slot {
    pub(crate) fn new(place: Span, shape: Shape, tag: TagKind) -> Self {
        Self {
            start: place.start,
            end: place.end,
            to: 0,
            shape,
            tag,
            special: false,
            marks: 0,
        }
    }

    /// The slot behind the node, whose own place is `id`, and all that is under it.
    pub(crate) fn next(&self, id: u32) -> u32 {
        match self.shape {
            Shape::Sequence | Shape::Mapping => self.to,
            Shape::Scalar(_) | Shape::Alias => id + 1,
        }
    }

    /// Where the value of a scalar that is not special stands in the text.
    pub(crate) fn value(&self) -> std::ops::Range<usize> {
        let quotes = usize::from(self.marks & QUOTED);
        self.start as usize + quotes..self.end as usize - quotes
    }

    /// The sign of a key; none for other nodes, and for keys that are looked up by their text alone.
    pub(crate) fn sign(&self) -> u8 {
        match self.shape {
            Shape::Scalar(_) => self.marks & !QUOTED,
            // A mapping may be a key, and what it is marked with are the traces of its own.
            _ => 0,
        }
    }
}

/// A comment, `#` included, line break not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Where it stands.
    pub span: Span,
    /// Nothing but blanks stands before it on its line.
    pub own_line: bool,
}

/// One document of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DocumentSlot {
    /// The first slot; `None` for an empty document and for one that could not be read.
    pub(crate) root: Option<u32>,
    pub(crate) start: u32,
    pub(crate) failed: bool,
}

/// One document of a file, as read.
#[derive(Clone, Copy, Debug)]
pub struct Document<'t> {
    /// Its only node; `None` if the document is empty or could not be read.
    pub root: Option<Node<'t>>,
    /// Where it begins.
    pub start: Span,
    /// It has an error that left it out of the tree.
    pub failed: bool,
}

/// One file, read.
#[derive(Debug)]
pub struct Tree {
    pub(crate) source: SourceId,
    pub(crate) reader: Reader,
    pub(crate) text: Box<str>,
    pub(crate) cooked: Cooked,
    pub(crate) slots: Vec<Slot>,
    pub(crate) documents: Vec<DocumentSlot>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) errors: Rare<SyntaxError>,
    /// Of a rendered tree, the place of each node in the source it comes from; empty for a file.
    pub(crate) places: Rare<Place>,
    /// What the trails of the places are made of.
    pub(crate) links: Rare<Link>,
}

impl Tree {
    /// The file's text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The source that all spans of this tree name.
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// The reader that made it.
    pub fn reader(&self) -> Reader {
        self.reader
    }

    /// The first place where another tree of the same text differs, in words; `None` if all is the same.
    pub fn difference(&self, other: &Self) -> Option<String> {
        fn first<T: PartialEq + std::fmt::Debug>(what: &str, a: &[T], b: &[T]) -> Option<String> {
            let at = (0..a.len().max(b.len())).find(|&at| a.get(at) != b.get(at))?;
            Some(format!("{what} {at}: {:?} and {:?}", a.get(at), b.get(at)))
        }
        first("node", &self.slots, &other.slots)
            .or_else(|| first("document", &self.documents, &other.documents))
            .or_else(|| first("comment", &self.comments, &other.comments))
            .or_else(|| first("error", &self.errors, &other.errors))
            .or_else(|| {
                first(
                    "value",
                    self.cooked.all().as_bytes(),
                    other.cooked.all().as_bytes(),
                )
            })
    }

    /// The documents, in order.
    pub fn documents(&self) -> impl ExactSizeIterator<Item = Document<'_>> {
        self.documents.iter().map(|slot| Document {
            root: slot.root.map(|id| self.node(NodeId(id))),
            start: Span {
                source: self.source,
                start: slot.start,
                end: slot.start,
            },
            failed: slot.failed,
        })
    }

    /// All comments, in order.
    pub fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// All errors, in order of their places.
    pub fn errors(&self) -> &[SyntaxError] {
        &self.errors
    }

    /// A cursor on a node of this tree, by an id that a cursor on this tree gave.
    #[inline]
    pub fn node(&self, id: NodeId) -> Node<'_> {
        Node::new(self, id)
    }

    #[inline]
    pub(crate) fn slot(&self, id: NodeId) -> &Slot {
        &self.slots[id.0 as usize]
    }

    /// The id behind a node and all that is under it.
    pub(crate) fn after(&self, id: NodeId) -> u32 {
        self.slot(id).next(id.0)
    }

    /// Leaves an empty document without a node: what a parser gives for it is a value that is not there.
    pub(crate) fn drop_empty_root(&mut self) {
        let Some(document) = self.documents.last_mut() else {
            return;
        };
        let Some(root) = document.root else { return };
        let slot = &self.slots[root as usize];
        let absent = slot.shape == Shape::Scalar(ScalarStyle::Plain)
            && slot.start == slot.end
            && slot.tag == TagKind::None;
        if absent {
            self.slots.truncate(root as usize);
            document.root = None;
        }
    }

    /// Bytes of memory that the tree holds, its text included.
    pub fn memory(&self) -> usize {
        self.text.len()
            + self.cooked.memory()
            + self.slots.capacity() * size_of::<Slot>()
            + self.comments.capacity() * size_of::<Comment>()
            + self.places.capacity() * size_of::<Place>()
            + self.links.capacity() * size_of::<Link>()
    }
}
