//! What can be wrong with a text.

use crate::Span;

/// The kinds of errors, so that callers can word their own advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErrorKind {
    /// The text is not YAML. The document is not in the tree; the other documents are.
    Syntax,
    /// A mapping has a key twice. Kubernetes refuses the file; the tree keeps the document, and the first value counts.
    DuplicateKey,
    /// A key is null, a mapping or a sequence, which JSON, and so Kubernetes, cannot hold. The document is kept.
    ComplexKey,
    /// An alias that stands inside the node it names. The document is not in the tree.
    AliasCycle,
    /// A merge key (`<<`) whose value is no mapping, or no sequence of mappings. The document is kept.
    BadMerge,
    /// A limit is passed. The document is not in the tree; for a limit on the file, nothing after it is.
    Limit,
}

/// One error and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Which kind.
    pub kind: ErrorKind,
    /// What is wrong, in a lowercase fragment.
    pub message: String,
    /// Where.
    pub span: Span,
    /// Another place that explains the first (the other key of a pair, say), with what it is.
    pub related: Option<(Span, &'static str)>,
    /// What to do about it.
    pub help: Option<&'static str>,
}

impl SyntaxError {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>, span: Span) -> Self {
        Self {
            kind,
            message: message.into(),
            span,
            related: None,
            help: None,
        }
    }
}
