//! What a parser's error means to the person who wrote the file.

use std::ops::Range;

use granit_parser::{ErrorKind as Cause, ScanError};

use crate::span::line_start;
use crate::{ErrorKind, SourceId, Span, SyntaxError};

/// Where an error happened.
pub(crate) struct Scene<'t> {
    pub(crate) source: SourceId,
    pub(crate) text: &'t str,
    /// The document that it is in.
    pub(crate) document: Range<usize>,
    pub(crate) at: usize,
    /// The innermost bracket that is open.
    pub(crate) open: Option<usize>,
}

impl Scene<'_> {
    pub(crate) fn explain(&self, error: &ScanError) -> SyntaxError {
        let error = match error.kind() {
            Cause::TabInPlainScalar
            | Cause::TabNotAllowed
            | Cause::TabInBlockIndentation
            | Cause::TabInIndentation
            | Cause::TabAtBlockScalarStart => self.tab(),
            Cause::MappingValueNotAllowed => self.value_not_allowed(),
            Cause::SimpleKeyExpected | Cause::InvalidSimpleKey => self.no_colon(),
            Cause::UnclosedQuotedScalar | Cause::DocumentIndicatorInQuotedScalar => self
                .say("this quote is not closed")
                .help("close it on the line where the value ends"),
            Cause::UnclosedFlowCollection { open } => self
                .say(&format!("this `{open}` is not closed"))
                .help("close it, or write the value in block style"),
            Cause::MismatchedFlowCollectionEnd { open, close } => {
                self.say(&format!("this `{open}` is closed by `{close}`"))
            }
            Cause::MisplacedFlowCollectionEnd => self.say("this bracket closes nothing"),
            Cause::ExpectedBlockMappingKey
            | Cause::ExpectedBlockSequenceEntry
            | Cause::InvalidIndentation => self.indentation(),
            Cause::ExpectedDocumentStart => self.after_the_end(),
            Cause::UnknownAnchor | Cause::MissingAnchorOrAliasName => self.anchor(),
            Cause::UnexpectedCharacter { character } => self.character(*character),
            Cause::BlockSequenceEntryNotAllowed => self
                .say("a list cannot begin here")
                .help("put the list on lines of its own, under its key"),
            Cause::InvalidTrailingSingleQuotedScalar | Cause::InvalidTrailingDoubleQuotedScalar => {
                self.say("text after the closing quote")
                    .help("put the whole value in quotes")
            }
            Cause::UnknownQuotedScalarEscape => self
                .say("no such escape in double quotes")
                .help("write `\\\\` for a backslash, or use single quotes"),
            Cause::InvalidBlockScalarHeader => self
                .say("text after `|` or `>`")
                .help("begin the text on the next line, indented"),
            Cause::RecursionLimitExceeded => {
                let mut error = self.say("too many collections inside each other");
                error.kind = ErrorKind::Limit;
                error
            }
            _ => self.bracket(error),
        };
        self.template(error)
    }

    fn say(&self, message: &str) -> SyntaxError {
        SyntaxError::new(ErrorKind::Syntax, message, self.point(self.at))
    }

    /// The character at a place; an empty place at the end of the text.
    fn point(&self, at: usize) -> Span {
        let width = self.text[at..].chars().next().map_or(0, char::len_utf8);
        let width = if self.text[at..].starts_with(['\n', '\r']) {
            0
        } else {
            width
        };
        Span {
            source: self.source,
            start: at as u32,
            end: (at + width) as u32,
        }
    }

    fn line(&self, at: usize) -> Range<usize> {
        let start = line_start(self.text, at);
        let end = self.text[at..]
            .find('\n')
            .map_or(self.text.len(), |end| at + end);
        start..end
    }

    fn tab(&self) -> SyntaxError {
        let mut line = self.line(self.at);
        // Before the document's first node a tab does no harm.
        line.start = line.start.max(self.document.start).min(self.at);
        let tab = self.text[line.clone()].find('\t');
        let tab = tab.map(|tab| line.start + tab);
        // Where the line has none, the tab begins the next one.
        let rest = line.end.min(self.document.end)..self.document.end;
        let tab = tab.or_else(|| Some(rest.start + self.text[rest].find('\t')?));
        let mut error = self
            .say("a tab used as indentation")
            .help("indent with spaces");
        error.span = self.point(tab.unwrap_or(self.at));
        error
    }

    fn character(&self, character: char) -> SyntaxError {
        if self.text[self.at..].starts_with(character) && !character.is_control() {
            return self
                .say(&format!("a plain value cannot begin with `{character}`"))
                .help("put the value in quotes");
        }
        // The parser names the start of what the character is in.
        let found = self.text[self.at..].find(character);
        let mut error = self
            .say(&format!(
                "the character U+{:04X} is not allowed in YAML",
                u32::from(character)
            ))
            .help("delete it, or write it as an escape in double quotes");
        error.span = self.point(self.at + found.unwrap_or(0));
        error
    }

    /// A colon where no key can be: twice on a line, or under a value that ended on the line before.
    fn value_not_allowed(&self) -> SyntaxError {
        let line = &self.text[self.line(self.at)];
        let before = &self.text[self.line(self.at).start..self.at];
        if before.contains(": ") {
            return self
                .say("a second `: ` in one value")
                .help("put the value in quotes, or begin the inner map on a line of its own");
        }
        let above = self.text[..self.line(self.at).start].trim_end();
        let above = &above[above.rfind('\n').map_or(0, |at| at + 1)..];
        let indent = |line: &str| line.len() - line.trim_start().len();
        if !above.contains(": ") && above.contains(':') && !above.trim_end().ends_with(':') {
            return self
                .say("a key cannot follow the text above it")
                .help("write a space after the colon on the line above");
        }
        if indent(line) > indent(above) {
            return self
                .say("a key that is indented deeper than the key above it, which has a value already")
                .help("indent both keys alike");
        }
        self.say("a key cannot follow the text above it")
            .help("is a colon missing on the line above?")
    }

    fn no_colon(&self) -> SyntaxError {
        let line = &self.text[self.line(self.at)];
        let error = self.say("a key without its colon");
        match line.split_once(':') {
            Some((_, after)) if !after.starts_with(' ') => {
                error.help("write a space after the colon")
            }
            _ => error
                .help("write `key: value`, or indent the line if it belongs to the value above"),
        }
    }

    fn indentation(&self) -> SyntaxError {
        if let Some(open) = self.open {
            return self.not_closed(open);
        }
        self.say("this line is indented like nothing above it")
            .help("give it the indentation of the keys or dashes that it belongs with")
    }

    /// More text where a document's only node has ended.
    fn after_the_end(&self) -> SyntaxError {
        let document = &self.text[self.document.start..self.at];
        let root = document.trim_start_matches(['-', ' ', '\t', '\r', '\n']);
        if root.starts_with(['{', '[', '"', '\'']) {
            return self
                .say("text after the end of the document")
                .help("delete it, or begin a new document with a line `---`");
        }
        self.indentation()
    }

    fn anchor(&self) -> SyntaxError {
        let word = self.text[self.at..]
            .split_whitespace()
            .next()
            .unwrap_or_default();
        self.say(&format!(
            "no anchor for the alias `{}`",
            word.get(..40).unwrap_or(word)
        ))
        .help("put a value that begins with `*` or `&` in quotes")
    }

    /// Errors inside brackets are nearly always a bracket that is not closed.
    fn bracket(&self, error: &ScanError) -> SyntaxError {
        match (self.open, error.kind()) {
            (
                Some(open),
                Cause::InvalidColonPlacement
                | Cause::ExpectedFlowMappingSeparator
                | Cause::ExpectedFlowSequenceSeparator
                | Cause::UnexpectedEofFlowMapping
                | Cause::UnexpectedEofFlowSequence
                | Cause::UnexpectedEofImplicitFlowMapping
                | Cause::InvalidFlowScalarIndent
                | Cause::ExpectedNodeContent,
            ) => self.not_closed(open),
            _ => self.say(&error.info()),
        }
    }

    fn not_closed(&self, open: usize) -> SyntaxError {
        let bracket = &self.text[open..].chars().next().unwrap_or('[');
        let mut error = self
            .say(&format!("expected a comma or the end of the `{bracket}`"))
            .help("close the bracket, or write the value in block style");
        error.related = Some((self.point(open), "it opens here"));
        error
    }

    /// A Helm template is no YAML before it is rendered, whatever the parser stumbled over.
    fn template(&self, mut error: SyntaxError) -> SyntaxError {
        let document = self.document.clone();
        let here = self.line(self.at);
        let near = self.text[document]
            .lines()
            .any(|line| line.trim_start().starts_with("{{"));
        if near || self.text[here].contains("{{") {
            error.help = Some("this looks like a template; check what it renders to");
        }
        error
    }
}

impl SyntaxError {
    fn help(mut self, help: &'static str) -> Self {
        self.help = Some(help);
        self
    }
}
