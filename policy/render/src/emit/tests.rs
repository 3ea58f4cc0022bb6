//! Printed is what `kubectl kustomize` prints, and what is printed is read back as it was.

mod comments;
mod layout;
mod properties;
mod strings;

use plimsoll_yaml::{Limits, SourceId, Span, Tree};

use super::emit;
use crate::value::{Entry, Origin, Value};

fn origin() -> Origin {
    Origin::at(Span {
        source: SourceId(0),
        start: 0,
        end: 0,
    })
}

fn printed(value: &Value<'_>) -> String {
    let mut out = String::new();
    emit(&mut out, value);
    out
}

fn map<'s>(entries: impl IntoIterator<Item = (&'s str, Value<'s>)>) -> Value<'s> {
    let mut map = Value::map(origin());
    let into = map.entries_mut().expect("it is a map");
    into.extend(entries.into_iter().map(|(key, value)| Entry {
        key: key.into(),
        key_span: origin().span,
        value,
    }));
    map
}

fn parsed(text: &str) -> Tree {
    let tree = Tree::parse(SourceId(0), text, &Limits::default());
    assert!(tree.errors().is_empty(), "{:?}\n{text}", tree.errors());
    tree
}

fn documents(tree: &Tree) -> Vec<Value<'_>> {
    let roots = tree.documents().filter_map(|document| document.root);
    roots.map(crate::read::value).collect()
}
