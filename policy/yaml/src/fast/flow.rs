//! Brackets: lists and maps in flow style, JSON among them.

use super::{Frame, Reader};
use crate::tree::{Shape, Slot, TagKind};

use super::inline::LONGEST_KEY;

impl Reader<'_> {
    /// A value in brackets, and the rest of the line on which it ends.
    pub(super) fn brackets(&mut self, at: usize) -> Option<usize> {
        let after = self.collections(at);
        self.brackets.clear();
        let rest = self.blanks(after?);
        self.end_line(rest)
    }

    fn collections(&mut self, start: usize) -> Option<usize> {
        let mut at = self.bracket(start)?;
        loop {
            // Here an entry must follow, or the end of a collection that is empty yet.
            let top = *self.brackets.last()?;
            let empty = self.tree.slots.len() as u32 == top.slot + 1;
            if !(empty && self.closes(at, top)) {
                if top.map {
                    at = self.flow_key(at)?;
                }
                if matches!(self.bytes.get(at)?, b'[' | b'{') {
                    at = self.bracket(at)?;
                    continue;
                }
                at = self.flow_scalar(at)?;
            }
            at = self.flow_ends(at)?;
            if self.brackets.is_empty() {
                return Some(at);
            }
        }
    }

    /// What follows a value: the ends of collections, and a comma unless the outermost ended.
    fn flow_ends(&mut self, mut at: usize) -> Option<usize> {
        loop {
            at = if self.brackets.is_empty() {
                return Some(at);
            } else {
                self.flow_blanks(at)?
            };
            let top = *self.brackets.last()?;
            if self.closes(at, top) {
                self.brackets.pop();
                self.last_end = at as u32 + 1;
                self.complete(top);
                at += 1;
            } else if self.bytes.get(at) == Some(&b',') {
                return self.flow_blanks(at + 1);
            } else {
                return None;
            }
        }
    }

    fn closes(&self, at: usize, top: Frame) -> bool {
        self.bytes.get(at) == Some(if top.map { &b'}' } else { &b']' })
    }

    fn bracket(&mut self, at: usize) -> Option<usize> {
        if self.frames.len() + self.brackets.len() >= self.limits.depth {
            return None;
        }
        let map = self.bytes[at] == b'{';
        let shape = if map { Shape::Mapping } else { Shape::Sequence };
        let slot = self.push(Slot::new(self.span(at, at), shape, TagKind::None));
        self.brackets.push(Frame {
            slot,
            column: 0,
            map,
        });
        self.flow_blanks(at + 1)
    }

    /// A key with its colon; gives where its value begins, which must be there.
    fn flow_key(&mut self, start: usize) -> Option<usize> {
        let quoted = matches!(self.bytes.get(start)?, b'"' | b'\'');
        let end = self.flow_scalar(start)?;
        if self.text[start..end].contains('\n') {
            return None;
        }
        let colon = self.blanks(end);
        let is_key = self.bytes.get(colon) == Some(&b':') && colon - start <= LONGEST_KEY;
        // Only a quoted key may touch its value.
        if !is_key || !(quoted || self.ends_word(colon + 1)) {
            return None;
        }
        let value = self.flow_blanks(colon + 1)?;
        (!matches!(self.bytes.get(value)?, b',' | b'}')).then_some(value)
    }

    fn flow_scalar(&mut self, start: usize) -> Option<usize> {
        if matches!(self.bytes.get(start)?, b'"' | b'\'') {
            let (slot, end) = self.quoted(start)?;
            self.push(slot);
            return Some(end);
        }
        if !self.begins_plain(start)
            || (self.bytes[start] == b'-' && !self.bytes.get(start + 1)?.is_ascii_alphanumeric())
        {
            return None;
        }
        let mut at = start;
        loop {
            match self.bytes.get(at)? {
                b'\n' | b',' | b'[' | b']' | b'{' | b'}' => break,
                b':' => match self.bytes.get(at + 1)? {
                    b' ' | b'\n' => break,
                    byte if byte.is_ascii_alphanumeric() || *byte == b'/' => at += 1,
                    _ => return None,
                },
                b'\t' | b'#' => return None,
                _ => at += 1,
            }
        }
        self.push(self.plain_slot(start, at));
        Some(at)
    }

    /// Blanks and line breaks, as long as the next line is indented deeper than what the brackets are in.
    fn flow_blanks(&self, mut at: usize) -> Option<usize> {
        loop {
            let content = self.blanks(at);
            if self.bytes.get(content) != Some(&b'\n') {
                return Some(content);
            }
            at = content + 1;
            let next = self.blanks(at);
            let deep = match self.frames.last() {
                Some(frame) => next - at > frame.column,
                None => !matches!(self.bytes.get(at), Some(b'-' | b'.' | b'%')),
            };
            if !deep && self.bytes.get(next) != Some(&b'\n') {
                return None;
            }
        }
    }
}
