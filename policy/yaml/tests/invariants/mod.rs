//! What every tree holds to, whatever its text. Shared by the property tests and the fuzz targets.

use plimsoll_yaml::{Entry, ErrorKind, Limits, Node, ScalarStyle, SourceId, Span, Tree};

/// Reads a text and asserts all that is promised about its tree.
pub(crate) fn check(text: &str) {
    let tree = Tree::parse(SourceId(7), text, &Limits::default());
    assert_eq!(tree.text(), text);
    for document in tree.documents() {
        assert!(!(document.failed && document.root.is_some()));
        on_boundaries(text, document.start);
        if let Some(root) = document.root {
            assert!(document.start.start <= root.span().start);
            nested(root, false);
            if root.style().is_some() {
                reread(root, false, false);
            }
        }
    }
    blame(&tree);
    assert!(
        tree.comments()
            .is_sorted_by_key(|comment| comment.span.start)
    );
    for comment in tree.comments() {
        on_boundaries(text, comment.span);
        assert!(text[comment.span.range()].starts_with('#'));
    }
    for error in tree.errors() {
        on_boundaries(text, error.span);
        error
            .related
            .iter()
            .for_each(|related| on_boundaries(text, related.0));
        assert!(!error.message.is_empty());
    }
    assert!(tree.errors().is_sorted_by_key(|error| error.span.start));
    // Nothing in a tree may recurse deeper than the limit on depth.
    let _ = format!(
        "{:?}",
        tree.documents()
            .map(|document| document.root)
            .collect::<Vec<_>>()
    );
}

/// A document is left out of the tree if and only if an error stands in it that says why.
fn blame(tree: &Tree) {
    let starts: Vec<u32> = tree
        .documents()
        .map(|document| document.start.start)
        .collect();
    assert!(starts.is_sorted());
    for (index, document) in tree.documents().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(u32::MAX);
        let fatal = tree.errors().iter().any(|error| {
            let within = starts[index] <= error.span.start && error.span.start < end;
            within
                && matches!(
                    error.kind,
                    ErrorKind::Syntax | ErrorKind::AliasCycle | ErrorKind::Limit
                )
        });
        assert_eq!(
            document.failed,
            fatal,
            "document {index} of {:?}",
            tree.text()
        );
    }
}

fn on_boundaries(text: &str, span: Span) {
    assert_eq!(span.source, SourceId(7));
    assert!(text.get(span.range()).is_some(), "{span:?} of {text:?}");
}

/// A look-up by a key gives the first entry of that name, and nothing for a name that no entry has. A key that is nothing
/// has no name.
fn found(node: Node<'_>) {
    let named = node.entries().filter(|entry| entry.key.text().is_some());
    let entries: Vec<_> = named.take(64).collect();
    for entry in &entries {
        let first = entries.iter().find(|other| other.name() == entry.name());
        let ids = |entry: Entry<'_>| (entry.key.id(), entry.value.id());
        assert_eq!(node.entry(entry.name()).map(ids), first.copied().map(ids));
        let value = node.get(entry.name()).map(Node::id);
        assert_eq!(value, first.map(|first| first.value.id()));
        for absent in [format!("{}x", entry.name()), entry.name().replace('a', "b")] {
            let known = node.entries().any(|other| other.name() == absent);
            assert_eq!(
                node.get(&absent).is_some(),
                known,
                "{absent:?} in {:?}",
                node.tree().text()
            );
        }
    }
}

/// Children lie inside their parent, in order, and do not overlap.
fn nested(node: Node<'_>, flow: bool) {
    let text = node.tree().text();
    let span = node.span();
    on_boundaries(text, span);
    found(node);
    let raw = &text[span.range()];
    if node.is_alias() {
        return;
    }
    let children: Vec<Node<'_>> = if node.is_mapping() {
        node.own_entries()
            .flat_map(|entry| [entry.key, entry.value])
            .collect()
    } else {
        node.items().collect()
    };
    // A block collection begins with its first node, or its dash, and one in brackets before it.
    let bracket = raw.starts_with(['[', '{']);
    let first = children.first().map(|child| child.span().start);
    let flow = flow || (bracket && first != Some(span.start));
    let mut at = span.start;
    for (index, child) in children.iter().enumerate() {
        let within = child.span();
        assert!(
            at <= within.start,
            "{within:?} begins before {at} in {text:?}"
        );
        assert!(
            within.end <= span.end,
            "{within:?} ends after {span:?} in {text:?}"
        );
        at = within.end;
        nested(*child, flow);
        if child.style().is_some() && !child.is_alias() {
            reread(*child, flow, node.is_mapping() && index % 2 == 0);
        }
    }
}

/// The text under a scalar, read alone in a place of the same kind, is the same scalar.
fn reread(node: Node<'_>, flow: bool, key: bool) {
    let text = node.tree().text();
    let raw = &text[node.span().range()];
    let one_line = !raw.contains(['\n', '\r']);
    let header = raw.lines().next().unwrap_or_default();
    let block = matches!(
        node.style(),
        Some(ScalarStyle::Literal | ScalarStyle::Folded)
    );
    // A written indentation counts from the parent's; a tag changes what is under it.
    let depends = block && header.contains(|c: char| c.is_ascii_digit());
    // The parser takes a comment behind a tab, inside a plain scalar of several lines, for text; not so at the root.
    let tabbed = !one_line && node.style() == Some(ScalarStyle::Plain) && raw.contains('\t');
    if raw.is_empty() || depends || tabbed || text.contains(['!', '\u{feff}']) {
        return;
    }
    let at_end = block && node.span().end as usize == text.len();
    // After a lone `\r`, which is a line break, `\n` would be none of its own.
    let line_break = if raw.ends_with('\r') { '\r' } else { '\n' };
    let alone = match (flow, key) {
        (true, false) => format!("[ {raw}]"),
        (true, true) => format!("{{ {raw}: }}"),
        (false, true) if one_line && !block => format!(" {raw}: \n"),
        (false, true) if at_end => format!("? {raw}"),
        (false, true) => format!("? {raw}{line_break}"),
        (false, false) if at_end => format!(" {raw}"),
        (false, false) => format!(" {raw}{line_break}"),
    };
    let tree = Tree::parse(SourceId(7), alone.as_str(), &Limits::default());
    let root = tree.documents().next().and_then(|document| document.root);
    let again = match (flow, key) {
        (_, true) => root.and_then(|root| root.own_entries().next().map(|entry| entry.key)),
        (true, false) => root.and_then(|root| root.items().next()),
        _ => root,
    };
    let again =
        again.unwrap_or_else(|| panic!("{raw:?} of {text:?} is no node: {:?}", tree.errors()));
    assert_eq!(again.style(), node.style(), "{raw:?} of {text:?}");
    let (one, other) = (
        format!("{:?}", again.scalar()),
        format!("{:?}", node.scalar()),
    );
    assert_eq!(one, other, "{raw:?} of {text:?}");
}
