//! From text to tree: which reader reads a file, and what is checked whichever it was.

use crate::tree::Tree;
use crate::{ErrorKind, Limits, SourceId, Span, SyntaxError, events};

impl Tree {
    /// Reads a text. Never fails: what is wrong is in [`Tree::errors`], and what could be read is in the tree.
    pub fn parse(source: SourceId, text: impl Into<Box<str>>, limits: &Limits) -> Self {
        Self::read(source, text.into(), limits)
    }

    fn read(source: SourceId, text: Box<str>, limits: &Limits) -> Self {
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
        } else {
            events::read(&mut tree, &text, limits);
        }
        tree.text = text;
        tree.check_mappings();
        tree.errors.sort_by_key(|error| error.span.start);
        tree.slots.shrink_to_fit();
        tree.cooked.shrink_to_fit();
        tree.comments.shrink_to_fit();
        tree
    }

    fn empty(source: SourceId) -> Self {
        Self {
            source,
            text: "".into(),
            cooked: String::new(),
            slots: Vec::new(),
            documents: Vec::new(),
            comments: Vec::new(),
            errors: Vec::new(),
        }
    }
}
