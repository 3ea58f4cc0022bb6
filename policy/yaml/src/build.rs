//! Events to tape.
//!
//! The events come from one place, so that a faster reader for the common case can stand beside it and be held to it.

use std::collections::HashMap;

use granit_parser::{
    Event, Parser, ScalarStyle as EventStyle, ScanError, Span as EventSpan, StructureStyle, Tag,
    options,
};

use crate::node::{Children, NodeId, is_merge_key};
use crate::tree::{Comment, DocumentSlot, Shape, Slot, TagKind, Tree};
use crate::{ErrorKind, Limits, ScalarStyle, SourceId, Span, SyntaxError};

impl Tree {
    /// Reads a text. Never fails: what is wrong is in [`Tree::errors`], and what could be read is in the tree.
    pub fn parse(source: SourceId, text: impl Into<Box<str>>, limits: &Limits) -> Self {
        let text = text.into();
        let mut tree = Self {
            source,
            cooked: String::new(),
            slots: Vec::with_capacity(text.len() / 16),
            documents: Vec::new(),
            comments: Vec::new(),
            errors: Vec::new(),
            text: "".into(),
        };
        if text.len() > limits.bytes {
            let message = format!(
                "the file has {} bytes; at most {} are read",
                text.len(),
                limits.bytes
            );
            tree.errors.push(limit_error(
                Span {
                    source,
                    start: 0,
                    end: 0,
                },
                message,
            ));
        } else {
            Builder {
                tree: &mut tree,
                text: &text,
                limits,
                open: Vec::new(),
                anchors: HashMap::new(),
                alias_nodes: 0,
                last_end: 0,
            }
            .run();
        }
        tree.text = text;
        tree.check_mappings();
        tree.errors.sort_by_key(|error| error.span.start);
        tree.slots.shrink_to_fit();
        tree.cooked.shrink_to_fit();
        tree.comments.shrink_to_fit();
        tree
    }
}

fn limit_error(span: Span, message: String) -> SyntaxError {
    SyntaxError {
        kind: ErrorKind::Limit,
        message,
        span,
        related: None,
    }
}

/// A collection that is not closed yet.
struct Open {
    slot: u32,
    block: bool,
    anchor: usize,
    children: u32,
}

/// A named node: its slot once complete, and how many nodes it stands for.
struct Anchor {
    slot: u32,
    complete: bool,
    size: u64,
}

struct Builder<'a, 't> {
    tree: &'a mut Tree,
    text: &'t str,
    limits: &'a Limits,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchor>,
    /// Nodes that the aliases of this document stand for.
    alias_nodes: u64,
    /// Where the latest node ended.
    last_end: u32,
}

/// Why the rest of a document is not read.
enum Stop {
    Document(SyntaxError),
    File(SyntaxError),
}

impl<'t> Builder<'_, 't> {
    fn run(mut self) {
        let options = options! {
            block_scalar_eof_without_line_feed: true,
            emit_comments: self.text.contains('#'),
            max_buffered_comment_events: 1 << 20,
            block_nesting_limit: self.limits.depth,
            flow_nesting_limit: self.limits.depth,
        };
        let mut parser = Parser::new_from_str_with_options(self.text, options);
        while let Some(event) = parser.next_event() {
            let step = match event {
                Ok((event, span)) => self.event(event, span),
                Err(error) => Err(Stop::Document(self.syntax_error(&error))),
            };
            match step {
                Ok(()) => {}
                Err(Stop::File(error)) => return self.fail(error),
                Err(Stop::Document(error)) => {
                    let at = error.span.start;
                    self.fail(error);
                    match parser.proceed_next_document() {
                        Ok(true) => {}
                        Ok(false) => return,
                        // The error that the recovery itself met is the same one where it has not moved.
                        Err(error) => {
                            let error = self.syntax_error(&error);
                            if error.span.start != at {
                                self.tree.errors.push(error);
                            }
                            return;
                        }
                    }
                }
            }
        }
    }

    /// Records an error and takes the unfinished document out of the tree.
    fn fail(&mut self, error: SyntaxError) {
        if self
            .tree
            .documents
            .last()
            .is_none_or(|document| document.failed)
        {
            self.tree.documents.push(DocumentSlot {
                root: None,
                start: error.span.start,
                failed: true,
            });
        }
        if let Some(document) = self.tree.documents.last_mut() {
            if let Some(root) = document.root.take() {
                self.tree.slots.truncate(root as usize);
            }
            document.failed = true;
        }
        self.open.clear();
        self.anchors.clear();
        self.tree.errors.push(error);
    }

    fn event(&mut self, event: Event<'t>, span: EventSpan) -> Result<(), Stop> {
        let place = self.place(&span);
        match event {
            Event::Comment(..) => self.comment(place),
            Event::DocumentStart(..) => return self.document(place),
            Event::Scalar(value, style, anchor, tag) => {
                self.scalar(&value, style, anchor, tag.as_deref(), place)
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.collection(Shape::Sequence, style, anchor, tag.as_deref(), place)
            }
            Event::MappingStart(style, anchor, tag) => {
                self.collection(Shape::Mapping, style, anchor, tag.as_deref(), place)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(place),
            Event::Alias(anchor) => return self.alias(anchor, place),
            _ => {}
        }
        Ok(())
    }

    fn document(&mut self, place: Span) -> Result<(), Stop> {
        if self.tree.documents.len() >= self.limits.documents {
            let message = format!(
                "more than {} documents in one file; the rest is not read",
                self.limits.documents
            );
            return Err(Stop::File(limit_error(place, message)));
        }
        self.anchors.clear();
        self.open.clear();
        self.alias_nodes = 0;
        self.tree.documents.push(DocumentSlot {
            root: None,
            start: place.start,
            failed: false,
        });
        Ok(())
    }

    fn comment(&mut self, place: Span) {
        let line_start = self.text[..place.start as usize]
            .rfind('\n')
            .map_or(0, |at| at + 1);
        let before = &self.text[line_start..place.start as usize];
        let own_line = before
            .trim_start_matches('\u{feff}')
            .bytes()
            .all(|byte| byte == b' ' || byte == b'\t');
        self.tree.comments.push(Comment {
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
    ) {
        let style = match style {
            EventStyle::Plain => ScalarStyle::Plain,
            EventStyle::SingleQuoted => ScalarStyle::SingleQuoted,
            EventStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
            EventStyle::Literal => ScalarStyle::Literal,
            EventStyle::Folded => ScalarStyle::Folded,
        };
        let raw = &self.text[place.range()];
        let quotes = u32::from(matches!(
            style,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted
        ));
        let inner = raw.get(quotes as usize..raw.len().saturating_sub(quotes as usize));
        let (a, b, special) = if inner == Some(value) {
            (place.start + quotes, place.end - quotes, false)
        } else {
            let a = self.tree.cooked.len() as u32;
            self.tree.cooked.push_str(value);
            (a, self.tree.cooked.len() as u32, true)
        };
        let id = self.push(Slot {
            start: place.start,
            end: place.end,
            a,
            b,
            next: 0,
            shape: Shape::Scalar(style),
            tag: tag_kind(tag),
            special,
        });
        self.tree.slots[id as usize].next = id + 1;
        self.anchor(anchor, id);
    }

    fn collection(
        &mut self,
        shape: Shape,
        style: StructureStyle,
        anchor: usize,
        tag: Option<&Tag>,
        place: Span,
    ) {
        let slot = self.push(Slot {
            start: place.start,
            end: place.end,
            a: 0,
            b: 0,
            next: 0,
            shape,
            tag: tag_kind(tag),
            special: false,
        });
        if anchor != 0 {
            self.anchors.insert(
                anchor,
                Anchor {
                    slot,
                    complete: false,
                    size: 0,
                },
            );
        }
        self.open.push(Open {
            slot,
            block: style == StructureStyle::Block,
            anchor,
            children: 0,
        });
    }

    fn close(&mut self, place: Span) {
        // The parser closes only what it opened.
        let Some(open) = self.open.pop() else { return };
        let next = self.tree.slots.len() as u32;
        let mapping = self.tree.slots[open.slot as usize].shape == Shape::Mapping;
        // The end event of a block collection stands on a later line; its last node says where it ends.
        let end = if open.block { self.last_end } else { place.end };
        self.last_end = end;
        let slot = &mut self.tree.slots[open.slot as usize];
        slot.end = end.max(slot.start);
        slot.a = if mapping {
            open.children / 2
        } else {
            open.children
        };
        slot.next = next;
        if open.anchor != 0 {
            let anchor = self.anchors.entry(open.anchor).or_insert(Anchor {
                slot: open.slot,
                complete: true,
                size: 0,
            });
            anchor.complete = true;
            anchor.size += u64::from(next - open.slot);
        }
    }

    fn alias(&mut self, anchor: usize, place: Span) -> Result<(), Stop> {
        let Some(target) = self.anchors.get(&anchor) else {
            return Err(Stop::Document(SyntaxError {
                kind: ErrorKind::Syntax,
                message: "an alias of a node in another document".into(),
                span: place,
                related: None,
            }));
        };
        if !target.complete {
            return Err(Stop::Document(SyntaxError {
                kind: ErrorKind::AliasCycle,
                message: "an alias inside the node that it names would never end".into(),
                span: place,
                related: None,
            }));
        }
        let (slot, size) = (target.slot, target.size);
        self.alias_nodes += size;
        if self.alias_nodes > self.limits.alias_nodes {
            let message = format!(
                "the aliases of this document stand for more than {} nodes",
                self.limits.alias_nodes
            );
            return Err(Stop::Document(limit_error(place, message)));
        }
        // What holds this alias grows by what it stands for.
        for open in &self.open {
            if let Some(anchor) = self.anchors.get_mut(&open.anchor) {
                anchor.size += size;
            }
        }
        let id = self.push(Slot {
            start: place.start,
            end: place.end,
            a: slot,
            b: 0,
            next: 0,
            shape: Shape::Alias,
            tag: TagKind::None,
            special: false,
        });
        self.tree.slots[id as usize].next = id + 1;
        Ok(())
    }

    fn push(&mut self, slot: Slot) -> u32 {
        let id = self.tree.slots.len() as u32;
        if !matches!(slot.shape, Shape::Sequence | Shape::Mapping) && slot.end > slot.start {
            self.last_end = slot.end;
        }
        if let Some(open) = self.open.last_mut() {
            open.children += 1;
        } else if let Some(document) = self.tree.documents.last_mut() {
            document.root.get_or_insert(id);
        }
        self.tree.slots.push(slot);
        id
    }

    fn anchor(&mut self, anchor: usize, slot: u32) {
        if anchor != 0 {
            self.anchors.insert(
                anchor,
                Anchor {
                    slot,
                    complete: true,
                    size: 1,
                },
            );
        }
    }

    fn place(&self, span: &EventSpan) -> Span {
        let start = span.start.byte_offset().unwrap_or_default();
        let end = span.end.byte_offset().unwrap_or(start).max(start);
        self.span(start, end)
    }

    fn syntax_error(&self, error: &ScanError) -> SyntaxError {
        let at = error
            .marker()
            .byte_offset()
            .unwrap_or(self.text.len())
            .min(self.text.len());
        let at = self.text.floor_char_boundary(at);
        SyntaxError {
            kind: ErrorKind::Syntax,
            message: error.info().to_owned(),
            span: self.span(at, at),
            related: None,
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span {
            source: self.tree.source,
            start: start as u32,
            end: end as u32,
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

impl Tree {
    /// Finds keys that stand twice, keys that are no scalars, and merge keys, in every mapping.
    fn check_mappings(&mut self) {
        let mut errors = Vec::new();
        let mut merges = Vec::new();
        let mut keys: Vec<(&str, u32)> = Vec::new();
        for (id, slot) in self
            .slots
            .iter()
            .enumerate()
            .filter(|(_, slot)| slot.shape == Shape::Mapping)
        {
            keys.clear();
            let mut children = Children {
                tree: self,
                next: id as u32 + 1,
                end: slot.next,
            };
            while let (Some(key), Some(value)) = (children.next(), children.next()) {
                let Some(text) = key.text().or_else(|| key.style().map(|_| "null")) else {
                    let message =
                        format!("a key must be a scalar; this one is {}", key.kind().name());
                    errors.push(SyntaxError {
                        kind: ErrorKind::ComplexKey,
                        message,
                        span: key.span(),
                        related: None,
                    });
                    continue;
                };
                if is_merge_key(key) {
                    merges.push(id);
                    let good = value.is_mapping()
                        || (value.is_sequence() && value.items().all(crate::Node::is_mapping));
                    if !good {
                        let message = format!(
                            "a merge key needs a map or a list of maps; this is {}",
                            value.kind().name()
                        );
                        errors.push(SyntaxError {
                            kind: ErrorKind::BadMerge,
                            message,
                            span: value.span(),
                            related: None,
                        });
                    }
                }
                keys.push((text, key.id().0));
            }
            if has_duplicate(&keys) {
                errors.extend(self.duplicates(&mut keys));
            }
        }
        for id in merges {
            self.slots[id].special = true;
        }
        self.errors.append(&mut errors);
    }

    fn duplicates<'t>(&self, keys: &mut [(&'t str, u32)]) -> Vec<SyntaxError> {
        keys.sort_unstable();
        let twice = keys.windows(2).filter(|pair| pair[0].0 == pair[1].0);
        twice
            .map(|pair| SyntaxError {
                kind: ErrorKind::DuplicateKey,
                message: format!("the key `{}` stands twice in one map", pair[1].0),
                span: self.node(NodeId(pair[1].1)).span(),
                related: Some((self.node(NodeId(pair[0].1)).span(), "it stands here first")),
            })
            .collect()
    }
}

/// Nearly all mappings are small, where comparing all pairs beats any set.
fn has_duplicate(keys: &[(&str, u32)]) -> bool {
    if keys.len() <= 24 {
        return keys
            .iter()
            .enumerate()
            .any(|(at, key)| keys[..at].iter().any(|other| other.0 == key.0));
    }
    let mut sorted: Vec<&str> = keys.iter().map(|key| key.0).collect();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair[0] == pair[1])
}
