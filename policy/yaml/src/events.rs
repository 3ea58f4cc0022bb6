//! The reader for all of YAML: the events of granit-parser, to tape.
//!
//! Its spans are made uniform here: a block scalar begins at its `|` or `>`, a block sequence at its first dash, a value
//! that is not there stands right after its colon. After an error, reading goes on at the next line that begins with
//! `---`, which is where Kubernetes' own clients cut a file.

use granit_parser::{
    Event, Parser, ScalarStyle as EventStyle, ScanError, Span as EventSpan, StructureStyle, Tag,
    options,
};

use crate::span::line_start;
use crate::tape::{Stop, Tape};
use crate::tree::{Comment, DocumentSlot, Shape, Slot, TagKind, Tree};
use crate::{Limits, ScalarStyle, Span, SyntaxError, block_scalar, explain};

/// Reads a text into an empty tree.
pub(crate) fn read(tree: &mut Tree, text: &str, limits: &Limits) {
    let emit_comments = text.contains('#');
    let mut reader = Reader {
        tape: Tape::new(tree, limits),
        text,
        limits,
        emit_comments,
        base: 0,
        in_document: false,
    };
    while reader.recover() {}
    if !tree.comments.is_sorted_by_key(|comment| comment.span.start) {
        tree.comments.sort_by_key(|comment| comment.span.start);
    }
}

struct Reader<'a, 't> {
    tape: Tape<'a>,
    text: &'t str,
    limits: &'a Limits,
    emit_comments: bool,
    /// Where the running parser began.
    base: usize,
    in_document: bool,
}

impl<'t> Reader<'_, 't> {
    /// Reads up to the first error; true if there is a document after it to go on with.
    fn recover(&mut self) -> bool {
        let (error, rest) = match self.stream() {
            Ok(()) => return false,
            Err(Stop::Document(error)) => (error, true),
            Err(Stop::File(error)) => (error, false),
        };
        let at = error.span.start as usize;
        let start = self.failed_start(at);
        let same = self.tape.tree.documents.last().is_some_and(|document| {
            document.start as usize == start && !self.text[start..at.max(start)].contains("\n...")
        });
        if !self.in_document && !same {
            self.tape.tree.documents.push(DocumentSlot {
                root: None,
                start: start as u32,
                failed: true,
            });
        }
        self.tape.fail();
        self.in_document = false;
        self.tape.tree.errors.push(error);
        let Some(next) = next_marker(self.text, start).filter(|_| rest) else {
            return false;
        };
        let comments = &mut self.tape.tree.comments;
        comments.retain(|comment| (comment.span.start as usize) < next);
        self.base = next;
        self.tape.last_end = next as u32;
        true
    }

    /// Where the document begins that an error at `at` is in.
    fn failed_start(&self, at: usize) -> usize {
        let known = self.tape.tree.documents.last();
        let known = known.map_or(0, |document| document.start as usize);
        if self.in_document {
            return known;
        }
        // The parser gave up before it announced the document: the latest marker before the error begins it.
        let mut start = self.base.max(known);
        while let Some(next) = next_marker(self.text, start).filter(|&next| next <= at) {
            start = next;
        }
        start
    }

    fn stream(&mut self) -> Result<(), Stop> {
        let options = options! {
            block_scalar_eof_without_line_feed: true,
            emit_comments: self.emit_comments,
            max_buffered_comment_events: 1 << 20,
            // Ours is met first, and says so in our words.
            block_nesting_limit: self.limits.depth + 1,
            flow_nesting_limit: self.limits.depth + 1,
        };
        let mut parser = Parser::new_from_str_with_options(&self.text[self.base..], options);
        while let Some(event) = parser.next_event() {
            match event {
                Ok((event, span)) => self.event(event, &span)?,
                Err(error) => return Err(Stop::Document(self.syntax_error(&error))),
            }
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'t>, span: &EventSpan) -> Result<(), Stop> {
        let place = self.place(span);
        match event {
            Event::Comment(..) => self.comment(place),
            Event::DocumentStart(explicit, ..) => {
                self.tape.document(place)?;
                // An implicit start is the first token, which is a node of its own.
                if explicit {
                    self.tape.last_end = place.end;
                }
                self.in_document = true;
            }
            Event::DocumentEnd => {
                self.in_document = false;
                self.tape.last_end = self.tape.last_end.max(place.end);
                self.tape.tree.drop_empty_root();
            }
            Event::Scalar(value, style, anchor, tag) => {
                let slot = self.scalar(&value, style, anchor, tag.as_deref(), place);
                self.tape.scalar(slot, anchor);
            }
            Event::SequenceStart(style, anchor, tag) => {
                return self.collection(Shape::Sequence, style, anchor, tag.as_deref(), place);
            }
            Event::MappingStart(style, anchor, tag) => {
                return self.collection(Shape::Mapping, style, anchor, tag.as_deref(), place);
            }
            Event::SequenceEnd | Event::MappingEnd => self.tape.close(place.end),
            Event::Alias(anchor) => return self.tape.alias(anchor, place),
            _ => {}
        }
        Ok(())
    }

    fn comment(&mut self, place: Span) {
        let start = place.start as usize;
        let line = &self.text[line_start(self.text, start)..start];
        let mut blanks = line.trim_start_matches('\u{feff}').bytes();
        let own_line = blanks.all(|byte| byte == b' ' || byte == b'\t');
        self.tape.tree.comments.push(Comment {
            span: place,
            own_line,
        });
    }

    fn scalar(
        &mut self,
        value: &str,
        style: EventStyle,
        anchor: usize,
        tag: Option<&Tag>,
        place: Span,
    ) -> Slot {
        let style = match style {
            EventStyle::Plain => ScalarStyle::Plain,
            EventStyle::SingleQuoted => ScalarStyle::SingleQuoted,
            EventStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
            EventStyle::Literal => ScalarStyle::Literal,
            EventStyle::Folded => ScalarStyle::Folded,
        };
        let (place, quotes) = match style {
            ScalarStyle::Plain if place.start == place.end => {
                return self.absent(anchor, tag, place);
            }
            ScalarStyle::Plain => (place, 0),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => (place, 1),
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let from = self.tape.last_end as usize;
                let range = block_scalar::range(self.text, from, place.range());
                (self.span(range.start, range.end), 0)
            }
        };
        let raw = &self.text[place.range()];
        let same = raw.get(quotes..raw.len() - quotes) == Some(value);
        let mut to = 0;
        if !same {
            self.tape.tree.cooked.push_str(value);
            to = self.tape.tree.cooked.finish();
        }
        Slot {
            to,
            special: !same,
            marks: if same { quotes as u8 } else { 0 },
            ..Slot::new(place, Shape::Scalar(style), tag_kind(tag))
        }
    }

    /// A node that is not there: an empty place after its colon or dash.
    fn absent(&self, anchor: usize, tag: Option<&Tag>, place: Span) -> Slot {
        let mut at = place.start as usize;
        if let Some(open) = self.tape.open.last() {
            let map = self.tape.tree.slots[open.slot as usize].shape == Shape::Mapping;
            let bare = anchor == 0 && tag.is_none();
            let sign = match (map, open.children % 2) {
                (true, 1) => self.next_colon(at, open.block),
                (false, _) if open.block && bare => self.next_dash(),
                _ => None,
            };
            at = sign.map_or(at, |sign| sign + 1);
        }
        // Two absent nodes in a row, a value and the key after it, could claim one colon.
        let at = at.max(self.tape.last_end as usize);
        let at = self.span(at, at);
        Slot::new(at, Shape::Scalar(ScalarStyle::Plain), tag_kind(tag))
    }

    /// The colon that follows on the same line; not one that begins a plain scalar, such as `:p`.
    fn next_colon(&self, at: usize, block: bool) -> Option<usize> {
        let rest = &self.text[at..];
        let colon = rest.trim_start_matches([' ', '\t']);
        let after = colon.strip_prefix(':')?;
        let ends = after.is_empty()
            || after.starts_with([' ', '\t', '\n', '\r'])
            || (!block && after.starts_with([',', '}', ']']));
        ends.then(|| at + rest.len() - colon.len())
    }

    /// The dash that follows the latest node.
    fn next_dash(&self) -> Option<usize> {
        let mut at = self.tape.last_end as usize;
        loop {
            match self.text.as_bytes().get(at)? {
                b'-' => return Some(at),
                b'#' => at += self.text[at..].find(['\n', '\r'])?,
                b' ' | b'\t' | b'\n' | b'\r' => at += 1,
                _ => return None,
            }
        }
    }

    fn collection(
        &mut self,
        shape: Shape,
        style: StructureStyle,
        anchor: usize,
        tag: Option<&Tag>,
        mut place: Span,
    ) -> Result<(), Stop> {
        let block = style == StructureStyle::Block;
        if block && shape == Shape::Sequence {
            place.start = self.first_dash(place.start);
            place.end = place.start;
        }
        self.tape
            .collection(Slot::new(place, shape, tag_kind(tag)), block, anchor)
    }

    /// Where a block sequence begins. The parser puts one whose dashes stand under their key after its first dash.
    fn first_dash(&self, at: u32) -> u32 {
        let Some(parent) = self.tape.open.last() else {
            return at;
        };
        let parent = &self.tape.tree.slots[parent.slot as usize];
        if parent.shape != Shape::Mapping {
            return at;
        }
        // A mark at the very beginning takes no column.
        let line_of = |at: u32| {
            let line = line_start(self.text, at as usize);
            let marked = self.text[line..].starts_with('\u{feff}');
            (line + if marked { '\u{feff}'.len_utf8() } else { 0 }) as u32
        };
        let column = parent.start - line_of(parent.start);
        let line = line_of(at);
        let dash = line + column;
        let indent = self.text.get(line as usize..dash as usize);
        let dashed = dash < at
            && self.text.as_bytes()[dash as usize] == b'-'
            && indent.is_some_and(|indent| indent.bytes().all(|byte| byte == b' '));
        if dashed { dash } else { at }
    }

    fn place(&self, span: &EventSpan) -> Span {
        let start = span.start.byte_offset().unwrap_or_default();
        let end = span.end.byte_offset().unwrap_or(start).max(start);
        self.span(self.base + start, self.base + end)
    }

    fn syntax_error(&self, error: &ScanError) -> SyntaxError {
        let at = error
            .marker()
            .byte_offset()
            .map_or(self.text.len(), |at| (self.base + at).min(self.text.len()));
        let at = self.text.floor_char_boundary(at);
        let open = self.tape.open.last().filter(|open| !open.block);
        let open = open.map(|open| self.tape.tree.slots[open.slot as usize].start as usize);
        let start = self.failed_start(at);
        let end = next_marker(self.text, start).unwrap_or(self.text.len() + 1);
        // What is found missing only at the next document is missing at the end of this one.
        let at = if at >= end {
            self.text[..end].trim_end().len().max(start)
        } else {
            at
        };
        let document = start..end.min(self.text.len());
        let scene = explain::Scene {
            source: self.tape.tree.source,
            text: self.text,
            document,
            at,
            open,
        };
        scene.explain(error)
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span {
            source: self.tape.tree.source,
            start: start as u32,
            end: end as u32,
        }
    }
}

/// The first line after the one at `from` that begins a document.
fn next_marker(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += text.get(at..)?.find("\n---")? + 1;
        let after = text.as_bytes().get(at + 3);
        if after.is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
            return Some(at);
        }
    }
}

fn tag_kind(tag: Option<&Tag>) -> TagKind {
    match tag.map(Tag::core_suffix) {
        None => TagKind::None,
        Some(Some("str")) => TagKind::Str,
        Some(Some("int" | "float" | "bool" | "null")) => TagKind::Plain,
        Some(_) => TagKind::Other,
    }
}
