use super::{map, origin, printed};
use crate::scalar::{Json, json};
use crate::value::{Content, Value};
use plimsoll_yaml::{Limits, Node, Scalar, SourceId, Tree};
use proptest::prelude::*;

const PIECES: &[&str] = &[
    "a",
    "b c",
    "yes",
    "null",
    "1",
    "0",
    ".",
    "-",
    "- ",
    "?",
    "? ",
    ":",
    ": ",
    " #",
    ",",
    "[",
    "}",
    "&",
    "*",
    "!",
    "|",
    ">",
    "'",
    "\"",
    "%",
    "@",
    "`",
    "\t",
    "\n",
    "\n\n",
    " ",
    "  ",
    "\r",
    "é",
    "\u{1f600}",
    "\u{feff}",
    "\u{85}",
    "\u{7f}",
    "\0",
    "\\",
    "=",
    "<<",
    "~",
    "2001-01-01",
    "1:20",
    "word ",
    "a longer text with more words ",
    "---",
    "...",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES);
    let soup = prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat());
    // The printer writes these two as they are, since they end a line in YAML 1.1; they do not here.
    let any = any::<String>().prop_map(|text| text.replace(['\u{2028}', '\u{2029}'], ""));
    prop_oneof![4 => soup, 1 => any]
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        "[-+]?[0-9]{1,22}(\\.[0-9]{1,3})?(e[-+]?[0-9]{1,2})?",
        "0x[0-9a-f]{1,8}",
        Just("true".to_owned()),
        Just(String::new()),
    ]
}

fn value() -> impl Strategy<Value = Value<'static>> {
    let leaf = prop_oneof![
        3 => text().prop_map(|text| Value::string(text, origin())),
        1 => number().prop_map(|text| Value::plain(text, origin())),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..5);
        let entries = prop::collection::btree_map(text(), inner, 0..5);
        prop_oneof![
            list.prop_map(|items| Value::list(items, origin())),
            entries.prop_map(|entries| {
                let mut map = map([]);
                for (key, value) in entries {
                    map.set(key, value);
                }
                map
            }),
        ]
    })
}

fn is_same(value: &Value<'_>, node: Node<'_>) -> bool {
    match &value.content {
        Content::Scalar(scalar) => is_same_scalar(&json(scalar), node),
        Content::List(items) => {
            node.is_sequence()
                && node.items().count() == items.len()
                && items.iter().zip(node.items()).all(|(a, b)| is_same(a, b))
        }
        Content::Map(entries) => {
            let same = |key: &str, value| node.get(key).is_some_and(|node| is_same(value, node));
            node.is_mapping()
                && node.entries().count() == entries.len()
                && entries.iter().all(|entry| same(&entry.key, &entry.value))
        }
    }
}

#[expect(
    clippy::float_cmp,
    reason = "what is read back is the same to the last bit"
)]
#[expect(clippy::cast_precision_loss, reason = "both sides lose the same")]
fn is_same_scalar(json: &Json<'_>, node: Node<'_>) -> bool {
    match (json, node.scalar()) {
        (Json::Null, Some(Scalar::Null)) => true,
        (Json::Bool(a), Some(Scalar::Bool(b))) => *a == b,
        (Json::Int(a), Some(Scalar::Int(b))) => *a == i128::from(b),
        (Json::Int(a), Some(Scalar::Float(b))) => *a as f64 == b,
        (Json::Float(a), Some(Scalar::Int(b))) => *a == b as f64,
        (Json::Float(a), Some(Scalar::Float(b))) => *a == b,
        (Json::Str(a), Some(Scalar::Str(b))) => *a == b,
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_is_read_back(value in value()) {
        let text = printed(&value);
        let tree = Tree::parse(SourceId(0), text.clone(), &Limits::default());
        prop_assert!(tree.errors().is_empty(), "{:?}\n{text}", tree.errors());
        let root = tree.documents().next().and_then(|document| document.root);
        prop_assert!(root.is_some_and(|root| is_same(&value, root)), "{text}");
    }
}
