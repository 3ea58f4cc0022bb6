//! Where in an object a finding points.

use plimsoll_yaml::{Entry, Node, Span, Step};

/// A field of an object: one that is there, or one that is missing under one that is there.
#[derive(Clone, Copy, Debug)]
pub struct Place<'s> {
    node: Node<'s>,
    missing: &'s str,
    key: bool,
}

impl<'s> Place<'s> {
    /// A value.
    pub fn value(node: Node<'s>) -> Self {
        Self {
            node,
            missing: "",
            key: false,
        }
    }

    /// A key: for maps and lists whose presence is the fault, so that the snippet is one line.
    pub fn key(entry: Entry<'s>) -> Self {
        Self {
            node: entry.value,
            missing: "",
            key: true,
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
        };
        while let Some((first, rest)) = place.missing.split_once('.') {
            match place.node.get(first) {
                Some(child) if child.is_mapping() => {
                    place = Self {
                        node: child,
                        missing: rest,
                        key: true,
                    }
                }
                _ => break,
            }
        }
        place
    }

    /// What the snippet underlines: a scalar, or the key of a map or a list, or the name of a list's item.
    pub(crate) fn span(&self, root: Node<'s>) -> Span {
        let whole = self.node.is_mapping() || self.node.is_sequence();
        if !self.key && !whole {
            return self.node.span();
        }
        match root
            .path_to(self.node.id())
            .as_deref()
            .and_then(<[Step<'s>]>::last)
        {
            Some(Step::Key(key)) => key.span(),
            Some(Step::Index(..)) | None => first_line(self.node),
        }
    }

    /// The field's path: `spec.template.spec.containers[0].resources.limits.cpu`.
    pub(crate) fn path(&self, root: Node<'s>) -> String {
        let mut path = String::new();
        for step in root.path_to(self.node.id()).unwrap_or_default() {
            push_step(&mut path, step);
        }
        for name in self.missing.split('.').filter(|name| !name.is_empty()) {
            push_name(&mut path, name);
        }
        path
    }

    /// The path with list items by their names, which stay when others are put before them.
    pub(crate) fn stable_path(&self, root: Node<'s>) -> String {
        let mut path = String::new();
        for step in root.path_to(self.node.id()).unwrap_or_default() {
            match step {
                Step::Index(_, item) if item.get("name").and_then(Node::text).is_some() => {
                    let name = item.get("name").and_then(Node::text).unwrap_or_default();
                    path.push_str(&format!("[{name}]"));
                }
                step => push_step(&mut path, step),
            }
        }
        path + "." + self.missing
    }
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

fn push_step(path: &mut String, step: Step<'_>) {
    match step {
        Step::Key(key) => push_name(path, key.text().unwrap_or_default()),
        Step::Index(index, _) => path.push_str(&format!("[{index}]")),
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
