//! The reader for what nearly all manifests are: block style, scalars, simple brackets, comments.
//!
//! It walks the lines once and writes the same tape as the reader of events, slot for slot. Whatever else it meets
//! (anchors, aliases, tags, directives, tabs, odd indentation, anything doubtful, any error) it does not
//! judge: it gives the whole file up, and the reader of events begins anew. So it knows no error messages, and every
//! `None` here means "not sure".
//!
//! ```text
//! spec:            Map at 0    a frame per open collection, by its column;
//!   ports:           Map at 2  a line belongs to the innermost frame at its own column
//!   - name: http      Seq at 2, Map at 4
//! ```

mod block;
mod flow;
mod folded;
mod inline;
mod nodes;

use crate::tree::{Comment, DocumentSlot, Shape, Tree};
use crate::{Limits, Span};
use inline::Head;

/// Reads a text into an empty tree; false, and the tree is empty again, if it is not of the simple kind.
pub(crate) fn read(tree: &mut Tree, text: &str, limits: &Limits) -> bool {
    let Some(lines) = simple(text) else {
        return false;
    };
    // A line of block style is a key and a value, and few files are more; but a file of empty lines is less.
    tree.slots.reserve((2 * lines).min(text.len() / 8) + 4);
    let mut reader = Reader {
        tree,
        text,
        bytes: text.as_bytes(),
        limits,
        frames: Vec::with_capacity(16),
        brackets: Vec::new(),
        expected: Expected::Root,
        in_document: false,
        last_end: 0,
    };
    let sure = reader.lines().is_some();
    if !sure {
        tree.slots.clear();
        tree.cooked.clear();
        tree.documents.clear();
        tree.comments.clear();
    }
    sure
}

/// The number of lines, if there is no byte-order mark and no character that YAML forbids.
fn simple(text: &str) -> Option<usize> {
    let (mut lines, mut doubtful) = (0, 0_u8);
    // Whole chunks without a branch, so that a chunk is a few vector instructions.
    for chunk in text.as_bytes().chunks(128) {
        let (mut control, mut breaks) = (0_u8, 0_u8);
        for &byte in chunk {
            // All of ASCII's but the tab and the line break.
            control |= u8::from(byte < 9) | u8::from(byte.wrapping_sub(11) < 21);
            control |= u8::from(byte == 127);
            doubtful |= u8::from(byte == 0xc2) | u8::from(byte == 0xef);
            breaks += u8::from(byte == b'\n');
        }
        if control != 0 {
            return None;
        }
        lines += usize::from(breaks);
    }
    let odd = |c| {
        matches!(
            c,
            '\u{80}'..='\u{9f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
    };
    (doubtful == 0 || !text.contains(odd)).then_some(lines)
}

/// A collection that is not closed yet.
#[derive(Clone, Copy)]
struct Frame {
    slot: u32,
    column: usize,
    map: bool,
}

/// What the line before left to come.
#[derive(Clone, Copy)]
enum Expected {
    /// A document's only node.
    Root,
    /// The value of a key whose colon ends here.
    Value(usize),
    /// The item of a dash that ends here.
    Item(usize),
    /// Nothing: a line begins the next entry or item of an open collection.
    Next,
}

struct Reader<'a> {
    tree: &'a mut Tree,
    text: &'a str,
    bytes: &'a [u8],
    limits: &'a Limits,
    frames: Vec<Frame>,
    /// Open brackets of the value being read.
    brackets: Vec<Frame>,
    expected: Expected,
    in_document: bool,
    last_end: u32,
}

impl Reader<'_> {
    fn lines(&mut self) -> Option<()> {
        let mut at = 0;
        loop {
            let start = at;
            at = self.blanks(at);
            at = match self.bytes.get(at) {
                None => break,
                Some(b'\n') => at + 1,
                Some(b'#') => self.comment(at, true),
                Some(b'-' | b'.' | b'%') if at == start && self.marks(at) => self.marker(at)?,
                Some(_) => self.line(at, at - start)?,
            };
        }
        if self.in_document {
            self.end_document();
        }
        Some(())
    }

    /// A line that is no content by its first bytes: `---`, `...`, a directive.
    fn marks(&self, at: usize) -> bool {
        let rest = &self.bytes[at..];
        rest.starts_with(b"---") || rest.starts_with(b"...") || rest[0] == b'%'
    }

    fn marker(&mut self, at: usize) -> Option<usize> {
        if !self.bytes[at..].starts_with(b"---") || !self.ends_word(at + 3) {
            return None;
        }
        if self.in_document {
            self.end_document();
        }
        self.begin_document(at)?;
        let rest = self.blanks(at + 3);
        self.end_line(rest)
    }

    fn begin_document(&mut self, at: usize) -> Option<()> {
        if self.tree.documents.len() >= self.limits.documents {
            return None;
        }
        self.tree.documents.push(DocumentSlot {
            root: None,
            start: at as u32,
            failed: false,
        });
        self.in_document = true;
        self.expected = Expected::Root;
        Some(())
    }

    fn end_document(&mut self) {
        if let Expected::Value(at) | Expected::Item(at) = self.expected {
            self.absent(at);
        }
        while !self.frames.is_empty() {
            self.close();
        }
        self.in_document = false;
    }

    /// A line with content, which begins at a column.
    fn line(&mut self, at: usize, column: usize) -> Option<usize> {
        if !self.in_document {
            self.begin_document(at)?;
        }
        let dash = self.dash(at);
        let top = self.frames.last().map(|frame| frame.column);
        let new = match (std::mem::replace(&mut self.expected, Expected::Next), top) {
            (Expected::Root, _) => true,
            // Dashes may stand under their key.
            (Expected::Value(_), Some(top)) if column > top || (column == top && dash) => true,
            (Expected::Item(_), Some(top)) if column > top => true,
            (Expected::Value(at) | Expected::Item(at), _) => {
                self.absent(at);
                false
            }
            (Expected::Next, _) => false,
        };
        if new {
            return self.node(at, column);
        }
        let in_map = self.unwind(column, dash)?;
        if in_map {
            self.entry(at)
        } else {
            self.item(at, column)
        }
    }

    /// Closes what a line at a column ends. True if the line goes on with a map, false for a list; deeper than what is
    /// open, it goes on with a scalar, or is wrong.
    fn unwind(&mut self, column: usize, dash: bool) -> Option<bool> {
        loop {
            let top = self.frames.last()?;
            let ended = top.column > column || (top.column == column && !top.map && !dash);
            if !ended {
                return (top.column == column && top.map != dash).then_some(top.map);
            }
            self.close();
        }
    }

    /// A node at a column: after dashes, or on a line of its own.
    fn node(&mut self, mut at: usize, mut column: usize) -> Option<usize> {
        while self.dash(at) {
            self.open(Shape::Sequence, at, column)?;
            let content = self.blanks(at + 1);
            if self.ends(content) {
                self.expected = Expected::Item(at + 1);
                return self.end_line(content);
            }
            column += content - at;
            at = content;
        }
        match self.bytes[at] {
            b'[' | b'{' => return self.brackets(at),
            // On a line of its own a header is too odd.
            b'|' | b'>' if self.follows_dash(at) => {
                return self.block_scalar(at);
            }
            _ => {}
        }
        match self.head(at)? {
            Head::Key(key, colon) => {
                self.open(Shape::Mapping, at, column)?;
                self.push(key);
                self.value(colon)
            }
            Head::Scalar(scalar, rest) => {
                self.push(scalar);
                self.end_line(rest)
            }
        }
    }

    fn item(&mut self, dash: usize, column: usize) -> Option<usize> {
        let content = self.blanks(dash + 1);
        if self.ends(content) {
            self.expected = Expected::Item(dash + 1);
            return self.end_line(content);
        }
        self.node(content, column + content - dash)
    }

    fn entry(&mut self, at: usize) -> Option<usize> {
        match self.head(at)? {
            Head::Key(key, colon) => {
                self.push(key);
                self.value(colon)
            }
            Head::Scalar(..) => None,
        }
    }

    /// What follows a key on its line.
    fn value(&mut self, colon: usize) -> Option<usize> {
        let at = self.blanks(colon + 1);
        if self.ends(at) {
            self.expected = Expected::Value(colon + 1);
            return self.end_line(at);
        }
        match self.bytes[at] {
            b'|' | b'>' => self.block_scalar(at),
            b'[' | b'{' => self.brackets(at),
            _ => match self.head(at)? {
                Head::Scalar(scalar, rest) => {
                    self.push(scalar);
                    self.end_line(rest)
                }
                Head::Key(..) => None,
            },
        }
    }

    /// A comment up to the end of its line.
    fn comment(&mut self, at: usize, own_line: bool) -> usize {
        let end = self.line_end(at);
        self.tree.comments.push(Comment {
            span: self.span(at, end),
            own_line,
        });
        end + 1
    }

    /// The rest of a line that says nothing more. Gives the start of the next.
    fn end_line(&mut self, at: usize) -> Option<usize> {
        match self.bytes.get(at) {
            None | Some(b'\n') => Some(at + 1),
            Some(b'#') if self.bytes[at - 1] == b' ' => Some(self.comment(at, false)),
            Some(_) => None,
        }
    }

    fn line_end(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let length = rest.iter().position(|&byte| byte == b'\n');
        at + length.unwrap_or(rest.len())
    }

    fn blanks(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        at + rest.iter().take_while(|&&byte| byte == b' ').count()
    }

    /// Nothing but a comment can follow on this line.
    fn ends(&self, at: usize) -> bool {
        matches!(self.bytes.get(at), None | Some(b'\n' | b'#'))
    }

    /// A blank or the end of the line.
    fn ends_word(&self, at: usize) -> bool {
        matches!(self.bytes.get(at), None | Some(b' ' | b'\n'))
    }

    fn follows_dash(&self, at: usize) -> bool {
        self.text[..at].trim_end_matches(' ').ends_with('-')
    }

    fn dash(&self, at: usize) -> bool {
        self.bytes[at] == b'-' && self.ends_word(at + 1)
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span {
            source: self.tree.source,
            start: start as u32,
            end: end as u32,
        }
    }
}
