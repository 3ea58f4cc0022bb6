//! Cursors.

use crate::entries::{Children, Entries, Source};
use crate::origin::{self, Trail};
use crate::tree::{Shape, Slot, TagKind, Tree, sign_of, trace_of};
use crate::{Scalar, ScalarStyle, Span, scalar};

/// The place of a node in its tree. Ids of one tree grow in document order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(crate) u32);

/// The JSON type of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// Another number.
    Float,
    /// A string.
    Str,
    /// A list.
    Sequence,
    /// An object.
    Mapping,
}

impl Kind {
    /// The word for it in messages, with its article.
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Int | Self::Float => "a number",
            Self::Str => "a string",
            Self::Sequence => "a list",
            Self::Mapping => "a map",
        }
    }
}

/// A key with its value.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'t> {
    /// The key.
    pub key: Node<'t>,
    /// The value.
    pub value: Node<'t>,
}

impl<'t> Entry<'t> {
    /// The key's text; empty for a key that is no scalar.
    pub fn name(self) -> &'t str {
        let slot = self.key.tree.slot(self.key.id);
        if slot.sign() != 0 {
            return &self.key.tree.text[slot.value()];
        }
        self.key.text().unwrap_or_default()
    }
}

/// Where a key was found.
enum Found<'t> {
    /// In the mapping itself: the key.
    Own(NodeId),
    /// In what it merges.
    Merged(Entry<'t>),
}

/// A cursor on one node. Aliases are followed for content; the place stays that of the alias.
#[derive(Clone, Copy)]
pub struct Node<'t> {
    tree: &'t Tree,
    pub(crate) id: NodeId,
}

impl<'t> Node<'t> {
    pub(crate) fn new(tree: &'t Tree, id: NodeId) -> Self {
        Self { tree, id }
    }

    /// This node's id in its tree.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The tree it is of.
    pub fn tree(self) -> &'t Tree {
        self.tree
    }

    /// Where it stands. A block collection spans from its first key or dash-following item to the end of its last.
    ///
    /// A node of a rendered tree stands where the source stands that it comes from.
    pub fn span(self) -> Span {
        if let Some(place) = self.tree.places.get(self.id.0 as usize) {
            return place.span;
        }
        let slot = self.tree.slot(self.id);
        Span {
            source: self.tree.source,
            start: slot.start,
            end: slot.end,
        }
    }

    /// What else had a hand in a node of a rendered tree, the latest first; nothing for a node of a file.
    pub fn trail(self) -> Trail<'t> {
        let place = self.tree.places.get(self.id.0 as usize);
        Trail {
            links: &self.tree.links,
            next: place.map_or(origin::NONE, |place| place.trail),
        }
    }

    /// The node that an alias stands for; itself for all others.
    pub(crate) fn content(self) -> (NodeId, &'t Slot) {
        let slot = self.tree.slot(self.id);
        match slot.shape {
            Shape::Alias => (NodeId(slot.to), self.tree.slot(NodeId(slot.to))),
            _ => (self.id, slot),
        }
    }

    /// Its JSON type.
    pub fn kind(self) -> Kind {
        match self.content().1.shape {
            Shape::Sequence => Kind::Sequence,
            Shape::Mapping => Kind::Mapping,
            Shape::Scalar(_) | Shape::Alias => match self.scalar() {
                Some(Scalar::Bool(_)) => Kind::Bool,
                Some(Scalar::Int(_)) => Kind::Int,
                Some(Scalar::Float(_)) => Kind::Float,
                Some(Scalar::Str(_)) => Kind::Str,
                Some(Scalar::Null) | None => Kind::Null,
            },
        }
    }

    /// A scalar with its type; `None` for collections.
    pub fn scalar(self) -> Option<Scalar<'t>> {
        let (_, slot) = self.content();
        let Shape::Scalar(style) = slot.shape else {
            return None;
        };
        let text = self.value_of(slot);
        Some(match (slot.tag, style) {
            (TagKind::Str, _) => Scalar::Str(text),
            (TagKind::Plain, _) | (_, ScalarStyle::Plain) => scalar::resolve(text),
            _ => Scalar::Str(text),
        })
    }

    /// How a scalar is written; `None` for collections.
    pub fn style(self) -> Option<ScalarStyle> {
        match self.content().1.shape {
            Shape::Scalar(style) => Some(style),
            _ => None,
        }
    }

    fn value_of(self, slot: &Slot) -> &'t str {
        if slot.special {
            self.tree.cooked.get(slot.to)
        } else {
            &self.tree.text[slot.value()]
        }
    }

    /// A scalar's value whatever its type: `"8080"` for `8080`. `None` for collections and null.
    pub fn text(self) -> Option<&'t str> {
        let (_, slot) = self.content();
        match slot.shape {
            Shape::Scalar(style) => {
                let text = self.value_of(slot);
                let null = style == ScalarStyle::Plain
                    && slot.tag != TagKind::Str
                    && slot.sign() == 0
                    && scalar::is_null(text.as_bytes());
                (!null).then_some(text)
            }
            _ => None,
        }
    }

    /// A scalar's value as text, null's too: nothing for an empty one. Nothing for collections.
    pub fn written(self) -> &'t str {
        let (_, slot) = self.content();
        match slot.shape {
            Shape::Scalar(_) => self.value_of(slot),
            _ => "",
        }
    }

    /// Its tag makes it a string, whatever its text looks like (`!!str 1`).
    pub fn is_tagged_string(self) -> bool {
        self.content().1.tag == TagKind::Str
    }

    /// A string's value; `None` for everything else, numbers and booleans too.
    pub fn str(self) -> Option<&'t str> {
        match self.scalar() {
            Some(Scalar::Str(text)) => Some(text),
            _ => None,
        }
    }

    /// A boolean's value.
    pub fn bool(self) -> Option<bool> {
        match self.scalar() {
            Some(Scalar::Bool(value)) => Some(value),
            _ => None,
        }
    }

    /// A whole number's value.
    pub fn int(self) -> Option<i64> {
        match self.scalar() {
            Some(Scalar::Int(value)) => Some(value),
            Some(Scalar::Float(value)) if value.fract() == 0.0 && value.abs() < 1e15 => {
                Some(value as i64)
            }
            _ => None,
        }
    }

    /// `null`, or a key with no value.
    pub fn is_null(self) -> bool {
        matches!(self.scalar(), Some(Scalar::Null))
    }

    /// A mapping.
    pub fn is_mapping(self) -> bool {
        self.content().1.shape == Shape::Mapping
    }

    /// A sequence.
    pub fn is_sequence(self) -> bool {
        self.content().1.shape == Shape::Sequence
    }

    /// No entry, no item, no text. True for null.
    pub fn is_empty(self) -> bool {
        let (id, slot) = self.content();
        match slot.shape {
            Shape::Mapping | Shape::Sequence => slot.to == id.0 + 1,
            _ => self.text().is_none_or(str::is_empty),
        }
    }

    /// A sequence's items; nothing for all others.
    pub fn items(self) -> impl Iterator<Item = Node<'t>> + Clone {
        let (id, slot) = self.content();
        let (next, end) = match slot.shape {
            Shape::Sequence => (id.0 + 1, slot.to),
            _ => (0, 0),
        };
        Children {
            tree: self.tree,
            next,
            end,
        }
    }

    /// A mapping's entries in order, merge keys worked in; nothing for all others.
    pub fn entries(self) -> Entries<'t> {
        let (_, slot) = self.content();
        if slot.shape == Shape::Mapping && slot.special {
            Entries(Source::Merged(self.merged().into_iter()))
        } else {
            self.own_entries()
        }
    }

    /// A mapping's entries as they are written, its merge keys among them; nothing for all others.
    pub fn own_entries(self) -> Entries<'t> {
        let (id, slot) = self.content();
        let end = match slot.shape {
            Shape::Mapping => slot.to,
            _ => 0,
        };
        Entries(Source::Own(Children {
            tree: self.tree,
            next: id.0 + 1,
            end,
        }))
    }

    /// It is written as an alias (`*name`).
    pub fn is_alias(self) -> bool {
        self.tree.slot(self.id).shape == Shape::Alias
    }

    /// The value of a key; of a key that stands twice (an error that the tree reports), the first.
    #[inline]
    pub fn get(self, key: &str) -> Option<Node<'t>> {
        if self.lacks(sign_of(key.as_bytes())) {
            return None;
        }
        match self.find(key)? {
            Found::Merged(entry) => Some(entry.value),
            Found::Own(key) => Some(self.tree.node(NodeId(self.tree.after(key)))),
        }
    }

    /// The entry of a key.
    pub fn entry(self, key: &str) -> Option<Entry<'t>> {
        match self.find(key)? {
            Found::Merged(entry) => Some(entry),
            Found::Own(key) => Some(Entry {
                key: self.tree.node(key),
                value: self.tree.node(NodeId(self.tree.after(key))),
            }),
        }
    }

    /// Surely has no key of a sign: what half of all look-ups end with, and where the key is known, so is its sign.
    #[inline]
    fn lacks(self, sign: u8) -> bool {
        let slot = self.tree.slot(self.id);
        slot.shape == Shape::Mapping && !slot.special && slot.marks & trace_of(sign) == 0
    }

    fn find(self, key: &str) -> Option<Found<'t>> {
        let (id, slot) = self.content();
        if slot.shape != Shape::Mapping {
            return None;
        }
        if slot.special {
            let mut merged = self.merged().into_iter();
            return merged.find(|entry| entry.name() == key).map(Found::Merged);
        }
        let wanted = sign_of(key.as_bytes());
        if slot.marks & trace_of(wanted) == 0 {
            return None;
        }
        let (slots, text) = (self.tree.slots.as_slice(), self.tree.text.as_bytes());
        let mut at = id.0 + 1;
        while at < slot.to {
            let candidate = &slots[at as usize];
            let sign = candidate.sign();
            // Nearly all keys have another sign, and neither their text nor their value is looked at.
            if sign == wanted {
                if text.get(candidate.value()) == Some(key.as_bytes()) {
                    return Some(Found::Own(NodeId(at)));
                }
            } else if sign == 0 {
                if self.tree.node(NodeId(at)).text() == Some(key) {
                    return Some(Found::Own(NodeId(at)));
                }
                let value = candidate.next(at);
                at = self.tree.after(NodeId(value));
                continue;
            }
            at = candidate.to;
        }
        None
    }

    /// The value at the end of a chain of keys.
    pub fn at(self, keys: &[&str]) -> Option<Node<'t>> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind() {
            Kind::Mapping => f
                .debug_map()
                .entries(self.entries().map(|entry| (entry.key, entry.value)))
                .finish(),
            Kind::Sequence => f.debug_list().entries(self.items()).finish(),
            _ => write!(f, "{:?}", self.scalar()),
        }
    }
}

pub(crate) fn is_merge_key(key: Node<'_>) -> bool {
    key.text() == Some("<<") && key.style() == Some(ScalarStyle::Plain)
}
