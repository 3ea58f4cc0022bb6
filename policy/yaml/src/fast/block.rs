//! Block scalars whose indentation and last line break are the usual ones.

use super::Reader;
use crate::ScalarStyle;
use crate::tree::{Shape, Slot, TagKind};

impl Reader<'_> {
    /// A block scalar from its header on, under the innermost frame; gives the line after it.
    pub(super) fn block_scalar(&mut self, start: usize) -> Option<usize> {
        let parent = self.frames.last()?.column;
        let literal = self.bytes[start] == b'|';
        let strip = self.bytes.get(start + 1) == Some(&b'-');
        let header = start + 1 + usize::from(strip);
        if !self.ends_word(header) {
            return None;
        }
        let rest = self.blanks(header);
        let content = self.end_line(rest)?;
        // The first line that is not blank says how deep all are.
        let (mut at, mut breaks) = self.skip_blank_lines(content, usize::MAX)?;
        let indent = self.blanks(at) - at;
        if indent <= parent || self.skip_blank_lines(content, indent)?.0 != at {
            return None;
        }
        self.feed_lines(breaks);
        let end = loop {
            let end = self.content_line(at + indent, literal)?;
            (at, breaks) = self.skip_blank_lines(end + 1, indent)?;
            let column = self.blanks(at) - at;
            if column < indent {
                // Between the two indentations a line is a comment, or wrong.
                if column > parent {
                    return None;
                }
                break end;
            }
            match (literal, breaks) {
                (true, _) => self.feed_lines(breaks + 1),
                (false, 0) => self.tree.cooked.push(' '),
                (false, _) => self.feed_lines(breaks),
            }
        };
        if !strip {
            self.feed_lines(1);
        }
        let style = if literal {
            ScalarStyle::Literal
        } else {
            ScalarStyle::Folded
        };
        let slot = Slot {
            to: self.tree.cooked.finish(),
            special: true,
            ..Slot::new(self.span(start, end), Shape::Scalar(style), TagKind::None)
        };
        self.push(slot);
        Some(at)
    }

    /// Adds a line's text and gives its end. Folding keeps lines that begin with blanks, which is left to the other reader.
    fn content_line(&mut self, start: usize, literal: bool) -> Option<usize> {
        let end = self.line_end(start);
        // At the end of the text a missing line break is missing in the value too.
        let folded_blank = !literal && matches!(self.bytes[start], b' ' | b'\t');
        if end == self.bytes.len() || folded_blank {
            return None;
        }
        self.tree.cooked.push_str(&self.text[start..end]);
        Some(end)
    }

    /// Skips lines of at most `indent` spaces; gives where the next line begins and how many were skipped.
    fn skip_blank_lines(&self, mut at: usize, indent: usize) -> Option<(usize, usize)> {
        let mut skipped = 0;
        loop {
            let content = self.blanks(at);
            match self.bytes.get(content) {
                Some(b'\n') if content - at <= indent => at = content + 1,
                // Blanks are content beyond the indentation, and a tab is none of it.
                Some(b'\n') => return None,
                Some(b'\t') if content - at < indent => return None,
                None if content > at => return None,
                None | Some(_) => return Some((at, skipped)),
            }
            skipped += 1;
        }
    }

    pub(super) fn feed_lines(&mut self, count: usize) {
        self.tree.cooked.push_breaks(count);
    }
}
