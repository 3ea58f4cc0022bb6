//! Scalars on one line, and keys.

use super::Reader;
use crate::ScalarStyle;
use crate::tree::{Shape, Slot, TagKind};

/// What a line begins with.
pub(super) enum Head {
    /// A key, and where its colon stands.
    Key(Slot, usize),
    /// A scalar, and where what follows it stands.
    Scalar(Slot, usize),
}

/// The longest key that is surely one to the full reader, which counts up to 1024 characters.
pub(super) const LONGEST_KEY: usize = 1000;

/// The bytes that a plain scalar may end at.
const MAY_END: [bool; 256] = {
    let mut may_end = [false; 256];
    may_end[b'\n' as usize] = true;
    may_end[b':' as usize] = true;
    may_end[b'#' as usize] = true;
    may_end[b'\t' as usize] = true;
    may_end
};

impl Reader<'_> {
    pub(super) fn head(&mut self, at: usize) -> Option<Head> {
        let head = match self.bytes[at] {
            b'"' | b'\'' => {
                let (slot, end) = self.quoted(at)?;
                let rest = self.blanks(end);
                if self.bytes.get(rest) == Some(&b':') {
                    let one_line = !self.text[at..end].contains('\n');
                    if !one_line || !self.ends_word(rest + 1) {
                        return None;
                    }
                    Head::Key(slot, rest)
                } else {
                    Head::Scalar(slot, rest)
                }
            }
            _ => self.plain(at)?,
        };
        match head {
            Head::Key(_, colon) if colon - at > LONGEST_KEY => None,
            _ => Some(head),
        }
    }

    /// A plain scalar, up to a colon, a comment or the end of the line.
    fn plain(&mut self, start: usize) -> Option<Head> {
        if !self.begins_plain(start) {
            return None;
        }
        let mut at = start;
        loop {
            let rest = self.bytes.get(at..).unwrap_or_default();
            at += rest
                .iter()
                .take_while(|byte| !MAY_END[**byte as usize])
                .count();
            match self.bytes.get(at) {
                None | Some(b'\n') => break,
                Some(b':') if self.ends_word(at + 1) => {
                    return Some(Head::Key(self.plain_slot(start, at), at));
                }
                Some(b'#') if self.bytes[at - 1] == b' ' => break,
                Some(b'\t') => return None,
                Some(_) => at += 1,
            }
        }
        let slot = self.plain_slot(start, at);
        if self.bytes.get(at) == Some(&b'\n') {
            let further = self.next_text(at)?.1;
            if further.is_some_and(|text| self.bytes[text] != b'#') {
                return self.folded_plain(slot, at);
            }
        }
        Some(Head::Scalar(slot, at))
    }

    /// A plain scalar between two places, without the blanks at its end.
    pub(super) fn plain_slot(&self, start: usize, mut end: usize) -> Slot {
        while self.bytes[end - 1] == b' ' {
            end -= 1;
        }
        self.in_place(ScalarStyle::Plain, start, end, 0)
    }

    pub(super) fn begins_plain(&self, at: usize) -> bool {
        match self.bytes[at] {
            b'-' => self
                .bytes
                .get(at + 1)
                .is_some_and(|byte| !matches!(byte, b' ' | b'\n' | b'\t')),
            b'?' | b':' | b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|'
            | b'>' | b'\'' | b'"' | b'%' | b'@' | b'`' | b'\t' => false,
            _ => true,
        }
    }

    /// A quoted scalar on one line; gives the place after its closing quote.
    pub(super) fn quoted(&mut self, start: usize) -> Option<(Slot, usize)> {
        let quote = self.bytes[start];
        let style = if quote == b'"' {
            ScalarStyle::DoubleQuoted
        } else {
            ScalarStyle::SingleQuoted
        };
        let mut at = start + 1;
        loop {
            match *self.bytes.get(at)? {
                b'\n' => return self.cooked(style, start, at),
                b'\\' if quote == b'"' => return self.cooked(style, start, at),
                byte if byte == quote => {
                    if quote == b'\'' && self.bytes.get(at + 1) == Some(&quote) {
                        return self.cooked(style, start, at);
                    }
                    return Some((self.in_place(style, start, at + 1, 1), at + 1));
                }
                _ => at += 1,
            }
        }
    }

    /// A quoted scalar from its first escape on.
    fn cooked(&mut self, style: ScalarStyle, start: usize, mut at: usize) -> Option<(Slot, usize)> {
        let quote = self.bytes[start];
        let mut done = start + 1;
        loop {
            let escaped = match *self.bytes.get(at)? {
                b'\n' => {
                    at = self.quoted_break(done, at)?;
                    done = at;
                    continue;
                }
                b'\\' if quote == b'"' => match self.bytes.get(at + 1)? {
                    b'\n' => {
                        self.tree.cooked.push_str(&self.text[done..at]);
                        at = self.joined(at + 1)?;
                        done = at;
                        continue;
                    }
                    b' ' => ' ',
                    b'"' => '"',
                    b'\\' => '\\',
                    b'/' => '/',
                    b'n' => '\n',
                    b't' => '\t',
                    // Go writes `<`, `>` and `&` so in JSON.
                    b'u' => {
                        self.tree.cooked.push_str(&self.text[done..at]);
                        self.tree.cooked.push(self.code_point(at + 2)?);
                        at += 6;
                        done = at;
                        continue;
                    }
                    _ => return None,
                },
                b'\'' if quote == b'\'' && self.bytes.get(at + 1) == Some(&quote) => '\'',
                byte if byte == quote => break,
                _ => {
                    at += 1;
                    continue;
                }
            };
            self.tree.cooked.push_str(&self.text[done..at]);
            self.tree.cooked.push(escaped);
            at += 2;
            done = at;
        }
        self.tree.cooked.push_str(&self.text[done..at]);
        let slot = Slot {
            to: self.tree.cooked.finish(),
            special: true,
            ..Slot::new(
                self.span(start, at + 1),
                Shape::Scalar(style),
                TagKind::None,
            )
        };
        Some((slot, at + 1))
    }

    /// Four hexadecimal digits; half of a pair is left to the other reader.
    fn code_point(&self, at: usize) -> Option<char> {
        let digits = self.text.get(at..at + 4)?;
        let digits = digits
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit())
            .then_some(digits)?;
        char::from_u32(u32::from_str_radix(digits, 16).ok()?)
    }

    /// A scalar whose value is its text, but for the quotes around it.
    fn in_place(&self, style: ScalarStyle, start: usize, end: usize, quotes: u8) -> Slot {
        Slot {
            marks: quotes,
            ..Slot::new(self.span(start, end), Shape::Scalar(style), TagKind::None)
        }
    }
}
