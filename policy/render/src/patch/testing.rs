//! What the tests of patches share.

use plimsoll_yaml::{Limits, SourceId, Tree};

use crate::value::{Content, Value};

/// The source of objects and that of patches.
pub(super) const OBJECT: SourceId = SourceId(0);
pub(super) const PATCH: SourceId = SourceId(1);

/// The first document of a text. The text stays for good, as sources do while rendering.
pub(super) fn read(source: SourceId, text: &str) -> Value<'static> {
    let tree = Box::leak(Box::new(Tree::parse(source, text, &Limits::default())));
    assert!(tree.errors().is_empty(), "{:?}", tree.errors());
    crate::value(tree.documents().next().unwrap().root.unwrap())
}

/// A value on one line, keys in order, strings in quotes.
pub(super) fn show(value: &Value<'_>) -> String {
    match &value.content {
        Content::Scalar(scalar) if scalar.plain => scalar.text.to_string(),
        Content::Scalar(scalar) => format!("'{}'", &*scalar.text),
        Content::List(items) => format!(
            "[{}]",
            items.iter().map(show).collect::<Vec<_>>().join(", ")
        ),
        Content::Map(entries) => {
            let entry = |(key, value): (&str, String)| format!("{key}: {value}");
            let mut entries: Vec<_> = entries
                .iter()
                .map(|entry| (&*entry.key, show(&entry.value)))
                .collect();
            entries.sort();
            format!(
                "{{{}}}",
                entries
                    .into_iter()
                    .map(entry)
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        }
    }
}

/// The text at the place to change.
pub(super) fn place<'t>(value: &Value<'_>, object: &'t str, patch: &'t str) -> &'t str {
    let span = value.origin.span;
    &[object, patch][span.source.0 as usize][span.range()]
}
