//! Which objects a patch is for: patterns for group, version, kind, name and namespace, and selectors of labels and
//! annotations.
//!
//! Source: `types/selector.go` and `resmap/reswrangler.go` of kustomize's `api`.

mod labels;
mod pattern;

use super::object::Object;
use crate::{At, Result, Value};

pub(crate) use labels::Requirements;
pub(crate) use pattern::{Ends, Pattern};

/// Selects objects that meet all its conditions; one that is not written is met by all.
#[derive(Clone, Debug)]
pub struct Selector {
    group: Pattern,
    version: Pattern,
    kind: Pattern,
    name: Pattern,
    namespace: Pattern,
    meta: Meta,
}

/// Conditions on labels and annotations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meta {
    /// There are any.
    pub(crate) is_written: bool,
    labels: Requirements,
    annotations: Requirements,
}

impl Selector {
    /// Reads the `target` of a patch, or the like.
    pub fn read(value: &Value<'_>) -> Result<Self> {
        let pattern = |key| match value.get(key) {
            Some(field) => {
                let text = field.text().unwrap_or_default();
                Pattern::new(text, Ends::Anchored).at(field.origin.span)
            }
            None => Ok(Pattern::Any),
        };
        Ok(Self {
            group: pattern("group")?,
            version: pattern("version")?,
            kind: pattern("kind")?,
            name: pattern("name")?,
            namespace: pattern("namespace")?,
            meta: Meta::read(value)?,
        })
    }

    /// Whether it selects an object: by the name and namespace it has, or those it had first.
    pub fn matches(&self, object: &Object<'_>) -> bool {
        let (now, first) = (object.id(), object.original_id());
        let namespace = |id: &super::id::Id<'_>| self.namespace.matches(id.effective_namespace());
        (namespace(&first) || namespace(&now))
            && (self.name.matches(&first.name) || self.name.matches(&now.name))
            && self.group.matches(&now.gvk.group)
            && self.version.matches(&now.gvk.version)
            && self.kind.matches(&now.gvk.kind)
            && self.meta.matches(object)
    }
}

impl Meta {
    /// Reads `labelSelector` and `annotationSelector`.
    pub(crate) fn read(value: &Value<'_>) -> Result<Self> {
        let text = |key| value.get(key).and_then(Value::text).unwrap_or_default();
        let requirements = |key| {
            let span = value.get(key).unwrap_or(value).origin.span;
            Requirements::parse(text(key)).at(span)
        };
        let (labels, annotations) = ("labelSelector", "annotationSelector");
        Ok(Self {
            is_written: !text(labels).is_empty() || !text(annotations).is_empty(),
            labels: requirements(labels)?,
            annotations: requirements(annotations)?,
        })
    }

    /// Whether an object meets them.
    pub(crate) fn matches(&self, object: &Object<'_>) -> bool {
        let map = |key| object.value.at(&["metadata", key]);
        self.labels.matches(map("labels")) && self.annotations.matches(map("annotations"))
    }
}

#[cfg(test)]
mod tests;
