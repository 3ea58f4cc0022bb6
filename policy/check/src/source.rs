//! What a run reads.

use std::sync::OnceLock;

use plimsoll_yaml::{LineIndex, Position, SourceId, Span, Tree};

/// What a source is to the tree it came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// A file of objects.
    #[default]
    Objects,
    /// A file that others refer to and that is no whole object by itself (a patch, say): its objects are not judged, and
    /// whoever read it has an entry for it.
    Fragment,
    /// The run's own configuration, for the places of what it says.
    Configuration,
}

/// One source: a path, as it is shown, and its tree.
#[derive(Debug)]
pub struct Source {
    /// The path as it is shown: relative to where the program runs, with `/`.
    pub path: Box<str>,
    /// The text, read.
    pub tree: Tree,
    /// What it is.
    pub origin: Origin,
    lines: OnceLock<LineIndex>,
}

impl Source {
    /// A source of objects.
    pub fn new(path: impl Into<Box<str>>, tree: Tree) -> Self {
        Self {
            path: path.into(),
            tree,
            origin: Origin::Objects,
            lines: OnceLock::new(),
        }
    }

    /// Line and column of a byte offset.
    pub fn position(&self, offset: u32) -> Position {
        self.lines().position(self.tree.text(), offset)
    }

    /// Where the lines begin.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(self.tree.text()))
    }
}

/// All sources of a run, sorted by path, so that their ids sort as their paths do.
#[derive(Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// Takes sources whose trees were parsed with their index here as [`SourceId`].
    ///
    /// # Panics
    /// If a tree names another index: places would point into the wrong file.
    pub fn new(sources: Vec<Source>) -> Self {
        for (index, source) in sources.iter().enumerate() {
            assert_eq!(
                source.tree.source().0 as usize,
                index,
                "{} has the id of another source",
                source.path
            );
        }
        Self(sources)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Source> {
        self.0.iter()
    }

    /// The source of an id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.0[id.0 as usize]
    }

    /// The path of a source; empty for an id that none has.
    pub fn path(&self, id: SourceId) -> &str {
        self.0.get(id.0 as usize).map_or("", |source| &source.path)
    }

    /// Lines and columns at which a place begins and ends.
    pub fn positions(&self, span: Span) -> (Position, Position) {
        (self.position(span), self.end_position(span))
    }

    /// Line and column at which a place begins.
    pub fn position(&self, span: Span) -> Position {
        self.get(span.source).position(span.start)
    }

    /// Line and column at which a place ends.
    pub fn end_position(&self, span: Span) -> Position {
        self.get(span.source).position(span.end)
    }
}
