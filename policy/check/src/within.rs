//! YAML that a field of an object holds as text: rule files in a `ConfigMap`, an Alertmanager's configuration in a Secret.
//!
//! ```text
//! data:
//!   api.rules: |
//!     groups:            ◀── read from the file itself, so that a finding points at the line in it
//!       - name: api
//! ```

use plimsoll_yaml::{Entry, Limits, Node, SourceId, Sources, Span, Tree};

use crate::Place;

/// Text of a field, read.
#[derive(Debug)]
pub(crate) struct Text<'s> {
    holder: Entry<'s>,
    tree: Tree,
    /// Where its lines stand; `None` where the value is not written as it reads (escapes, folding).
    written: Option<Written>,
}

impl<'s> Text<'s> {
    /// Reads a field's value; `None` if it is no text or no YAML.
    pub(crate) fn read(sources: &Sources, holder: Entry<'s>) -> Option<Self> {
        let value = holder.value.text()?;
        let source = holder.value.span().source;
        let tree = Tree::parse(source, value, &Limits::default());
        let written = Written::find(sources, holder.value, value);
        tree.errors().is_empty().then_some(Self {
            holder,
            tree,
            written,
        })
    }

    /// The first document.
    pub(crate) fn root(&self) -> Option<Node<'_>> {
        self.tree.documents().next()?.root
    }

    /// A place in the text as a place in the object that holds it. `name` tells it from others of the text.
    pub(crate) fn place<'a>(&'a self, place: Place<'a>, name: &'a str) -> Place<'a> {
        let span = self.root().map(|root| place.span(root));
        Place::part(self.holder.value, self.outer(span), name)
    }

    /// A node's span as a span in the file.
    pub(crate) fn span(&self, node: Node<'_>) -> Span {
        self.outer(Some(node.span()))
    }

    fn outer(&self, span: Option<Span>) -> Span {
        match (span, &self.written) {
            (Some(span), Some(written)) => written.outer(span),
            _ => self.holder.key.span(),
        }
    }
}

/// The place of one line of a field's text, from 1, in its file; `None` where it is not written as it reads.
pub(crate) fn line(sources: &Sources, holder: Node<'_>, number: usize) -> Option<Span> {
    let written = Written::find(sources, holder, holder.text()?)?;
    let line = written.lines.get(number.checked_sub(1)?)?;
    Some(Span {
        source: written.source,
        start: line.start,
        end: line.end,
    })
}

/// The lines of a value as they stand in a file.
#[derive(Debug)]
struct Written {
    source: SourceId,
    lines: Vec<Line>,
}

#[derive(Clone, Copy, Debug)]
struct Line {
    /// Where it begins in the value.
    own: u32,
    /// Where its text stands in the file.
    start: u32,
    end: u32,
    /// It reads there as it does in the value: no variable in it was given a value.
    same: bool,
}

impl Written {
    /// The lines of a literal block, or of a file that is a value as a whole. A rendered value may have come far, so the
    /// lines are held against those that it has.
    fn find(sources: &Sources, node: Node<'_>, value: &str) -> Option<Self> {
        let span = node.span();
        // What a deployer made up stands nowhere.
        if span.source.0 as usize >= sources.len() {
            return None;
        }
        let file = sources.get(span.source).tree.text();
        let begins = if span.end == 0 { 0 } else { block(node, file)? };
        let end = if span.end == 0 {
            file.len()
        } else {
            span.range().end
        };
        let mut of_file = file[begins..end].lines();
        let mut lines = Vec::new();
        for line in value.lines() {
            let written = of_file.next()?;
            let start = written.as_ptr() as usize - file.as_ptr() as usize;
            let same = written.ends_with(line);
            let indent = if same {
                written.len() - line.len()
            } else {
                written.len() - written.trim_start().len()
            };
            lines.push(Line {
                own: (line.as_ptr() as usize - value.as_ptr() as usize) as u32,
                start: (start + indent) as u32,
                end: (start + written.trim_end().len().max(indent)) as u32,
                same,
            });
        }
        let rest_is_empty = of_file.all(|line| line.trim().is_empty());
        // Any line ends with an empty one: that says nothing of where it comes from.
        let known = |line: &Line| line.same && line.end > line.start;
        (rest_is_empty && lines.iter().any(known)).then_some(Self {
            source: span.source,
            lines,
        })
    }

    fn outer(&self, span: Span) -> Span {
        let (start, line) = self.place(span.start);
        let (end, last) = self.place(span.end);
        Span {
            source: self.source,
            start: line
                .filter(|line| !line.same)
                .map_or(start, |line| line.start),
            end: last.filter(|line| !line.same).map_or(end, |line| line.end),
        }
    }

    /// A place in the value as one in the file, with its line.
    fn place(&self, at: u32) -> (u32, Option<Line>) {
        let line = self.lines.partition_point(|line| line.own <= at);
        let Some(line) = line.checked_sub(1).map(|line| self.lines[line]) else {
            return (0, None);
        };
        let place = line.start + (at - line.own);
        (place, Some(line))
    }
}

/// Where the first line of a literal block begins: after the header.
fn block(node: Node<'_>, file: &str) -> Option<usize> {
    let written = file.get(node.span().range())?;
    // A rendered value has the style that it is printed in. An alias stands elsewhere than its text.
    if !written.starts_with('|') {
        return None;
    }
    Some(node.span().range().start + written.find('\n')? + 1)
}

#[cfg(test)]
mod tests {
    use plimsoll_yaml::{Builder, ScalarStyle, Source, TrailId};

    use super::*;

    fn sources(text: &str) -> Sources {
        let tree = Tree::parse(SourceId(0), text, &Limits::default());
        Sources::new(vec![Source::new("a.yaml", tree)])
    }

    fn find(yaml: &str) -> Option<String> {
        let sources = sources(yaml);
        let tree = &sources.get(SourceId(0)).tree;
        let data = tree.documents().next()?.root?.get("data")?;
        let text = Text::read(&sources, data.entry("f")?)?;
        let name = text.root()?.get("groups")?.items().next()?.get("name")?;
        Some(yaml[text.span(name).range()].to_owned())
    }

    /// The same of a rendered value that comes from a place in a file.
    fn find_rendered(file: &str, place: std::ops::Range<usize>, value: &str) -> String {
        let sources = sources(file);
        let span = |range: std::ops::Range<usize>| Span {
            source: SourceId(0),
            start: range.start as u32,
            end: range.end as u32,
        };
        let mut builder = Builder::default();
        builder.document();
        builder.mapping(span(0..0), TrailId::EMPTY);
        builder.scalar("f", ScalarStyle::Plain, span(0..1), TrailId::EMPTY);
        builder.scalar(
            value,
            ScalarStyle::DoubleQuoted,
            span(place),
            TrailId::EMPTY,
        );
        builder.close();
        let tree = builder.finish();
        let root = tree.documents().next().unwrap().root.unwrap();
        let text = Text::read(&sources, root.entry("f").unwrap()).unwrap();
        let groups = text.root().unwrap().get("groups").unwrap();
        let name = groups.items().next().unwrap().get("name").unwrap();
        file[text.span(name).range()].to_owned()
    }

    #[test]
    fn a_literal_block_is_read_in_place() {
        assert_eq!(
            find("data:\n  f: |\n    # A comment.\n    groups:\n\n      - name: api\n  g: x\n")
                .as_deref(),
            Some("api")
        );
        assert_eq!(
            find("data:\n  f: |-\n\n    groups:\n    - {name: \"api\"}").as_deref(),
            Some("\"api\"")
        );
        assert_eq!(
            find("data:\r\n  f: |\r\n    groups:\r\n      - name: api\r\n").as_deref(),
            Some("api")
        );
    }

    #[test]
    fn other_styles_point_at_the_key() {
        assert_eq!(
            find("data:\n  f: \"groups: [{name: api}]\"\n").as_deref(),
            Some("f")
        );
        assert_eq!(
            find("data:\n  f: >\n    groups: [{name: api}]\n").as_deref(),
            Some("f")
        );
        assert_eq!(
            find("data:\n  a: &a |\n    groups: [{name: api}]\n  f: *a\n").as_deref(),
            Some("f")
        );
    }

    #[test]
    fn what_is_no_yaml_is_nothing() {
        assert_eq!(find("data:\n  f: |\n    groups: [\n"), None);
        assert_eq!(find("data:\n  f: {}\n"), None);
    }

    #[test]
    fn a_rendered_value_is_read_where_it_comes_from() {
        let file = "data:\n  f: |\n    groups:\n      - name: api\n\n  g: x\n";
        let block = file.find('|').unwrap()..file.find("  g:").unwrap();
        assert_eq!(
            find_rendered(file, block.clone(), "groups:\n  - name: api\n"),
            "api"
        );
        // A variable was given a value in this line.
        let given = file.replace("api", "${name}");
        let block = block.start..block.end + 4;
        assert_eq!(
            find_rendered(&given, block, "groups:\n  - name: api\n"),
            "- name: ${name}"
        );
        let whole = "groups:\n  - name: api\n";
        assert_eq!(find_rendered(whole, 0..0, whole), "api");
    }

    #[test]
    fn a_value_that_is_not_what_stands_there_points_at_its_key() {
        let file = "data:\n  f: |\n    other: text\n";
        let block = file.find('|').unwrap()..file.len();
        assert_eq!(
            find_rendered(file, block.clone(), "groups: [{name: api}]\n"),
            "d"
        );
        assert_eq!(find_rendered(file, block, "groups:\n  - name: api\n"), "d");
        assert_eq!(find_rendered(file, 0..4, "groups: [{name: api}]\n"), "d");
    }
}
