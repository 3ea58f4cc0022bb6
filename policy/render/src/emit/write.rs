//! Writes text, and folds lines that are too long.
//!
//! A line is folded at the first single blank behind column 80. What is inside of a `|` is never folded, and no key is.

use super::style::Style;

/// A blank behind this column is where a line is folded.
const WIDTH: usize = 80;

pub(super) struct Writer<'o> {
    pub(super) out: &'o mut String,
    /// Where the line begins that is being written.
    line: usize,
}

impl<'o> Writer<'o> {
    pub(super) fn new(out: &'o mut String) -> Self {
        let line = out.len();
        Self { out, line }
    }

    /// Ends the line, behind a comment.
    pub(super) fn end_line(&mut self, comment: Option<&str>) {
        if let Some(comment) = comment {
            self.out.push_str(" # ");
            let one_line = |c: char| if c.is_control() { ' ' } else { c };
            self.out.extend(comment.chars().map(one_line));
        }
        self.out.push('\n');
        self.line = self.out.len();
    }

    /// Goes to a column, from the beginning of a line.
    pub(super) fn indent(&mut self, columns: usize) {
        const BLANKS: &str = "                                ";
        let mut left = columns;
        while left > 0 {
            let next = left.min(BLANKS.len());
            self.out.push_str(&BLANKS[..next]);
            left -= next;
        }
    }

    /// Writes a text of one line that is not folded.
    pub(super) fn key(&mut self, text: &str, style: Style) {
        match style {
            Style::Plain => self.out.push_str(text),
            Style::Single => self.single(text, None),
            Style::Double | Style::Literal => self.double(text, None),
        }
    }

    /// Writes a text that is folded where it is too long; further lines begin at `indent`.
    pub(super) fn value(&mut self, text: &str, style: Style, indent: usize) {
        // A column holds at least one byte, so that a short text does not have to be looked at again.
        let short = self.out.len() - self.line + text.len() < WIDTH;
        match style {
            Style::Plain if short => self.out.push_str(text),
            Style::Plain => self.plain(text, indent),
            Style::Single => self.single(text, Some(indent)),
            Style::Double | Style::Literal => self.double(text, Some(indent)),
        }
    }

    /// Writes a text below a `|`.
    pub(super) fn literal(&mut self, text: &str, indent: usize, comment: Option<&str>) {
        self.out.push('|');
        if text.starts_with([' ', '\n', LINE_SEPARATOR, PARAGRAPH_SEPARATOR]) {
            // The first line does not tell the indentation then.
            self.out.push('2');
        }
        let mut last = text.chars().rev().map(is_break);
        match (last.next(), last.next()) {
            (Some(true), None | Some(true)) => self.out.push('+'),
            (Some(true), Some(false)) => {}
            _ => self.out.push('-'),
        }
        self.end_line(comment);
        for line in text.split_inclusive(is_break) {
            if !line.starts_with(is_break) {
                self.indent(indent);
            }
            self.out.push_str(line);
        }
        self.line = self.out.len();
        if !text.ends_with(is_break) {
            self.end_line(None);
        }
    }

    fn plain(&mut self, text: &str, indent: usize) {
        let mut column = self.column();
        let mut after_blank = false;
        for (at, c) in text.char_indices() {
            let foldable = c == ' ' && !after_blank && column > WIDTH;
            if foldable && !text[at + 1..].starts_with(' ') {
                column = self.fold(indent);
            } else {
                self.out.push(c);
                column += 1;
            }
            after_blank = c == ' ';
        }
    }

    /// Line breaks other than the line feed stand as they are in a single-quoted text; the next line is indented.
    fn single(&mut self, text: &str, indent: Option<usize>) {
        self.out.push('\'');
        let mut column = self.column();
        let (mut after_blank, mut after_break) = (false, false);
        for (at, c) in text.char_indices() {
            let inside = at > 0 && at + 1 < text.len();
            let foldable = c == ' ' && !after_blank && column > WIDTH && inside;
            if let Some(indent) = indent
                && foldable
                && !text[at + 1..].starts_with(' ')
            {
                column = self.fold(indent);
            } else if is_break(c) {
                self.out.push(c);
                (self.line, column) = (self.out.len(), 0);
            } else {
                if after_break && c != ' ' {
                    let indent = indent.unwrap_or(0);
                    self.indent(indent);
                    column = indent;
                }
                if c == '\'' {
                    self.out.push('\'');
                    column += 1;
                }
                self.out.push(c);
                column += 1;
            }
            after_blank = c == ' ';
            after_break = is_break(c);
        }
        self.out.push('\'');
    }

    fn double(&mut self, text: &str, indent: Option<usize>) {
        self.out.push('"');
        // A quirk of the printer: behind a byte order mark at the start, it escapes everything.
        let escape_all = text.starts_with(BYTE_ORDER_MARK);
        let mut column = self.column();
        let mut after_blank = false;
        for (at, c) in text.char_indices() {
            let inside = at > 0 && at + 1 < text.len();
            let foldable = c == ' ' && !after_blank && column > WIDTH && inside;
            if escape_all || is_escaped(c) {
                column += self.escape(c);
                after_blank = false;
                continue;
            }
            if let Some(indent) = indent
                && foldable
            {
                column = self.fold(indent);
                if text[at + 1..].starts_with(' ') {
                    self.out.push('\\');
                    column += 1;
                }
            } else {
                self.out.push(c);
                column += 1;
            }
            after_blank = c == ' ';
        }
        self.out.push('"');
    }

    /// Writes an escape, and says how long it is.
    fn escape(&mut self, c: char) -> usize {
        let start = self.out.len();
        self.out.push('\\');
        match c {
            '\0' => self.out.push('0'),
            '\x07' => self.out.push('a'),
            '\x08' => self.out.push('b'),
            '\t' => self.out.push('t'),
            '\n' => self.out.push('n'),
            '\x0b' => self.out.push('v'),
            '\x0c' => self.out.push('f'),
            '\r' => self.out.push('r'),
            '\x1b' => self.out.push('e'),
            '"' | '\\' => self.out.push(c),
            NEXT_LINE => self.out.push('N'),
            '\u{a0}' => self.out.push('_'),
            LINE_SEPARATOR => self.out.push('L'),
            PARAGRAPH_SEPARATOR => self.out.push('P'),
            _ => self.code(c),
        }
        self.out.len() - start
    }

    fn code(&mut self, c: char) {
        let code = u32::from(c);
        let (mark, digits) = match code {
            0..=0xff => ('x', 2),
            0x100..=0xffff => ('u', 4),
            _ => ('U', 8),
        };
        self.out.push(mark);
        for place in (0..digits).rev() {
            let digit = char::from_digit((code >> (place * 4)) & 0xf, 16).unwrap_or('0');
            self.out.push(digit.to_ascii_uppercase());
        }
    }

    /// Goes on in a new line instead of writing a blank.
    fn fold(&mut self, indent: usize) -> usize {
        self.end_line(None);
        self.indent(indent);
        indent
    }

    /// How many characters the line has.
    fn column(&self) -> usize {
        self.out[self.line..].chars().count()
    }
}

const BYTE_ORDER_MARK: char = '\u{feff}';
const NEXT_LINE: char = '\u{85}';
const LINE_SEPARATOR: char = '\u{2028}';
const PARAGRAPH_SEPARATOR: char = '\u{2029}';

/// The line breaks of YAML 1.1.
fn is_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | NEXT_LINE | LINE_SEPARATOR | PARAGRAPH_SEPARATOR
    )
}

fn is_escaped(c: char) -> bool {
    match c {
        '"' | '\\' | BYTE_ORDER_MARK | LINE_SEPARATOR | PARAGRAPH_SEPARATOR => true,
        ' '..='~' => false,
        '\u{a0}'..='\u{fffd}' => false,
        _ => true,
    }
}
