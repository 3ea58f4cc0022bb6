//! What a run reads.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::{LineIndex, Position, SourceId, Span, Tree};

/// What a source is used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Use {
    /// A file of objects, deployed as they stand.
    #[default]
    Objects,
    /// A file that is no whole object by itself (a patch, say), and that nothing has been rendered from: its objects are
    /// not judged, and whoever read it has an entry for it.
    Fragment,
    /// A file that a root is rendered from: what becomes of it is judged there.
    Rendered,
    /// Text that is deployed inside an object, or that is none of Kubernetes: it is not looked at by itself.
    Data,
    /// The run's own configuration, for the places of what it says.
    Configuration,
}

impl Use {
    const ALL: [Self; 5] = [
        Self::Objects,
        Self::Fragment,
        Self::Rendered,
        Self::Data,
        Self::Configuration,
    ];
}

/// One source: a path, as it is shown, and its tree.
#[derive(Debug)]
pub struct Source {
    /// The path as it is shown: relative to where the program runs, with `/`.
    pub path: Box<str>,
    /// The text, read.
    pub tree: Tree,
    /// One of [`Use`], which may be found out after others hold on to the source.
    used: AtomicU8,
    lines: OnceLock<LineIndex>,
}

impl Source {
    /// A source of objects.
    pub fn new(path: impl Into<Box<str>>, tree: Tree) -> Self {
        Self {
            path: path.into(),
            tree,
            used: AtomicU8::new(Use::Objects as u8),
            lines: OnceLock::new(),
        }
    }

    /// What it is used for.
    pub fn used(&self) -> Use {
        let used = self.used.load(Ordering::Relaxed);
        Use::ALL
            .into_iter()
            .find(|own| *own as u8 == used)
            .unwrap_or_default()
    }

    /// Says what it is used for.
    pub fn set_used(&self, used: Use) {
        self.used.store(used as u8, Ordering::Relaxed);
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

/// All sources of a run. Those that it begins with are sorted by path, so that their ids sort as their paths do; those
/// that something refers to are added as they are met, and stay where they are.
#[derive(Debug, Default)]
pub struct Sources {
    list: boxcar::Vec<Source>,
    sorted: usize,
    /// All but the configuration, in the order of their paths.
    by_path: OnceLock<Mutex<Vec<SourceId>>>,
}

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
        Self {
            sorted: sources.len(),
            list: sources.into_iter().collect(),
            by_path: OnceLock::new(),
        }
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.list.iter().map(|(_, source)| source)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The source of an id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.list[id.0 as usize]
    }

    /// The source at a path.
    pub fn at(&self, path: &str) -> Option<&Source> {
        let known = self.by_path().lock();
        let known = known.unwrap_or_else(PoisonError::into_inner);
        let at = self.place_of(path, &known).ok()?;
        Some(self.get(known[at]))
    }

    /// The source at a path, read first if it is not here yet. `read` is given the id that its tree has to name.
    pub fn at_or_add<E>(
        &self,
        path: &str,
        read: impl FnOnce(SourceId) -> Result<Source, E>,
    ) -> Result<&Source, E> {
        let known = self.by_path().lock();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        let at = match self.place_of(path, &known) {
            Ok(at) => return Ok(self.get(known[at])),
            Err(at) => at,
        };
        // Only whoever holds the lock adds, so the count is the next index.
        let id = SourceId(self.list.count() as u32);
        let source = read(id)?;
        self.list.push(source);
        known.insert(at, id);
        Ok(self.get(id))
    }

    /// Where a path is among known ones, or would be.
    fn place_of(&self, path: &str, known: &[SourceId]) -> Result<usize, usize> {
        known.binary_search_by(|id| self.path(*id).cmp(path))
    }

    fn by_path(&self) -> &Mutex<Vec<SourceId>> {
        self.by_path.get_or_init(|| {
            let paths = self
                .iter()
                .filter(|source| source.used() != Use::Configuration);
            let mut known: Vec<_> = paths.map(|source| source.tree.source()).collect();
            // Of two of one path, the later counts.
            known.sort_by(|a, b| (self.path(*a), b).cmp(&(self.path(*b), a)));
            known.dedup_by(|later, first| self.path(*later) == self.path(*first));
            Mutex::new(known)
        })
    }

    /// The path of a source; empty for an id that none has.
    pub fn path(&self, id: SourceId) -> &str {
        self.list
            .get(id.0 as usize)
            .map_or("", |source| &source.path)
    }

    /// The order of two places in a report: by path, then by where they begin.
    pub fn order(&self, a: Span, b: Span) -> std::cmp::Ordering {
        let late = |span: Span| span.source.0 as usize >= self.sorted;
        if a.source != b.source && (late(a) || late(b)) {
            return self.path(a.source).cmp(self.path(b.source));
        }
        a.cmp(&b)
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
