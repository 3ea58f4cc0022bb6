//! From a source's nodes to values.

use std::sync::Arc;

use plimsoll_yaml::{Node, ScalarStyle};

use crate::value::{Content, Entry, Origin, Scalar, Text, Value};

/// The value of a node, aliases and merge keys worked in.
pub fn value(node: Node<'_>) -> Value<'_> {
    let content = if node.is_mapping() {
        let entries = node.entries().map(|entry| Entry {
            key: Text::Source(key_text(entry.key)),
            key_span: entry.key.span(),
            value: value(entry.value),
        });
        Content::Map(Arc::new(entries.collect()))
    } else if node.is_sequence() {
        Content::List(Arc::new(node.items().map(value).collect()))
    } else {
        Content::Scalar(Scalar {
            text: text(node),
            plain: node.style() == Some(ScalarStyle::Plain) && !node.is_tagged_string(),
        })
    };
    Value {
        content,
        origin: Origin::at(node.span()),
    }
}

/// A scalar's text. Kustomize writes a folded text (`>`) and reads it again before it prints it, and so a line that is
/// indented further has a blank line before it then.
fn text(node: Node<'_>) -> Text<'_> {
    let written = node.written();
    let further = || written.contains("\n ") || written.contains("\n\t");
    if node.style() != Some(ScalarStyle::Folded) || written.starts_with([' ', '\t']) || !further() {
        return Text::Source(written);
    }
    let mut text = String::with_capacity(written.len() + 8);
    let mut indented = false;
    let mut lines = written.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        text.push_str(line);
        let blank = line == "\n";
        if !blank {
            indented = line.starts_with([' ', '\t']);
        }
        let next_indented = lines
            .peek()
            .is_some_and(|next| next.starts_with([' ', '\t']));
        if next_indented && !indented {
            text.push('\n');
        }
    }
    text.into()
}

/// A key's text. Kubernetes takes a bare `on` for `true`; kustomize does not, so it is read as it is written.
fn key_text(key: Node<'_>) -> &str {
    let name = key.text().unwrap_or_default();
    if key.style() != Some(ScalarStyle::Plain) {
        return name;
    }
    let written = key.tree().text().get(key.span().range()).unwrap_or(name);
    let bare = |c: char| c.is_ascii_alphabetic();
    if matches!(name, "true" | "false") && written.len() <= 5 && written.chars().all(bare) {
        written
    } else {
        name
    }
}
