//! What `kubectl kustomize` prints (v1.32, kustomize v5.5.0), for every kind of text that needs care.

/// Printed as they are.
const PLAIN: &[&str] = &[
    "text",
    "two words",
    "a:b",
    "a :b",
    "a#b",
    "-a",
    "?a",
    ":a",
    "it's",
    "a'",
    "a\\b",
    "yEs",
    "<<",
    "=",
    "+.nan",
    "1e999",
    "1.2.3",
    "100m",
    "0xFFFFFFFFFFFFFFFFFFFF",
    "1:60",
    "2001-13-01",
    "é",
    "日本",
    "\u{a0}",
    "\u{e000}",
    "\u{fffd}",
];

/// Printed between single quotes.
const SINGLE: &[&str] = &[
    "a: b", "a #b", " a", "a ", "- a", "-", "--- a", "...", "? a", "?", ": a", ":", ",a", "[a",
    "]", "{a", "}", "#a", "&a", "*a", "!a", "|a", ">a", "\"a\"", "%a", "@a", "`a", "a: \"b\"",
    "a: \\b",
];

/// Printed between double quotes.
const DOUBLE: &[&str] = &[
    "",
    "~",
    "null",
    "Null",
    "true",
    "TRUE",
    "yes",
    "No",
    "on",
    "y",
    "N",
    ".inf",
    "+.inf",
    "-.INF",
    ".nan",
    "0",
    "-1",
    "+1",
    "0755",
    "089",
    "0o17",
    "0x1F",
    "0b101",
    "1_000",
    "1.",
    "1.5",
    ".5",
    "1e3",
    "18446744073709551616",
    "1:20",
    "190:20:30.15",
    "2001-01-01",
    "2001-1-1T1:2:3Z",
    "2001-01-01 10:00:00",
];

/// Texts, and what is printed for them as values in a map at the second level.
const OTHERS: &[(&str, &str)] = &[
    ("\t", "\"\\t\""),
    ("a\tb", "\"a\\tb\""),
    ("'a'", "'''a'''"),
    ("a: 'b'", "'a: ''b'''"),
    ("a\nb", "|-\n    a\n    b"),
    ("a\nb\n", "|\n    a\n    b"),
    ("a\nb\n\n", "|+\n    a\n    b\n"),
    ("\n", "|2+\n"),
    ("\n\n", "|2+\n\n"),
    ("\na", "|2-\n\n    a"),
    (" a\nb", "|2-\n     a\n    b"),
    ("  a\n b\n", "|2\n      a\n     b"),
    ("a \nb", "\"a \\nb\""),
    ("a\nb ", "\"a\\nb \""),
    ("a\n b\n", "|\n    a\n     b"),
    ("a\n\nb\n", "|\n    a\n\n    b"),
    ("a\n\tb", "\"a\\n\\tb\""),
    ("a\r\nb\r\n", "\"a\\r\\nb\\r\\n\""),
    ("a\rb", "\"a\\rb\""),
    ("# a\nb", "|-\n    # a\n    b"),
    ("a\n# b: c\n", "|\n    a\n    # b: c"),
    ("\u{1f600}", "\"\\U0001F600\""),
    ("a \u{1f600}\nb", "\"a \\U0001F600\\nb\""),
    ("\u{a0}\t", "\"\u{a0}\\t\""),
    ("\u{feff}ab \"", "\"\\uFEFF\\x61\\x62\\x20\\\"\""),
    ("a\u{feff}b", "\"a\\uFEFFb\""),
    ("\u{2028}", "'\u{2028}'"),
    ("a\u{2028}b", "'a\u{2028}    b'"),
    ("a \u{2028}b", "\"a \\Lb\""),
    ("a\u{2028}b\nc", "|-\n    a\u{2028}    b\n    c"),
    ("a\tb\u{a0}\u{2028}", "\"a\\tb\u{a0}\\L\""),
    (
        "\u{0}\u{1}\u{7}\u{8}\u{b}\u{c}\u{1b}",
        "\"\\0\\x01\\a\\b\\v\\f\\e\"",
    ),
];

use super::{map, origin, printed};
use crate::value::Value;

fn printed_value(text: &str) -> String {
    let document = map([(
        "data",
        map([("k", Value::string(text.to_owned(), origin()))]),
    )]);
    let out = printed(&document);
    let value = out.strip_prefix("data:\n  k: ").expect("the key is first");
    value
        .strip_suffix('\n')
        .expect("the last line ends")
        .to_owned()
}

#[test]
fn plain_texts() {
    for text in PLAIN {
        assert_eq!(printed_value(text), *text);
    }
}

#[test]
fn single_quoted_texts() {
    for text in SINGLE {
        assert_eq!(printed_value(text), format!("'{text}'"));
    }
}

#[test]
fn double_quoted_texts() {
    for text in DOUBLE {
        assert_eq!(printed_value(text), format!("\"{text}\""));
    }
}

#[test]
fn texts_that_change() {
    for (text, expected) in OTHERS {
        assert_eq!(printed_value(text), *expected);
    }
}
