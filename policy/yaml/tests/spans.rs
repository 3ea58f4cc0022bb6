//! The place of every node, in both readers.

use plimsoll_yaml::{Limits, Node, SourceId, Tree};

/// The text under each node, in document order.
fn under(text: &str) -> Vec<String> {
    fn walk(node: Node<'_>, out: &mut Vec<String>) {
        out.push(node.tree().text()[node.span().range()].to_owned());
        if node.is_alias() {
            return;
        }
        for entry in node.own_entries() {
            walk(entry.key, out);
            walk(entry.value, out);
        }
        node.items().for_each(|item| walk(item, out));
    }
    let read = |tree: &Tree| {
        let mut out = Vec::new();
        for root in tree.documents().filter_map(|document| document.root) {
            walk(root, &mut out);
        }
        out
    };
    let fast = read(&Tree::parse(SourceId(0), text, &Limits::default()));
    let full = read(&Tree::parse_events(SourceId(0), text, &Limits::default()));
    assert_eq!(fast, full);
    fast
}

/// Where the one empty place is.
fn empty_place(text: &str) -> u32 {
    let tree = Tree::parse(SourceId(0), text, &Limits::default());
    let full = Tree::parse_events(SourceId(0), text, &Limits::default());
    assert_eq!(tree.difference(&full), None);
    let root = tree.documents().next().and_then(|document| document.root);
    let root = root.expect("a document with a node");
    let value = root
        .entries()
        .next()
        .map(|entry| entry.value)
        .or_else(|| root.items().next());
    let span = value.expect("a value").span();
    assert_eq!(span.start, span.end);
    span.start
}

#[test]
fn a_block_scalar_goes_from_its_header_to_the_end_of_its_last_line() {
    assert_eq!(under("a: |\n  x\n  y\n\nb: 1\n")[2], "|\n  x\n  y");
    assert_eq!(under("a: >-\n\n  x\n\n\n")[2], ">-\n\n  x");
    assert_eq!(under("- | # c\n  x\n # d\n")[1], "| # c\n  x");
    assert_eq!(under("a: |2-\n   x\n")[2], "|2-\n   x");
    assert_eq!(under("a: &x !t |\n  x")[2], "|\n  x");
    assert_eq!(
        under("a: |\r\n  x\r\n  y\r\nb: 1\r\n")[2],
        "|\r\n  x\r\n  y"
    );
    assert_eq!(under("a: |+\n  x\n\nb: 1\n")[2], "|+\n  x\n");
    assert_eq!(under("a: |\n\n"), ["a: |", "a", "|"]);
    assert_eq!(under("--- |\n  # no comment\n"), ["|\n  # no comment"]);
}

#[test]
fn a_block_collection_goes_from_its_first_key_or_dash_to_the_end_of_its_last_node() {
    assert_eq!(under("k:\n- a\n- b\n\n# c\n")[2], "- a\n- b");
    assert_eq!(under("k:\n  - - a\n    - b\n")[3], "- a\n    - b");
    assert_eq!(under("- a: 1\n  b: 2\n- c\n")[1], "a: 1\n  b: 2");
    assert_eq!(under("k:\n-\n  a\n")[2], "-\n  a");
    assert_eq!(under("a:\n  b:\nc: 1\n")[2], "b:");
    assert_eq!(under("k: &x\n  a: 1\n")[2], "a: 1");
    // A byte order mark takes no column: dashes under their key are found.
    assert_eq!(under("\u{feff}k:\n-\n-b: 1\n")[2], "-");
    assert_eq!(under("\u{feff}k:\n- a\n- b\n")[2], "- a\n- b");
}

#[test]
fn a_flow_collection_has_its_brackets_and_a_quoted_scalar_its_quotes() {
    assert_eq!(
        under("a: {b: [c, 'd'], e: \"f\\n\"} # g\n")[2..],
        [
            "{b: [c, 'd'], e: \"f\\n\"}",
            "b",
            "[c, 'd']",
            "c",
            "'d'",
            "e",
            "\"f\\n\""
        ]
    );
    assert_eq!(under("a: [b,\n  c]\n")[2], "[b,\n  c]");
    assert_eq!(
        under("a: \"b\n  c\"\nd: e\n  f\n")[2..],
        ["\"b\n  c\"", "d", "e\n  f"]
    );
}

#[test]
fn a_value_that_is_not_there_has_an_empty_place_after_its_colon_or_dash() {
    assert_eq!(empty_place("a:\nb: 1\n"), 2);
    assert_eq!(empty_place("a:   # c\n"), 2);
    assert_eq!(empty_place("\"a\" :\n"), 5);
    assert_eq!(empty_place("-\n- b\n"), 1);
    assert_eq!(empty_place("-  # c\n- b\n"), 1);
    assert_eq!(empty_place("{a: }\n"), 3);
    assert_eq!(empty_place("a: &x\n"), 5);
}

#[test]
fn comments_are_all_there_and_know_if_they_stand_alone() {
    let text = "# a\n---\nb: |  # c\n  # d\n  # e\n # f\ng: \"# h\" # i\nj: k#l\nm: [ # n\n  o]\n";
    let tree = Tree::parse(SourceId(0), text, &Limits::default());
    let comments: Vec<_> = tree
        .comments()
        .iter()
        .map(|comment| (&text[comment.span.range()], comment.own_line))
        .collect();
    assert_eq!(
        comments,
        [
            ("# a", true),
            ("# c", false),
            ("# f", true),
            ("# i", false),
            ("# n", false)
        ]
    );
}
