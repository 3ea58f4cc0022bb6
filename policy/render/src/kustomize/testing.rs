//! YAML as values and objects, for tests.

use plimsoll_yaml::{Limits, SourceId, Tree};

use super::object::Object;
use super::objects::Objects;
use crate::Value;

fn tree(text: &str) -> &'static Tree {
    let tree = Tree::parse(SourceId(0), text, &Limits::default());
    assert_eq!(tree.errors(), &[], "{text}");
    Box::leak(Box::new(tree))
}

/// The value of a text with one document.
pub(crate) fn value(text: &str) -> Value<'static> {
    let document = tree(text).documents().next();
    crate::value(document.and_then(|document| document.root).unwrap())
}

/// The objects of a text, as if just taken in.
pub(crate) fn objects(text: &str) -> Objects<'static> {
    let roots = tree(text).documents().filter_map(|document| document.root);
    let list = roots.map(|root| {
        let mut object = Object::new(crate::value(root));
        object.remember();
        object
    });
    Objects {
        list: list.collect(),
    }
}

/// The text of a source that a place covers; all test sources are named 0.
pub(crate) fn covered(text: &str, span: plimsoll_yaml::Span) -> &str {
    &text[span.range()]
}
