//! How a string is written: plain where it can be, between quotes or below a `|` where it has to be.
//!
//! The rules are those of `libyaml`, as `emitterc.go` in `sigs.k8s.io/yaml` has them. That printer does not count what
//! lies beyond U+FFFF as printable, so a text with an emoji in it is double-quoted.

use super::looks::like_no_string;

/// How a string is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `text`.
    Plain,
    /// `'text'`.
    Single,
    /// `"text"`.
    Double,
    /// `|`.
    Literal,
}

/// What the characters of a text allow.
#[derive(Clone, Copy, Default)]
pub(super) struct Shape {
    /// It holds a line break, any of the five of YAML 1.1.
    pub(super) multiline: bool,
    /// It holds a line feed, which asks for a `|`.
    line_feed: bool,
    /// It begins with an indicator, or holds a `: ` or ` #`.
    indicator: bool,
    /// It holds a character that has to be escaped.
    special: bool,
    /// It begins with a blank or line break.
    padded_start: bool,
    /// It ends with a blank.
    blank_end: bool,
    /// It ends with a line break.
    break_end: bool,
    /// A line in it ends with a blank.
    blank_then_break: bool,
    /// A line in it begins with a blank.
    break_then_blank: bool,
}

/// The style of a text that may have several lines.
pub(super) fn of(text: &str, shape: Shape) -> Style {
    let escaped = shape.special || shape.blank_then_break;
    if shape.line_feed {
        return if escaped || shape.blank_end {
            Style::Double
        } else {
            Style::Literal
        };
    }
    if escaped || shape.break_then_blank || like_no_string(text) {
        return Style::Double;
    }
    let padded = shape.padded_start || shape.blank_end || shape.break_end;
    if padded || shape.multiline || shape.indicator {
        Style::Single
    } else {
        Style::Plain
    }
}

/// Looks at the characters of a text.
pub(super) fn shape(text: &str) -> Shape {
    let bytes = text.as_bytes();
    let mut shape = Shape {
        indicator: begins_with_indicator(bytes),
        ..Shape::default()
    };
    let mut before = Before::Start;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let (width, kind) = match CLASS[byte as usize] {
            Class::Dull => {
                before = Before::Other;
                at += 1;
                continue;
            }
            Class::Ascii => (1, ascii(bytes, at, before, &mut shape)),
            Class::Wide => wide(&bytes[at..], &mut shape),
        };
        shape.note(kind, before);
        before = kind;
        at += width;
    }
    shape.blank_end = before == Before::Blank;
    shape.break_end = before == Before::Break;
    shape
}

impl Shape {
    fn note(&mut self, kind: Before, before: Before) {
        match (before, kind) {
            (Before::Start, Before::Blank | Before::Break) => self.padded_start = true,
            (Before::Break, Before::Blank) => self.break_then_blank = true,
            (Before::Blank, Before::Break) => self.blank_then_break = true,
            _ => {}
        }
        self.multiline |= kind == Before::Break;
    }
}

/// The character before the one looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Start,
    Blank,
    Break,
    Tab,
    Other,
}

/// What a byte may be.
#[derive(Clone, Copy)]
enum Class {
    /// A letter, digit or sign that means nothing, wherever it stands behind the first character.
    Dull,
    /// Other ASCII.
    Ascii,
    /// The first byte of any other character.
    Wide,
}

const CLASS: [Class; 256] = {
    let mut classes = [Class::Wide; 256];
    let mut byte = 0;
    while byte < 128 {
        classes[byte] = match byte as u8 {
            0..=b' ' | b':' | b'#' | 0x7f => Class::Ascii,
            _ => Class::Dull,
        };
        byte += 1;
    }
    classes
};

fn begins_with_indicator(bytes: &[u8]) -> bool {
    let blank_next = || matches!(bytes.get(1), None | Some(b' ' | b'\t'));
    match bytes {
        [b'-', b'-', b'-', ..] | [b'.', b'.', b'.', ..] => true,
        [b'?' | b':' | b'-', ..] => blank_next(),
        [first, ..] => b"#,[]{}&*!|>'\"%@`".contains(first),
        [] => false,
    }
}

fn ascii(bytes: &[u8], at: usize, before: Before, shape: &mut Shape) -> Before {
    match bytes[at] {
        b' ' => return Before::Blank,
        b'\n' => {
            shape.line_feed = true;
            return Before::Break;
        }
        b'\r' => {
            shape.special = true;
            return Before::Break;
        }
        b'\t' => {
            shape.special = true;
            return Before::Tab;
        }
        b':' => shape.indicator |= matches!(bytes.get(at + 1), None | Some(b' ' | b'\t')),
        b'#' => shape.indicator |= before != Before::Other,
        _ => shape.special = true,
    }
    Before::Other
}

/// The width of a character beyond ASCII, and what it is.
fn wide(bytes: &[u8], shape: &mut Shape) -> (usize, Before) {
    let (width, printable, kind) = match bytes {
        [0xc2, 0x85, ..] => (2, false, Before::Break),
        [0xc2, second, ..] => (2, *second >= 0xa0, Before::Other),
        [0xc3..=0xdf, ..] => (2, true, Before::Other),
        [0xe2, 0x80, 0xa8 | 0xa9, ..] => (3, true, Before::Break),
        [0xef, 0xbb, 0xbf, ..] | [0xef, 0xbf, 0xbe | 0xbf, ..] => (3, false, Before::Other),
        [0xe0..=0xef, ..] => (3, true, Before::Other),
        _ => (4, false, Before::Other),
    };
    shape.special |= !printable;
    (width, kind)
}
