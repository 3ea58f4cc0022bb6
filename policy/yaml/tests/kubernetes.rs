//! YAML as Kubernetes reads it: types, keys, merges, documents.

use plimsoll_yaml::{
    DecodeError, Entry, ErrorKind, Kind, Limits, LineIndex, Node, Position, Scalar, SourceId, Tree,
    decode,
};

fn tree(text: &str) -> Tree {
    Tree::parse(SourceId(0), text, &Limits::default())
}

fn root(tree: &Tree) -> Node<'_> {
    tree.documents()
        .next()
        .and_then(|document| document.root)
        .expect("a document with a node")
}

/// The roots of all documents, `-` for an empty one and `!` for a broken one.
fn documents(text: &str) -> Vec<String> {
    let show = |document: plimsoll_yaml::Document<'_>| match document.root {
        Some(root) => format!("{root:?}"),
        None => if document.failed { "!" } else { "-" }.to_owned(),
    };
    tree(text).documents().map(show).collect()
}

fn kinds(text: &str) -> Vec<(ErrorKind, String)> {
    let tree = tree(text);
    let under =
        |error: &plimsoll_yaml::SyntaxError| (error.kind, text[error.span.range()].to_owned());
    tree.errors().iter().map(under).collect()
}

#[test]
fn scalars_have_the_types_of_yaml_1_1_without_base_60() {
    let tree = tree(
        "[yes, 'yes', off, 0755, 1:20, 1_000, ~, , 1e3, 2001-01-01, !!str 5, !!int '5', 100m]"
            .replace(", ,", ", null,")
            .as_str(),
    );
    let types: Vec<_> = root(&tree)
        .items()
        .map(|item| format!("{:?}", item.scalar().unwrap()))
        .collect();
    let expected = [
        "Bool(true)",
        "Str(\"yes\")",
        "Bool(false)",
        "Int(493)",
        "Str(\"1:20\")",
        "Int(1000)",
        "Null",
        "Null",
        "Float(1000.0)",
        "Str(\"2001-01-01\")",
        "Str(\"5\")",
        "Int(5)",
        "Str(\"100m\")",
    ];
    assert_eq!(types, expected);
}

#[test]
fn keys_have_the_names_that_json_gives_them() {
    let tree = tree("on: 1\n0x10: 2\n\"off\": 3\n1.50: 4\n");
    let names: Vec<_> = root(&tree).entries().map(Entry::name).collect();
    assert_eq!(names, ["true", "16", "off", "1.5"]);
    assert_eq!(root(&tree).get("true").and_then(Node::int), Some(1));
}

#[test]
fn a_key_without_characters_is_found_too() {
    let tree = tree("a: 1\n\"\": {b: 2}\n");
    let empty = root(&tree).get("").expect("it is there");
    assert_eq!(empty.get("b").and_then(Node::int), Some(2));
    assert!(empty.get("").is_none());
}

#[test]
fn a_key_that_stands_twice_is_an_error_at_the_second_that_names_the_first() {
    let text = "a: 1\nb: {c: 1, \"c\": 2}\na: 3\non: 4\ntrue: 5\n";
    let tree = tree(text);
    let found: Vec<_> = tree
        .errors()
        .iter()
        .map(|error| (error.span.start, error.related.unwrap().0.start))
        .collect();
    assert_eq!(found, [(15, 9), (23, 0), (34, 28)]);
    assert!(
        tree.errors()
            .iter()
            .all(|error| error.kind == ErrorKind::DuplicateKey)
    );
    assert_eq!(root(&tree).get("a").and_then(Node::int), Some(1));
}

#[test]
fn keys_that_json_cannot_hold_are_errors_and_the_document_is_kept() {
    assert_eq!(kinds("[a]: 1\n"), [(ErrorKind::ComplexKey, "[a]".into())]);
    assert_eq!(
        kinds("? {a: b}\n: 1\n"),
        [(ErrorKind::ComplexKey, "{a: b}".into())]
    );
    assert_eq!(kinds("~: 1\n"), [(ErrorKind::ComplexKey, "~".into())]);
    assert_eq!(documents("~: 1\nb: 2\n").len(), 1);
}

#[test]
fn merges_keep_own_keys_first_and_earlier_maps_over_later() {
    let text = "\
x: &x {a: 1, b: 1, c: 1}
y: &y {b: 2, c: 2, d: 2}
one: {c: 0, <<: *x}
list: {<<: [*x, *y], d: 0}
inline: {<<: {a: 9}, b: 8}
nested: &n {<<: *x, a: 5}
deep: {<<: *n}
";
    let tree = tree(text);
    let show = |key| format!("{:?}", root(&tree).get(key).unwrap());
    let int = |value: i64| format!("Some(Int({value}))");
    let map = |pairs: &[(&str, i64)]| {
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(key, value)| format!("Some(Str(\"{key}\")): {}", int(*value)))
            .collect();
        format!("{{{}}}", pairs.join(", "))
    };
    assert_eq!(show("one"), map(&[("c", 0), ("a", 1), ("b", 1)]));
    assert_eq!(show("list"), map(&[("d", 0), ("a", 1), ("b", 1), ("c", 1)]));
    assert_eq!(show("list").matches("\"d\"").count(), 1);
    assert_eq!(show("inline"), map(&[("b", 8), ("a", 9)]));
    assert_eq!(show("deep"), map(&[("a", 5), ("b", 1), ("c", 1)]));
    assert_eq!(root(&tree).at(&["one", "c"]).and_then(Node::int), Some(0));
    assert!(tree.errors().is_empty());
    assert_eq!(kinds("a: {<<: 1}\n"), [(ErrorKind::BadMerge, "1".into())]);
    assert_eq!(
        kinds("a: {<<: [1]}\n"),
        [(ErrorKind::BadMerge, "[1]".into())]
    );
    assert_eq!(kinds("a: {\"<<\": 1}\n"), []);
}

#[test]
fn an_alias_gives_the_content_of_its_anchor_and_keeps_its_own_place() {
    let text = "a: &x {k: v}\nb: *x\n";
    let tree = tree(text);
    let alias = root(&tree).get("b").unwrap();
    assert_eq!(alias.get("k").and_then(Node::str), Some("v"));
    assert_eq!(&text[alias.span().range()], "*x");
    assert!(alias.is_alias());
}

#[test]
fn after_a_broken_document_the_others_are_read() {
    let one = r#"{Some(Str("a")): Some(Int(1))}"#;
    assert_eq!(documents("a: [\n---\na: 1\n"), ["!", one]);
    assert_eq!(documents("a: 1\n---\nb: [\n"), [one, "!"]);
    assert_eq!(
        documents("a: 1\n---\nb: [\n---\n\tc\n: {\n--- # d\n\"\n---\na: 1\n"),
        [one, "!", "!", "!", one]
    );
    assert_eq!(
        documents("a: |\n  x\n---\na: 1\n"),
        [r#"{Some(Str("a")): Some(Str("x\n"))}"#, one]
    );
    assert_eq!(documents("a: |\n  x\n y\n---\na: 1\n"), ["!", one]);
    assert_eq!(documents("a: \"x\n---\na: 1\n"), ["!", one]);
    assert_eq!(documents("a: *x\n---\na: 1\n"), ["!", one]);
    assert_eq!(documents("a: &x [*x]\n---\na: 1\n"), ["!", one]);
    assert_eq!(documents("  a: 1\nb: 2\n---\na: 1\n"), ["!", one]);
    assert_eq!(documents("%BAD\na: 1\n---\na: 1\n"), ["!", one]);
    assert_eq!(documents("a: @\r\n---\r\na: 1\r\n"), ["!", one]);
}

#[test]
fn each_broken_document_has_one_error() {
    let text = "a: [\n---\nb: {\n---\n\"\n---\n- *x\n";
    let tree = tree(text);
    let starts: Vec<_> = tree
        .documents()
        .map(|document| document.start.start)
        .collect();
    assert_eq!(starts, [0, 5, 14, 20]);
    assert_eq!(tree.errors().len(), 4);
}

#[test]
fn empty_documents_are_documents_without_a_node() {
    assert_eq!(documents(""), [""; 0]);
    assert_eq!(documents("# a\n"), [""; 0]);
    assert_eq!(documents("---\n# a\n---\n"), ["-", "-"]);
    assert_eq!(documents("--- ~\n"), ["Some(Null)"]);
}

#[test]
fn json_is_read_too() {
    let text = "{\n\t\"a\":1, \"b\": [true, null, \"\\ud83d\\ude00\\/\"],\n\t\"c\": {}\n}";
    let tree = tree(text);
    assert_eq!(tree.errors(), []);
    assert_eq!(root(&tree).get("a").and_then(Node::int), Some(1));
    let items: Vec<_> = root(&tree)
        .get("b")
        .unwrap()
        .items()
        .map(Node::kind)
        .collect();
    assert_eq!(items, [Kind::Bool, Kind::Null, Kind::Str]);
    assert_eq!(
        root(&tree)
            .get("b")
            .unwrap()
            .items()
            .last()
            .and_then(Node::str),
        Some("😀/")
    );
}

#[test]
fn limits_are_errors_of_their_own_and_nothing_overflows() {
    let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert_eq!(tree(&deep(200)).errors(), []);
    let block: Vec<_> = (0..200).map(|depth| " ".repeat(depth) + "a:\n").collect();
    assert_eq!(tree(&block.concat()).errors(), []);
    for text in [
        deep(100_000),
        "- ".repeat(50_000),
        "[".repeat(100_000),
        "{a: ".repeat(10_000),
    ] {
        let tree = tree(&text);
        assert_eq!(tree.errors().len(), 1);
        assert!(matches!(
            tree.errors()[0].kind,
            ErrorKind::Limit | ErrorKind::Syntax
        ));
    }
    let small = Limits {
        bytes: 3,
        ..Limits::default()
    };
    let refused = Tree::parse(SourceId(0), "a: 1\n", &small);
    assert_eq!(
        (refused.errors()[0].kind, refused.documents().len()),
        (ErrorKind::Limit, 0)
    );
    let few = Limits {
        documents: 2,
        ..Limits::default()
    };
    let cut = Tree::parse(SourceId(0), "a: 1\n---\nb: 2\n---\nc: 3\n---\nd: 4\n", &few);
    assert_eq!(cut.errors()[0].kind, ErrorKind::Limit);
    assert_eq!(
        cut.documents()
            .filter(|document| document.root.is_some())
            .count(),
        2
    );
}

#[test]
fn aliases_cannot_blow_up_in_number_or_in_depth() {
    let level = |level: usize| format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1);
    let bomb = "a0: &a0 [x, x]\n".to_owned() + &(1..60).map(level).collect::<Vec<_>>().concat();
    assert_eq!(tree(&bomb).errors()[0].kind, ErrorKind::Limit);
    let level = |level: usize| format!("a{level}: &a{level} [*a{}]\n", level - 1);
    let tower = "a0: &a0 [x]\n".to_owned() + &(1..400).map(level).collect::<Vec<_>>().concat();
    let tower = tree(&tower);
    assert_eq!(tower.errors().len(), 1);
    assert_eq!(tower.errors()[0].kind, ErrorKind::Limit);
    assert_eq!(
        kinds("a: &x {b: *x}\n"),
        [(ErrorKind::AliasCycle, "*x".into())]
    );
}

#[test]
fn bytes_that_are_no_text_are_refused_with_the_place() {
    assert_eq!(decode(b"a: \xff".to_vec()), Err(DecodeError::NotUtf8(3)));
    assert_eq!(decode(b"a\0b".to_vec()), Err(DecodeError::Binary(1)));
    assert_eq!(decode(b"\xff\xfea\0".to_vec()), Err(DecodeError::Utf16));
    assert_eq!(
        decode(b"\x7fELF\0\xff".to_vec()),
        Err(DecodeError::Binary(4))
    );
    assert_eq!(decode("é".into()), Ok("é".into()));
}

#[test]
fn positions_count_characters_and_no_byte_order_mark() {
    let text = "\u{feff}é: 1\r\nb: é x\r\n";
    let tree = tree(text);
    let lines = LineIndex::new(text);
    let place = |node: Node<'_>| lines.position(text, node.span().start);
    let entries: Vec<_> = root(&tree).entries().collect();
    assert_eq!(entries[0].name(), "é");
    assert_eq!(place(entries[0].key), Position { line: 1, column: 1 });
    assert_eq!(place(entries[0].value), Position { line: 1, column: 4 });
    assert_eq!(place(entries[1].value), Position { line: 2, column: 4 });
    assert_eq!(entries[1].value.scalar(), Some(Scalar::Str("é x")));
    let end = lines.position(text, entries[1].value.span().end);
    assert_eq!(end, Position { line: 2, column: 7 });
}
