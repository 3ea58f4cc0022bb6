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

/// Lines and columns of one text, for who asks for a few places in about their order: what lies before the one asked for
/// last is not read again, and no list of lines is made.
#[derive(Clone, Copy, Debug, Default)]
pub struct LineCursor {
    /// The line, from 0, and where it begins.
    line: u32,
    start: u32,
    /// Where it is on the line: a byte, and how many characters stand before it.
    at: u32,
    characters: u32,
}

impl LineCursor {
    /// Line and column of a byte of the text, always the same one.
    pub fn position(&mut self, text: &str, offset: u32) -> Position {
        if offset < self.start || self.line == 0 {
            *self = Self::default();
        } else if offset < self.at {
            (self.at, self.characters) = (self.start, 0);
        }
        let end = text.len().min(offset as usize);
        let between = &text.as_bytes()[self.at as usize..end];
        // From the end: most places are on the line of the one before, or on the next.
        if let Some(last) = between.iter().rposition(|&byte| byte == b'\n') {
            self.line += breaks(&between[..=last]);
            self.start = self.at + last as u32 + 1;
            (self.at, self.characters) = (self.start, 0);
        }
        if self.line == 0 {
            self.characters = column(text, 0, 0, offset) - 1;
        } else {
            let more = text.get(self.at as usize..end).unwrap_or_default();
            self.characters += more.chars().count() as u32;
        }
        self.at = end as u32;
        Position {
            line: self.line + 1,
            column: self.characters + 1,
        }
    }
}

/// How many line breaks there are.
fn breaks(bytes: &[u8]) -> u32 {
    // A chunk's count fits into a byte, so that many bytes are counted at once.
    let chunks = bytes.chunks(128);
    let of_chunk = |chunk: &[u8]| {
        chunk
            .iter()
            .map(|&byte| u8::from(byte == b'\n'))
            .sum::<u8>()
    };
    chunks.map(|chunk| u32::from(of_chunk(chunk))).sum()
}

/// The column of a byte on a line, from 0, that begins at `start`.
fn column(text: &str, line: usize, start: u32, offset: u32) -> u32 {
    let before = text
        .get(start as usize..offset as usize)
        .unwrap_or_default();
    let before = if line == 0 {
        before.trim_start_matches('\u{feff}')
    } else {
        before
    };
    before.chars().count() as u32 + 1
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
        let mut starts = Vec::with_capacity(breaks(bytes) as usize + 1);
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
        Position {
            line: line as u32 + 1,
            column: column(text, line, self.starts[line], offset),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_counts_as_an_index_does_in_whatever_order() {
        let long = "key: value\n".repeat(40);
        for text in ["", "a", "\u{feff}a: ü\n\nb", "\n\n", "é\r\n\té\n", &long] {
            let index = LineIndex::new(text);
            let ends = 0..=text.len() as u32;
            let places = ends.clone().chain(ends.clone().rev().step_by(3));
            let places = places.chain(ends.step_by(7));
            let mut cursor = LineCursor::default();
            for at in places.filter(|at| text.is_char_boundary(*at as usize)) {
                assert_eq!(
                    cursor.position(text, at),
                    index.position(text, at),
                    "{text:?} {at}"
                );
            }
        }
    }
}
