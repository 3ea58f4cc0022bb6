use super::{documents, parsed, printed};
use crate::emit::emit_all;
use crate::value::{Content, Value};
use std::sync::Arc;

/// Printed by `kubectl kustomize`: all layouts, keys, folded lines.
const PRINTED: &str = include_str!("kubectl.yaml");

/// Turns the order of all entries around, so that they have to be sorted.
fn turn(value: &mut Value<'_>) {
    match &mut value.content {
        Content::Scalar(_) => {}
        Content::List(items) => Arc::make_mut(items).iter_mut().for_each(turn),
        Content::Map(entries) => {
            let entries = Arc::make_mut(entries);
            entries.reverse();
            for entry in entries {
                turn(&mut entry.value);
            }
        }
    }
}

#[test]
fn what_kubectl_printed_is_printed_the_same() {
    let tree = parsed(PRINTED);
    let mut values = documents(&tree);
    values.iter_mut().for_each(turn);
    let mut out = String::new();
    emit_all(&mut out, &values);
    assert_eq!(out, PRINTED);
}

#[test]
fn scalars_are_printed_by_their_type() {
    for (written, expected) in [
        ("0755", "493"),
        ("0x1F", "31"),
        ("1_000", "1000"),
        ("1e3", "1000"),
        ("1.0", "1"),
        ("1e20", "1e+20"),
        ("-0.0", "0"),
        ("12345678.5", "1.23456785e+07"),
        ("18446744073709551615", "18446744073709551615"),
        ("18446744073709551616", "1.8446744073709552e+19"),
        ("-9223372036854775809", "-9.223372036854776e+18"),
        ("9223372036854775808.0", "9223372036854776000"),
        ("1e999", "1e999"),
        ("yes", "\"yes\""),
        ("True", "true"),
        ("~", "null"),
        ("2001-01-01", "\"2001-01-01T00:00:00Z\""),
        ("1:20", "\"1:20\""),
        ("!!str 1", "\"1\""),
        (".inf", ".inf"),
        ("\"\\x7F\\N\"", "\"\\x7F\\N\""),
    ] {
        let text = format!("a: {written}");
        let tree = parsed(&text);
        let value = &documents(&tree)[0];
        assert_eq!(printed(value), format!("a: {expected}\n"), "{written}");
    }
}

#[test]
fn a_document_may_be_anything() {
    for text in [
        "{}\n",
        "[]\n",
        "null\n",
        "text\n",
        "- 1\n- - 2\n",
        "|\n  a\n  b\n",
    ] {
        let tree = parsed(text);
        assert_eq!(printed(&documents(&tree)[0]), text);
    }
}
