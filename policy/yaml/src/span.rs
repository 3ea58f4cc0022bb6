//! Places in a source text.

/// Which source of a run a place belongs to: an index that the caller hands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A half-open range of bytes in one source. Both ends lie on character boundaries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The source.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range as the standard library indexes with.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// An empty place at the start of this one.
    #[must_use]
    pub fn start_point(self) -> Self {
        Self {
            end: self.start,
            ..self
        }
    }

    /// The smallest place that holds both; both must be of one source.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self {
            source: self.source,
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// Where the line begins that a byte lies on, as YAML has lines: a lone `\r` ends one too.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    let before = &text.as_bytes()[..at];
    let end = before
        .iter()
        .rposition(|&byte| byte == b'\n' || byte == b'\r');
    end.map_or(0, |end| end + 1)
}

/// A place as people count: lines and columns from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// Where the lines of a text begin.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Reads a text once. Lines end with `\n`, so `\r\n` counts once.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        // Counted first, which is quick, so that the list is allocated once.
        let breaks: usize = bytes.iter().map(|&byte| usize::from(byte == b'\n')).sum();
        let mut starts = Vec::with_capacity(breaks + 1);
        starts.push(0);
        for (at, &byte) in bytes.iter().enumerate() {
            if byte == b'\n' {
                starts.push(at as u32 + 1);
            }
        }
        Self { starts }
    }

    /// The line, from 0, on which a byte lies.
    pub fn line_of(&self, offset: u32) -> usize {
        self.starts
            .partition_point(|&start| start <= offset)
            .saturating_sub(1)
    }

    /// The byte at which a line, from 0, begins; `None` past the end.
    pub fn start_of(&self, line: usize) -> Option<u32> {
        self.starts.get(line).copied()
    }

    /// Line and column of a byte of the text that this index was made from.
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let line = self.line_of(offset);
        let before = text
            .get(self.starts[line] as usize..offset as usize)
            .unwrap_or_default();
        let before = if line == 0 {
            before.trim_start_matches('\u{feff}')
        } else {
            before
        };
        Position {
            line: line as u32 + 1,
            column: before.chars().count() as u32 + 1,
        }
    }
}
