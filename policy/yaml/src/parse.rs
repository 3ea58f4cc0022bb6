//! From text to tree: which reader reads a file, and what is checked whichever it was.

use crate::cooked::Cooked;
use crate::rare::Rare;
use crate::tree::Tree;
use crate::{ErrorKind, Limits, SourceId, Span, SyntaxError, events, fast};

/// What made a tree. The two readers make the same one of the same text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The one for simple block style, several times as fast.
    Fast,
    /// The one for all of YAML, from the events of a full parser.
    Events,
    /// None: the tree was rendered from others.
    Rendered,
    /// None: the text is data, whatever it looks like.
    Unread,
}

impl Tree {
    /// Reads a text. Never fails: what is wrong is in [`Tree::errors`], and what could be read is in the tree.
    pub fn parse(source: SourceId, text: impl Into<Box<str>>, limits: &Limits) -> Self {
        Self::read(source, text.into(), limits, Reader::Fast)
    }

    /// Reads a text without the fast reader. The tree is the same; this is how tests know.
    pub fn parse_events(source: SourceId, text: impl Into<Box<str>>, limits: &Limits) -> Self {
        Self::read(source, text.into(), limits, Reader::Events)
    }

    /// A text that is not read as YAML: what is there is for its places only.
    pub fn unread(source: SourceId, text: impl Into<Box<str>>) -> Self {
        let mut tree = Self::empty(source);
        tree.reader = Reader::Unread;
        tree.text = text.into();
        tree
    }

    fn read(source: SourceId, text: Box<str>, limits: &Limits, reader: Reader) -> Self {
        let mut tree = Self::empty(source);
        if text.len() > limits.bytes.min(u32::MAX as usize) {
            let message = format!(
                "the file has {} bytes; at most {} are read",
                text.len(),
                limits.bytes
            );
            let span = Span {
                source,
                start: 0,
                end: 0,
            };
            tree.errors
                .push(SyntaxError::new(ErrorKind::Limit, message, span));
        } else if reader == Reader::Fast && fast::read(&mut tree, &text, limits) {
            tree.reader = Reader::Fast;
        } else {
            events::read(&mut tree, &text, limits);
        }
        tree.text = text;
        tree.check_mappings();
        if !tree.errors.is_empty() {
            tree.errors.sort_by_key(|error| error.span.start);
        }
        tree.shrink();
        tree
    }

    /// Gives back what was reserved too generously.
    pub(crate) fn shrink(&mut self) {
        // A copy: to shrink in place leaves gaps between trees, and what is freed whole serves the next one.
        if self.slots.capacity() > self.slots.len() * 9 / 8 {
            self.slots = self.slots.as_slice().to_vec();
        }
        self.cooked.shrink();
        self.comments.shrink_to_fit();
        self.documents.shrink_to_fit();
    }

    pub(crate) fn empty(source: SourceId) -> Self {
        Self {
            source,
            reader: Reader::Events,
            text: "".into(),
            cooked: Cooked::default(),
            slots: Vec::new(),
            documents: Vec::new(),
            comments: Vec::new(),
            errors: Rare::default(),
            places: Rare::default(),
            links: Rare::default(),
        }
    }
}
