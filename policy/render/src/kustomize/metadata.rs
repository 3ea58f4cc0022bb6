//! `buildMetadata`: annotations that say where objects come from and what changed them, and the label of who built them.

use plimsoll_yaml::Span;

use super::file::File;
use super::object::Object;
use super::objects::Objects;
use crate::{Origin, Value};

const ORIGIN: &str = "config.kubernetes.io/origin";
const TRANSFORMATIONS: &str = "alpha.config.kubernetes.io/transformations";

/// What a root's `buildMetadata` asks for.
#[derive(Clone, Debug)]
pub(crate) struct Metadata {
    origin: bool,
    transformers: bool,
    managed_by: bool,
    /// The root's folder, which the paths start from.
    folder: String,
}

impl Metadata {
    /// Reads it; `None` if nothing is asked for.
    pub(crate) fn read(file: &File<'_>) -> Option<Self> {
        let items = file.items("buildMetadata");
        if items.is_empty() {
            return None;
        }
        let mut metadata = Self {
            origin: false,
            transformers: false,
            managed_by: false,
            folder: file.folder().to_owned(),
        };
        for item in items {
            match item.text().unwrap_or_default() {
                "originAnnotations" => metadata.origin = true,
                "transformerAnnotations" => metadata.transformers = true,
                "managedByLabel" => metadata.managed_by = true,
                // Kustomize goes past words that it does not know.
                _ => {}
            }
        }
        Some(metadata)
    }

    /// Marks objects that a file holds.
    pub(crate) fn mark_file(&self, objects: &mut [Object<'_>], path: &str, by: Span) {
        let text = format!("path: {}\n", relative(&self.folder, path));
        for object in objects {
            object.annotate(ORIGIN, text.clone(), by);
        }
    }

    /// Marks an object that a generator of a kustomization made.
    pub(crate) fn mark_generated(&self, object: &mut Object<'_>, path: &str, by: Span) {
        let kind = format!("{}Generator", object.kind());
        self.mark_made(object, path, &configured("builtin", &kind, None, None), by);
    }

    /// Marks an object that a plugin made.
    pub(crate) fn mark_made(
        &self,
        object: &mut Object<'_>,
        path: &str,
        configured: &str,
        by: Span,
    ) {
        if object.annotation(ORIGIN).is_none() {
            let text = format!(
                "configuredIn: {}\n{configured}",
                relative(&self.folder, path)
            );
            object.annotate(ORIGIN, text, by);
        }
    }

    /// Marks all objects as changed by a transformer. What has no origin was made by it.
    pub(crate) fn mark_transformed(
        &self,
        objects: &mut Objects<'_>,
        path: &str,
        configured: &str,
        by: Span,
    ) {
        let text = format!(
            "configuredIn: {}\n{configured}",
            relative(&self.folder, path)
        );
        for object in objects
            .list
            .iter_mut()
            .filter(|object| !object.is_deleted())
        {
            if object.annotation(ORIGIN).is_none() {
                object.annotate(ORIGIN, text.clone(), by);
                continue;
            }
            let before = object.annotation(TRANSFORMATIONS).unwrap_or_default();
            let entry = text.trim_end().replace('\n', "\n  ");
            let all = format!("{before}- {entry}\n");
            object.annotate(TRANSFORMATIONS, all, by);
        }
    }

    /// Takes out what is not asked for.
    pub(crate) fn finish(&self, objects: &mut Objects<'_>, by: Span) {
        for object in &mut objects.list {
            if !self.origin {
                forget(object, ORIGIN);
            }
            if !self.transformers {
                forget(object, TRANSFORMATIONS);
            }
            if self.managed_by {
                let metadata = object.value.map_at("metadata", by);
                if let Some(labels) = metadata.and_then(|metadata| metadata.map_at("labels", by)) {
                    let label = Value::string("kustomize-v5.5.0", Origin::at(by));
                    labels.set("app.kubernetes.io/managed-by", label);
                }
            }
        }
    }
}

fn forget(object: &mut Object<'_>, key: &str) {
    if object.annotation(key).is_none() {
        return;
    }
    if let Some(metadata) = object.value.get_mut("metadata") {
        let annotations = metadata.get_mut("annotations");
        let empty = annotations.is_some_and(|annotations| {
            annotations.remove(key);
            annotations.entries().is_empty()
        });
        if empty {
            metadata.remove("annotations");
        }
    }
}

/// What configured a plugin, as the annotation has it.
pub(crate) fn configured(
    api_version: &str,
    kind: &str,
    name: Option<&str>,
    namespace: Option<&str>,
) -> String {
    let mut text = format!("configuredBy:\n  apiVersion: {api_version}\n  kind: {kind}\n");
    for (key, value) in [("name", name), ("namespace", namespace)] {
        if let Some(value) = value {
            text.push_str(&format!("  {key}: {value}\n"));
        }
    }
    text
}

/// A path as it is from a folder.
fn relative(folder: &str, path: &str) -> String {
    let from: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<&str> = path.split('/').collect();
    let same = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - same);
    up.chain(to[same..].iter().copied())
        .collect::<Vec<_>>()
        .join("/")
}
