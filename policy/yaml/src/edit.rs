//! Changes to a text, as replacements of byte ranges.

use crate::Span;

/// A replacement. An empty span inserts, an empty text deletes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// Why edits were not applied. Nothing of the text is changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditError {
    /// Two edits replace the same bytes, or one inserts inside what another replaces.
    Overlap(Span, Span),
    /// A range that ends before it begins, passes the end of the text, or cuts a character.
    OutOfPlace(Span),
    /// Two edits name different sources.
    TwoSources(Span, Span),
}

impl std::fmt::Display for EditError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Overlap(a, b) => write!(
                f,
                "two edits overlap: bytes {}..{} and {}..{}",
                a.start, a.end, b.start, b.end
            ),
            Self::OutOfPlace(span) => write!(
                f,
                "an edit's range is no range of characters of the text: bytes {}..{}",
                span.start, span.end
            ),
            Self::TwoSources(..) => f.write_str("edits of two different files"),
        }
    }
}

impl std::error::Error for EditError {}

/// Applies edits, in any order, to the text that their spans are of. Insertions at one place keep the order they are
/// given in, and stand before a replacement that begins there.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    // Stable, so insertions at one place stay in order; and empty ranges come before others at their start.
    sorted.sort_by_key(|edit| (edit.span.start, edit.span.end));
    for edit in &sorted {
        if text.get(edit.span.range()).is_none() {
            return Err(EditError::OutOfPlace(edit.span));
        }
    }
    for pair in sorted.windows(2) {
        let (a, b) = (pair[0].span, pair[1].span);
        if a.source != b.source {
            return Err(EditError::TwoSources(a, b));
        }
        if b.start < a.end {
            return Err(EditError::Overlap(a, b));
        }
    }
    let added: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut result = String::with_capacity(text.len() + added);
    let mut done = 0;
    for edit in sorted {
        result.push_str(&text[done..edit.span.start as usize]);
        result.push_str(&edit.text);
        done = edit.span.end as usize;
    }
    result.push_str(&text[done..]);
    Ok(result)
}
