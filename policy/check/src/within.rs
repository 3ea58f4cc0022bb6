//! YAML that a field of an object holds as text: rule files in a `ConfigMap`, an Alertmanager's configuration in a Secret.
//!
//! ```text
//! data:
//!   api.rules: |
//!     groups:            ◀── read from the file itself, so that a finding points at the line in it
//!       - name: api
//! ```

use plimsoll_yaml::{Entry, Limits, Node, ScalarStyle, Span, Tree};

use crate::Place;

/// Text of a field, read.
#[derive(Debug)]
pub(crate) struct Text<'s> {
    holder: Entry<'s>,
    tree: Tree,
    /// Where in the file the read text begins; `None` where the value is not written as it reads (escapes, folding).
    begins: Option<u32>,
}

impl<'s> Text<'s> {
    /// Reads a field's value; `None` if it is no text or no YAML.
    pub(crate) fn read(holder: Entry<'s>) -> Option<Self> {
        let value = holder.value.text()?;
        let source = holder.value.tree().source();
        let parse = |text: &str| {
            let tree = Tree::parse(source, text, &Limits::default());
            tree.errors().is_empty().then_some(tree)
        };
        if let Some((begins, written)) = as_written(holder.value)
            && let Some(tree) = parse(written)
        {
            return Some(Self {
                holder,
                tree,
                begins: Some(begins),
            });
        }
        parse(value).map(|tree| Self {
            holder,
            tree,
            begins: None,
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
        match (span, self.begins) {
            (Some(span), Some(begins)) => Span {
                start: span.start + begins,
                end: span.end + begins,
                ..span
            },
            _ => self.holder.key.span(),
        }
    }
}

/// A literal block's lines as they stand in the file, indented, with the place where they begin: after the header.
fn as_written(value: Node<'_>) -> Option<(u32, &str)> {
    if value.style() != Some(ScalarStyle::Literal) {
        return None;
    }
    let file = value.tree().text();
    let span = value.span().range();
    // An alias stands elsewhere than its text.
    let header = file[span.clone()]
        .lines()
        .next()
        .filter(|line| line.starts_with('|'))?;
    let begins =
        span.start + header.len() + file[span.start + header.len()..span.end].find('\n')? + 1;
    Some((begins as u32, &file[begins..span.end]))
}

#[cfg(test)]
mod tests {
    use plimsoll_yaml::SourceId;

    use super::*;

    fn find(yaml: &str) -> Option<String> {
        let tree = Tree::parse(SourceId(0), yaml, &Limits::default());
        let data = tree.documents().next()?.root?.get("data")?;
        let text = Text::read(data.entry("f")?)?;
        let name = text.root()?.get("groups")?.items().next()?.get("name")?;
        Some(yaml[text.span(name).range()].to_owned())
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
}
