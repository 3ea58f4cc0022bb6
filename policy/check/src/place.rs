//! Where in an object a finding points.

use plimsoll_yaml::{Entry, Node, Span, Step};

/// A field of an object: one that is there, or one that is missing under one that is there.
#[derive(Clone, Copy, Debug)]
pub struct Place<'s> {
    node: Node<'s>,
    missing: &'s str,
    key: bool,
    part: Option<Span>,
}

impl<'s> Place<'s> {
    /// A value.
    pub fn value(node: Node<'s>) -> Self {
        Self {
            node,
            missing: "",
            key: false,
            part: None,
        }
    }

    /// A key: for maps and lists whose presence is the fault, so that the snippet is one line.
    pub fn key(entry: Entry<'s>) -> Self {
        Self {
            node: entry.value,
            missing: "",
            key: true,
            part: None,
        }
    }

    /// A part of the text that a field holds, by its span, with a name that tells it from the other parts.
    pub(crate) fn part(holder: Node<'s>, part: Span, name: &'s str) -> Self {
        Self {
            node: holder,
            missing: name,
            key: false,
            part: Some(part),
        }
    }

    /// A field that should stand under `node`, as a dotted path: points at the nearest parent that exists.
    ///
    /// `Place::missing(container, "resources.limits.cpu")` points at `limits:`, at `resources:`, or at the container.
    pub fn missing(node: Node<'s>, path: &'s str) -> Self {
        let mut place = Self {
            node,
            missing: path,
            key: true,
            part: None,
        };
        while let Some((first, rest)) = place.missing.split_once('.') {
            match place.node.get(first) {
                Some(child) if child.is_mapping() => {
                    place = Self {
                        node: child,
                        missing: rest,
                        key: true,
                        part: None,
                    }
                }
                _ => break,
            }
        }
        place
    }

    /// The place in the object that `root` is the whole of, from one walk down to it.
    pub(crate) fn locate(&self, root: Node<'s>) -> Located {
        let steps = root.path_to(self.node.id()).unwrap_or_default();
        Located {
            span: self.underlined(steps.last()),
            path: self.path(&steps),
            stable_path: self.stable_path(&steps),
        }
    }

    /// What the snippet underlines.
    pub(crate) fn span(&self, root: Node<'s>) -> Span {
        let steps = root.path_to(self.node.id()).unwrap_or_default();
        self.underlined(steps.last())
    }

    /// A scalar, or the key of a map or a list, or the name of a list's item.
    fn underlined(&self, last: Option<&Step<'s>>) -> Span {
        if let Some(part) = self.part {
            return part;
        }
        let whole = self.node.is_mapping() || self.node.is_sequence();
        if !self.key && !whole {
            return self.node.span();
        }
        match last {
            Some(Step::Key(key)) => key.span(),
            Some(Step::Index(..)) | None => first_line(self.node),
        }
    }

    fn path(&self, steps: &[Step<'s>]) -> String {
        let mut path = String::with_capacity(96);
        for step in steps {
            push_step(&mut path, *step);
        }
        let missing = self.missing.split('.');
        for name in missing.filter(|name| !name.is_empty() && self.part.is_none()) {
            push_name(&mut path, name);
        }
        path
    }

    fn stable_path(&self, steps: &[Step<'s>]) -> String {
        let mut path = String::with_capacity(96);
        for step in steps {
            match step {
                Step::Index(_, item) => match item_name(*item) {
                    Some(name) => {
                        path.push('[');
                        path.push_str(name);
                        path.push(']');
                    }
                    None => push_step(&mut path, *step),
                },
                Step::Key(_) => push_step(&mut path, *step),
            }
        }
        path + "." + self.missing
    }
}

/// What a report says of a place.
pub(crate) struct Located {
    /// What the snippet underlines.
    pub(crate) span: Span,
    /// The field's path: `spec.template.spec.containers[0].resources.limits.cpu`.
    pub(crate) path: String,
    /// The path with list items by their names, which stay when others are put before them.
    pub(crate) stable_path: String,
}

impl<'s> From<Node<'s>> for Place<'s> {
    fn from(node: Node<'s>) -> Self {
        Self::value(node)
    }
}

impl<'s> From<Entry<'s>> for Place<'s> {
    fn from(entry: Entry<'s>) -> Self {
        Self::key(entry)
    }
}

/// What names an item of a list: its `name`, or what an alerting or recording rule is called.
fn item_name(item: Node<'_>) -> Option<&str> {
    ["name", "alert", "record"]
        .into_iter()
        .find_map(|key| item.get(key).and_then(Node::text))
}

fn push_step(path: &mut String, step: Step<'_>) {
    match step {
        Step::Key(key) => push_name(path, key.text().unwrap_or_default()),
        Step::Index(index, _) => {
            path.push('[');
            path.push_str(&index.to_string());
            path.push(']');
        }
    }
}

fn push_name(path: &mut String, name: &str) {
    if name.contains(['.', '/', '[', ' ']) {
        path.push_str(&format!("[{name:?}]"));
    } else {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
    }
}

/// The part of an item that tells it from others: its `name` entry, or what stands first.
fn first_line(node: Node<'_>) -> Span {
    let named = node
        .entry("name")
        .or_else(|| node.entry("kind"))
        .or_else(|| node.entries().next());
    match named {
        Some(entry) if !entry.value.is_mapping() && !entry.value.is_sequence() => {
            entry.key.span().to(entry.value.span())
        }
        Some(entry) => entry.key.span(),
        None => node.items().next().map_or(node.span(), |item| {
            if item.is_mapping() {
                first_line(item)
            } else {
                item.span()
            }
        }),
    }
}
