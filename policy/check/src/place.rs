//! Where in an object a finding points.

use plimsoll_yaml::{Entry, Node, NodeId, OriginStep, Span, Step};

use crate::{Label, ResourceIndex};

/// How many of the places that had a hand in a node are shown.
const TRACES: usize = 4;

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

    /// What else had a hand in the node, latest first; `primary` is left out, which the finding points at itself.
    pub(crate) fn trail(&self, primary: Span) -> Vec<Label> {
        let mut labels: Vec<Label> = Vec::new();
        let traces = self.node.trail().filter(|trace| trace.span != primary);
        for trace in traces.take(TRACES) {
            let text = match trace.step {
                OriginStep::Replaced => "this stood here before",
                OriginStep::Merged => "this patch changes it",
                OriginStep::By => "this puts it there",
            };
            if labels.iter().all(|label| label.span != trace.span) {
                labels.push(Label {
                    span: trace.span,
                    text: text.into(),
                });
            }
        }
        labels
    }

    /// Where the node stood before anything was done to it.
    pub(crate) fn first(&self) -> Option<Span> {
        first_origin(self.node)
    }

    /// What the snippet underlines.
    pub(crate) fn span(&self, root: Node<'s>) -> Span {
        let steps = root.path_to(self.node.id()).unwrap_or_default();
        self.underlined(key_of(&steps))
    }

    /// A scalar, or the key of a map or a list, or the name of a list's item.
    fn underlined(&self, key: Option<Span>) -> Span {
        if let Some(part) = self.part {
            return part;
        }
        let whole = self.node.is_mapping() || self.node.is_sequence();
        if !self.key && !whole {
            return self.node.span();
        }
        key.unwrap_or_else(|| first_line(self.node))
    }
}

/// Where a node stood before anything was done to it; `None` if nothing was.
pub(crate) fn first_origin(node: Node<'_>) -> Option<Span> {
    let replaced = node
        .trail()
        .filter(|trace| matches!(trace.step, OriginStep::Replaced));
    replaced.last().map(|trace| trace.span)
}

/// The way down to the node that was reported last, as reports write it. The next one is often the same (a container,
/// say) or stands beside it, so that only the last steps of its way are new.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    object: Option<ResourceIndex>,
    stops: Vec<Stop>,
    path: String,
    stable_path: String,
}

/// A node on a trail, the object itself first.
#[derive(Debug)]
struct Stop {
    node: NodeId,
    /// Where the two paths to it end.
    path: usize,
    stable_path: usize,
    /// Its key, if it has one: none for the object and for an item of a list.
    key: Option<Span>,
}

impl Trail {
    /// The place in an object, which `root` is the whole of.
    pub(crate) fn locate(
        &mut self,
        object: ResourceIndex,
        root: Node<'_>,
        place: &Place<'_>,
    ) -> Located<'_> {
        if self.object != Some(object) {
            self.object = Some(object);
            self.stops.clear();
        }
        let key = self.walk(root, place.node.id());
        if !place.missing.is_empty() && place.part.is_none() {
            let names = place.missing.split('.');
            for name in names.filter(|name| !name.is_empty()) {
                push_name(&mut self.path, name);
            }
        }
        self.stable_path.push('.');
        self.stable_path.push_str(place.missing);
        Located {
            span: place.underlined(key),
            path: &self.path,
            stable_path: &self.stable_path,
        }
    }

    /// Goes back to where the ways part, and from there to the target; returns the target's key.
    fn walk(&mut self, root: Node<'_>, target: NodeId) -> Option<Span> {
        let steps = loop {
            let last = self.stops.last().map_or(root.id(), |stop| stop.node);
            match root.tree().node(last).path_to(target) {
                Some(steps) => break steps,
                None if self.stops.is_empty() => break Vec::new(),
                None => self.stops.pop(),
            };
        };
        let (path, stable) = (&mut self.path, &mut self.stable_path);
        let last = self.stops.last();
        path.truncate(last.map_or(0, |stop| stop.path));
        stable.truncate(last.map_or(0, |stop| stop.stable_path));
        for step in &steps {
            let (node, key) = match *step {
                Step::Key { key, value } => {
                    let from = path.len();
                    push_name(path, key.text().unwrap_or_default());
                    stable.push_str(&path[from..]);
                    (value, Some(key.span()))
                }
                Step::Index(index, item) => {
                    push_index(path, index);
                    match item_name(item) {
                        Some(name) => push_item(stable, name),
                        None => push_index(stable, index),
                    }
                    (item, None)
                }
            };
            self.stops.push(Stop {
                node: node.id(),
                path: path.len(),
                stable_path: stable.len(),
                key,
            });
        }
        self.stops.last().and_then(|stop| stop.key)
    }
}

/// What a report says of a place.
pub(crate) struct Located<'t> {
    /// What the snippet underlines.
    pub(crate) span: Span,
    /// The field's path: `spec.template.spec.containers[0].resources.limits.cpu`.
    pub(crate) path: &'t str,
    /// The path with list items by their names, which stay when others are put before them.
    pub(crate) stable_path: &'t str,
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

/// The key that a way ends with; none for the object itself and for an item of a list.
fn key_of(steps: &[Step<'_>]) -> Option<Span> {
    match steps.last() {
        Some(Step::Key { key, .. }) => Some(key.span()),
        Some(Step::Index(..)) | None => None,
    }
}

fn push_index(path: &mut String, index: usize) {
    match u8::try_from(index) {
        Ok(digit @ 0..10) => path.extend(['[', char::from(b'0' + digit), ']']),
        _ => push_item(path, &index.to_string()),
    }
}

fn push_item(path: &mut String, name: &str) {
    path.push('[');
    path.push_str(name);
    path.push(']');
}

fn push_name(path: &mut String, name: &str) {
    if name
        .bytes()
        .any(|byte| matches!(byte, b'.' | b'/' | b'[' | b' '))
    {
        // Most names are of letters that need no escapes.
        if name
            .bytes()
            .all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\')
        {
            path.push_str("[\"");
            path.push_str(name);
            path.push_str("\"]");
        } else {
            path.push_str(&format!("[{name:?}]"));
        }
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
            // A patch may have set the value: key and value stand in two files then.
            let (key, value) = (entry.key.span(), entry.value.span());
            if key.source == value.source && key.start <= value.start {
                key.to(value)
            } else {
                value
            }
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
