//! What is checked in every mapping, whichever reader read it: keys that stand twice, keys that JSON cannot hold, merges.

use crate::entries::Children;
use crate::node::{Node, NodeId};
use crate::tree::{Shape, Tree, sign_of, trace_of};
use crate::{ErrorKind, Scalar, ScalarStyle, SyntaxError, scalar};

/// Up to here, comparing all pairs of keys beats sorting them. Nearly all mappings are far smaller.
const FEW: usize = 24;

/// What one walk over the mappings finds.
#[derive(Default)]
struct Found {
    errors: Vec<SyntaxError>,
    /// Mappings with a merge key.
    merges: Vec<u32>,
    /// Keys whose name in JSON is not their text.
    renames: Vec<(u32, String)>,
}

impl Tree {
    /// Checks all mappings, and marks in their slots what the cursors need to know.
    pub(crate) fn check_mappings(&mut self) {
        let mut found = Found::default();
        let mut keys = Vec::new();
        for (id, slot) in self.slots.iter().enumerate() {
            if slot.shape == Shape::Mapping {
                self.check_keys(id as u32, slot.to, &mut keys, &mut found);
            }
        }
        for id in found.merges {
            self.slots[id as usize].special = true;
        }
        for (id, name) in found.renames {
            self.cooked.push_str(&name);
            let slot = &mut self.slots[id as usize];
            slot.to = self.cooked.finish();
            slot.special = true;
        }
        self.link_keys();
        if !found.errors.is_empty() {
            self.errors.append(&mut found.errors);
        }
    }

    /// Gives keys their signs, and leads from each to the next, so that a look-up goes from key to key. A key whose text is
    /// not its name stays without.
    pub(crate) fn link_keys(&mut self) {
        let bytes = self.text.as_bytes();
        for id in 0..self.slots.len() {
            let mapping = self.slots[id];
            if mapping.shape != Shape::Mapping {
                continue;
            }
            let (mut at, mut traces) = (id as u32 + 1, 0);
            while at < mapping.to {
                let key = self.slots[at as usize];
                let value = key.next(at);
                let Some(next) = self.slots.get(value as usize) else {
                    break;
                };
                let next = next.next(value);
                let name = &bytes[key.value()];
                let plain = matches!(key.shape, Shape::Scalar(_)) && !key.special;
                if plain && !scalar::is_null(name) {
                    let sign = sign_of(name);
                    let slot = &mut self.slots[at as usize];
                    slot.to = next;
                    slot.marks |= sign;
                    traces |= trace_of(sign);
                } else {
                    traces = u8::MAX;
                }
                at = next;
            }
            self.slots[id].marks = traces;
        }
    }

    fn check_keys<'t>(
        &'t self,
        id: u32,
        end: u32,
        keys: &mut Vec<(&'t str, u32)>,
        found: &mut Found,
    ) {
        keys.clear();
        let mut children = Children {
            tree: self,
            next: id + 1,
            end,
        };
        while let (Some(key), Some(value)) = (children.next(), children.next()) {
            let Some(text) = key.text() else {
                found.errors.push(bad_key(key));
                continue;
            };
            if text == "<<" && key.style() == Some(ScalarStyle::Plain) {
                if found.merges.last() != Some(&id) {
                    found.merges.push(id);
                }
                found.errors.extend(bad_merge(value));
            }
            match renamed(key, text) {
                Some(Renamed::Bool(name)) => {
                    found.renames.push((key.id().0, name.to_owned()));
                    keys.push((name, key.id().0));
                }
                Some(Renamed::Number(name)) => {
                    found.renames.push((key.id().0, name));
                    keys.push((text, key.id().0));
                }
                None => keys.push((text, key.id().0)),
            }
        }
        if has_duplicate(keys) {
            found.errors.extend(self.duplicates(keys));
        }
    }

    fn duplicates(&self, keys: &mut [(&str, u32)]) -> Vec<SyntaxError> {
        keys.sort_unstable();
        let twice = keys.windows(2).filter(|pair| pair[0].0 == pair[1].0);
        twice
            .map(|pair| {
                let message = format!("the key `{}` stands twice in one map", pair[1].0);
                let span = self.node(NodeId(pair[1].1)).span();
                let first = self.node(NodeId(pair[0].1)).span();
                SyntaxError {
                    related: Some((first, "it stands here first")),
                    help: Some("keep one of the two; which of them counts depends on the reader"),
                    ..SyntaxError::new(ErrorKind::DuplicateKey, message, span)
                }
            })
            .collect()
    }
}

fn has_duplicate(keys: &[(&str, u32)]) -> bool {
    if keys.len() <= FEW {
        let mut pairs = keys.iter().enumerate();
        return pairs.any(|(at, key)| keys[..at].iter().any(|other| other.0 == key.0));
    }
    let mut sorted: Vec<&str> = keys.iter().map(|key| key.0).collect();
    sorted.sort_unstable();
    sorted.windows(2).any(|pair| pair[0] == pair[1])
}

fn bad_key(key: Node<'_>) -> SyntaxError {
    let message = format!("a key must be a string; this one is {}", key.kind().name());
    let span = key.span();
    let text = key.tree().text();
    // `{{ name }}: x` is, read as YAML, a map as the key of a map.
    let template = text[..span.start as usize].ends_with('{') || text[span.range()].contains("{{");
    SyntaxError {
        help: template.then_some("this looks like a template; check what it renders to"),
        ..SyntaxError::new(ErrorKind::ComplexKey, message, span)
    }
}

fn bad_merge(value: Node<'_>) -> Option<SyntaxError> {
    let good = value.is_mapping() || (value.is_sequence() && value.items().all(Node::is_mapping));
    if good {
        return None;
    }
    let message = format!(
        "a merge key needs a map or a list of maps; this is {}",
        value.kind().name()
    );
    Some(SyntaxError::new(ErrorKind::BadMerge, message, value.span()))
}

enum Renamed {
    Bool(&'static str),
    Number(String),
}

/// The name in JSON of a key that is a boolean or a number, if it is not the text: `true` for `on`, `493` for `0755`.
fn renamed(key: Node<'_>, text: &str) -> Option<Renamed> {
    // Nearly all keys are plainly neither.
    let may_be = match text.as_bytes() {
        [b'0'..=b'9' | b'+' | b'-' | b'.', ..] => true,
        [first, ..] => text.len() <= "false".len() && b"yYnNtTfFoO".contains(first),
        [] => false,
    };
    if !may_be || key.style() != Some(ScalarStyle::Plain) {
        return None;
    }
    match key.scalar()? {
        Scalar::Bool(value) => {
            let name = if value { "true" } else { "false" };
            (name != text).then_some(Renamed::Bool(name))
        }
        Scalar::Int(value) => {
            let name = value.to_string();
            (name != text).then_some(Renamed::Number(name))
        }
        // Numbers so large or small that Go would write them with an exponent keep their text.
        Scalar::Float(value) if (1e-4..1e21).contains(&value.abs()) => {
            let name = (value as f32).to_string();
            (name != text).then_some(Renamed::Number(name))
        }
        _ => None,
    }
}
