//! What a tired person is told.

use plimsoll_yaml::{Limits, SourceId, Tree};

/// The first error: the text it points to, its message, its help.
fn told(text: &str) -> (String, String, &'static str) {
    let tree = Tree::parse(SourceId(0), text, &Limits::default());
    let error = &tree.errors()[0];
    let under = text[error.span.range()].to_owned();
    (under, error.message.clone(), error.help.unwrap_or_default())
}

fn says(text: &str, under: &str, message: &str, help: &str) {
    let told = told(text);
    assert_eq!(
        (told.0.as_str(), told.1.as_str(), told.2),
        (under, message, help),
        "{text:?}"
    );
}

#[test]
fn tabs_are_pointed_at() {
    for text in ["a:\n\tb: 1\n", "a: 1\n\tb: 2\n", "a:\n  b: 1\n\tc: 2\n"] {
        says(
            text,
            "\t",
            "a tab used as indentation",
            "indent with spaces",
        );
    }
}

#[test]
fn what_is_not_closed_is_pointed_at_where_it_opens() {
    says(
        "a: \"b\nc: 1\n",
        "\"",
        "this quote is not closed",
        "close it on the line where the value ends",
    );
    says(
        "a: 'b\n---\nc: 1\n",
        "'",
        "this quote is not closed",
        "close it on the line where the value ends",
    );
    says(
        "a: {b: 1\n",
        "{",
        "this `{` is not closed",
        "close it, or write the value in block style",
    );
    says("a: [1, 2}\n", "[", "this `[` is closed by `}`", "");
    let text = "a: [1, 2\nb: 1\n";
    let tree = Tree::parse(SourceId(0), text, &Limits::default());
    let (place, what) = tree.errors()[0].related.unwrap();
    assert_eq!((&text[place.range()], what), ("[", "it opens here"));
}

#[test]
fn colons_and_indentation_are_explained() {
    let follow = "a key cannot follow the text above it";
    says(
        "a:b\nc: 1\n",
        ":",
        follow,
        "write a space after the colon on the line above",
    );
    says(
        "a\nc: 1\n",
        ":",
        follow,
        "is a colon missing on the line above?",
    );
    let inner = "put the value in quotes, or begin the inner map on a line of its own";
    says("a: b: c\n", ":", "a second `: ` in one value", inner);
    let deeper = "a key that is indented deeper than the key above it, which has a value already";
    says("a: 1\n  b: 2\n", ":", deeper, "indent both keys alike");
    let belongs = "give it the indentation of the keys or dashes that it belongs with";
    says(
        "a:\n  b: 1\n c: 2\n",
        "c",
        "this line is indented like nothing above it",
        belongs,
    );
    says(
        "a: 1\nb c\nd: 1\n",
        "b",
        "a key without its colon",
        "write `key: value`, or indent the line if it belongs to the value above",
    );
}

#[test]
fn text_after_the_end_is_no_matter_of_indentation() {
    let help = "delete it, or begin a new document with a line `---`";
    says(
        "{\"a\": 1}, 2\n",
        ",",
        "text after the end of the document",
        help,
    );
}

#[test]
fn values_that_need_quotes_are_told_so() {
    says(
        "a: *.example.com\n",
        "*",
        "no anchor for the alias `*.example.com`",
        "put a value that begins with `*` or `&` in quotes",
    );
    let forbidden = "the character U+0081 is not allowed in YAML";
    says(
        "a: x\u{81}\n",
        "\u{81}",
        forbidden,
        "delete it, or write it as an escape in double quotes",
    );
    says(
        "a: @b\n",
        "@",
        "a plain value cannot begin with `@`",
        "put the value in quotes",
    );
    says(
        "a: \"b\" c\n",
        "c",
        "text after the closing quote",
        "put the whole value in quotes",
    );
    says(
        "a: \"\\d\"\n",
        "\"",
        "no such escape in double quotes",
        "write `\\\\` for a backslash, or use single quotes",
    );
}

#[test]
fn templates_are_recognised() {
    let help = "this looks like a template; check what it renders to";
    for text in [
        "{{ if x }}\na: 1\n{{ end }}\n",
        "a: {{ .Values.b }}\n",
        "{{- x }}\nb: 2\n",
        "a:\n  {{- toYaml . }}\n",
        "{{ x }}: 1\n",
    ] {
        assert_eq!(told(text).2, help, "{text:?}");
    }
    assert_ne!(told("a: \"{{ x }}\"\nb: [\n").2, help);
}
