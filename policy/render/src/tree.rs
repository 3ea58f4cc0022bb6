//! From values back to a tree that rules walk over, with the place of every node in the sources.

use std::collections::HashMap;
use std::sync::Arc;

use plimsoll_yaml::{Builder, ScalarStyle, TrailId, Tree};

use crate::kustomize::object::Object;
use crate::{Content, Json, Origin, Scalar, TrailLink, Value, json};

/// The objects as documents of one tree. Keys stand in the order in which they are printed.
pub fn tree(objects: &[Object<'_>]) -> Tree {
    let mut writer = Writer::default();
    for object in objects {
        writer.builder.document();
        writer.value(&object.value);
    }
    writer.builder.finish()
}

#[derive(Default)]
struct Writer {
    builder: Builder,
    /// Trails are shared between values, and so they are in the tree.
    trails: HashMap<*const TrailLink, TrailId>,
}

impl Writer {
    fn value(&mut self, value: &Value<'_>) {
        let trail = self.trail(&value.origin);
        let place = value.origin.span;
        match &value.content {
            Content::Scalar(scalar) => self.scalar(scalar, &value.origin, trail),
            Content::List(items) => {
                self.builder.sequence(place, trail);
                items.iter().for_each(|item| self.value(item));
                self.builder.close();
            }
            Content::Map(entries) => {
                self.builder.mapping(place, trail);
                for entry in &**entries {
                    let style = key_style(&entry.key);
                    self.builder
                        .scalar(&entry.key, style, entry.key_span, TrailId::EMPTY);
                    self.value(&entry.value);
                }
                self.builder.close();
            }
        }
    }

    /// Kubernetes reads what kustomize prints: a string that looks like something else to YAML 1.1 is in quotes there.
    fn scalar(&mut self, scalar: &Scalar<'_>, origin: &Origin, trail: TrailId) {
        let place = origin.span;
        match json(scalar) {
            Json::Null => self
                .builder
                .scalar("null", ScalarStyle::Plain, place, trail),
            Json::Str(text) => {
                self.builder
                    .scalar(&text, ScalarStyle::DoubleQuoted, place, trail);
            }
            _ => self
                .builder
                .scalar(&scalar.text, ScalarStyle::Plain, place, trail),
        }
    }

    fn trail(&mut self, origin: &Origin) -> TrailId {
        origin
            .trail
            .as_ref()
            .map_or(TrailId::EMPTY, |link| self.link(link))
    }

    fn link(&mut self, link: &Arc<TrailLink>) -> TrailId {
        // From the first step to the latest: a long trail would overflow the stack otherwise.
        let mut waiting = vec![link];
        while let Some(before) = waiting.last().and_then(|link| link.before.as_ref()) {
            if self.trails.contains_key(&Arc::as_ptr(before)) {
                break;
            }
            waiting.push(before);
        }
        let mut id = TrailId::EMPTY;
        for link in waiting.into_iter().rev() {
            let known = |link: &Arc<TrailLink>| self.trails.get(&Arc::as_ptr(link)).copied();
            let before = link
                .before
                .as_ref()
                .and_then(known)
                .unwrap_or(TrailId::EMPTY);
            id = known(link).unwrap_or_else(|| self.builder.link(link.trace, before));
            self.trails.insert(Arc::as_ptr(link), id);
        }
        id
    }
}

/// A key is a string whatever it looks like.
fn key_style(key: &str) -> ScalarStyle {
    if key == "<<" || key.is_empty() {
        ScalarStyle::DoubleQuoted
    } else {
        ScalarStyle::Plain
    }
}
