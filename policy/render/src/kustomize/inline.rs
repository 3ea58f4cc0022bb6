//! YAML that stands inside a kustomization as text: patches, transformers, generators.
//!
//! It is read from the file itself where it is written as it reads, so that its nodes stand at their lines there.

use plimsoll_yaml::{Limits, Source, SourceId, Sources, Span, Tree};

use crate::{Content, Entry, Fault, Origin, Result, Text, Value};

/// The documents of a text that a value holds.
pub(crate) fn documents<'s>(sources: &'s Sources, holder: &Value<'s>) -> Result<Vec<Value<'s>>> {
    let text = holder.text().unwrap_or_default();
    let here = holder.origin.span;
    let tree = Tree::parse(SourceId(u32::MAX), text, &Limits::default());
    if let Some(error) = tree.errors().first() {
        return Err(Fault::broken(format!("this text is no YAML: {}", error.message)).at(here));
    }
    let places = Places::of(sources, holder, text);
    let roots = tree.documents().filter_map(|document| document.root);
    Ok(roots
        .map(|root| places.moved(&crate::value(root)))
        .collect())
}

/// Where the bytes of a text stand in the file.
struct Places<'s> {
    here: Span,
    source: Option<&'s Source>,
    /// For each line of the text where it begins, and where it stands in the file.
    lines: Vec<(u32, u32)>,
}

impl<'s> Places<'s> {
    fn of(sources: &'s Sources, holder: &Value<'s>, text: &str) -> Self {
        let here = holder.origin.span;
        let source = ((here.source.0 as usize) < sources.len()).then(|| sources.get(here.source));
        let lines = source.and_then(|source| lines(source, here, text));
        Self {
            here,
            source: source.filter(|_| lines.is_some()),
            lines: lines.unwrap_or_default(),
        }
    }

    fn span(&self, inner: Span) -> Span {
        if self.source.is_none() {
            return self.here;
        }
        Span {
            source: self.here.source,
            start: self.at(inner.start),
            end: self.at(inner.end),
        }
    }

    fn at(&self, offset: u32) -> u32 {
        let line = self.lines.partition_point(|(begins, _)| *begins <= offset);
        match line.checked_sub(1).and_then(|line| self.lines.get(line)) {
            Some((begins, stands)) => stands + (offset - begins),
            None => self.here.start,
        }
    }

    /// The value with its places in the file, and texts of its own.
    fn moved(&self, value: &Value<'_>) -> Value<'s> {
        let content = match &value.content {
            Content::Scalar(scalar) => Content::Scalar(crate::Scalar {
                text: own(&scalar.text),
                plain: scalar.plain,
            }),
            Content::List(items) => {
                let items: Vec<_> = items.iter().map(|item| self.moved(item)).collect();
                Content::List(items.into())
            }
            Content::Map(entries) => {
                let entries: Vec<_> = entries.iter().map(|entry| self.entry(entry)).collect();
                Content::Map(entries.into())
            }
        };
        Value {
            content,
            origin: Origin::at(self.span(value.origin.span)),
        }
    }

    fn entry(&self, entry: &Entry<'_>) -> Entry<'s> {
        Entry {
            key: own(&entry.key),
            key_span: self.span(entry.key_span),
            value: self.moved(&entry.value),
        }
    }
}

fn own<'s>(text: &Text<'_>) -> Text<'s> {
    text.to_string().into()
}

/// The lines of a text, each with where it stands in the file; `None` where the text is not written as it reads.
fn lines(source: &Source, here: Span, text: &str) -> Option<Vec<(u32, u32)>> {
    let written = source.tree.text().get(here.range())?;
    // A literal block: a header, and then the lines, indented.
    let skip = if written.starts_with('|') {
        written.find('\n')? + 1
    } else {
        0
    };
    let mut at = here.start as usize + skip;
    let mut rest = &written[skip..];
    let mut begins = 0;
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches('\n');
        let next = rest.split_inclusive('\n').next().unwrap_or_default();
        let bare = next.trim_end_matches('\n').trim_end_matches('\r');
        if !bare.ends_with(content) {
            return None;
        }
        let indent = bare.len() - content.len();
        if !bare[..indent].bytes().all(|byte| byte == b' ') {
            return None;
        }
        found.push((begins, (at + indent) as u32));
        begins += line.len() as u32;
        at += next.len();
        rest = &rest[next.len()..];
    }
    Some(found)
}
