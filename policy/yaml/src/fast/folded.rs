//! Plain and quoted scalars over several lines, which are folded into one.

use super::Reader;
use super::inline::Head;
use crate::tree::Slot;

impl Reader<'_> {
    /// From a line break: how many there are up to the next line with text, and where its text begins if that line can
    /// go on with a scalar, which it can if it is indented deeper than what the scalar is in.
    pub(super) fn next_text(&self, mut at: usize) -> Option<(usize, Option<usize>)> {
        let mut breaks = 0;
        loop {
            let start = at + 1;
            breaks += 1;
            at = self.blanks(start);
            match self.bytes.get(at) {
                Some(b'\n') => {}
                Some(b'\t') => return None,
                None => return Some((breaks, None)),
                Some(_) => {
                    let parent = self.frames.last();
                    let deeper = parent.is_some_and(|frame| at - start > frame.column);
                    return Some((breaks, deeper.then_some(at)));
                }
            }
        }
    }

    /// One line break is a blank; of more, the first is nothing.
    pub(super) fn fold(&mut self, breaks: usize) {
        if breaks == 1 {
            self.tree.cooked.push(' ');
        } else {
            self.feed_lines(breaks - 1);
        }
    }

    /// A plain scalar whose first line is read, up to the line break at `at`.
    pub(super) fn folded_plain(&mut self, first: Slot, mut at: usize) -> Option<Head> {
        let mut end = first.end;
        self.tree
            .cooked
            .push_str(&self.text[first.start as usize..end as usize]);
        while let (breaks, Some(text)) = self.next_text(at)? {
            // A comment ends the scalar, and what follows it is for the lines to judge.
            if self.bytes[text] == b'#' {
                break;
            }
            at = self.plain_line(text)?;
            let line = self.plain_slot(text, at);
            self.fold(breaks);
            self.tree
                .cooked
                .push_str(&self.text[text..line.end as usize]);
            end = line.end;
            if self.bytes.get(at) != Some(&b'\n') {
                break;
            }
        }
        let slot = Slot {
            end,
            to: self.tree.cooked.finish(),
            special: true,
            ..first
        };
        Some(Head::Scalar(slot, at))
    }

    /// The end of a further line of a plain scalar, which a comment may follow, but no key may stand in.
    fn plain_line(&self, mut at: usize) -> Option<usize> {
        loop {
            match self.bytes.get(at) {
                None | Some(b'\n') => return Some(at),
                Some(b':') if self.ends_word(at + 1) => return None,
                Some(b'#') if self.bytes[at - 1] == b' ' => return Some(at),
                Some(b'\t') => return None,
                Some(_) => at += 1,
            }
        }
    }

    /// A line break inside quotes, after what is done; gives where the next line's text begins.
    pub(super) fn quoted_break(&mut self, done: usize, at: usize) -> Option<usize> {
        let line = self.text[done..at].trim_end_matches(' ');
        self.tree.cooked.push_str(line);
        let (breaks, text) = self.next_text(at)?;
        self.fold(breaks);
        text
    }

    /// An escaped line break inside quotes, which joins two lines. A blank one after it is left to the other reader.
    pub(super) fn joined(&self, at: usize) -> Option<usize> {
        match self.next_text(at)? {
            (1, text) => text,
            _ => None,
        }
    }
}
