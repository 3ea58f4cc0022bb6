//! What is done once, when everything is gathered: hashes, the names that changed, variables, what stays local, and order.

use std::sync::Arc;

use plimsoll_yaml::Span;

use super::accumulated::Accumulated;
use super::build::Kustomize;
use super::file::File;
use super::metadata::Metadata;
use super::object::Object;
use super::scope::Read;
use super::sort::{self, Order};
use super::{hash, names, variables};
use crate::{At, Content, Fault, Result, Scalar, Value};

const LOCAL: &str = "config.kubernetes.io/local-config";

/// A kustomization, built.
#[derive(Debug)]
pub struct Finished<'s> {
    /// The objects, in order.
    pub objects: Vec<Object<'s>>,
    /// What could not be had.
    pub lacks: Vec<Fault>,
}

/// The files that a build has read, the kustomizations among them.
pub type Files = std::collections::BTreeSet<String>;

impl<'s> Kustomize<'_, 's> {
    /// Builds a kustomization. `restrict` keeps the files that it names in or below its folder.
    /// The second result is the files that were read, whether it builds or not.
    pub fn build(
        &self,
        file: &File<'s>,
        restrict: bool,
        order: &Order,
    ) -> (Result<Finished<'s>>, Files) {
        let read = Read::default();
        let built = self.finish(file, restrict, order, &read);
        (built, read.paths())
    }

    fn finish(
        &self,
        file: &File<'s>,
        restrict: bool,
        order: &Order,
        read: &Read,
    ) -> Result<Finished<'s>> {
        let mut acc = self.root(file, restrict, read)?;
        let here = file.value.origin.span;
        add_hashes(&mut acc);
        let config = Arc::clone(&acc.config);
        names::fix(&mut acc.objects, &config).at(here)?;
        let resolved = variables::resolve(&mut acc.objects, &acc.variables, &config);
        acc.forgive(resolved.at(file.span("vars")))?;
        acc.objects.list.retain(|object| !is_local(object));
        if let Some(metadata) = Metadata::read(file) {
            metadata.finish(&mut acc.objects, file.span("buildMetadata"));
        }
        let own = file
            .value
            .get("sortOptions")
            .filter(|options| !options.is_null());
        let own = own.map(Order::read).transpose()?;
        sort::sort(&mut acc.objects.list, own.as_ref().unwrap_or(order));
        acc.objects.list.iter_mut().for_each(settle_annotations);
        Ok(Finished {
            objects: acc.objects.list,
            lacks: acc.lacks,
        })
    }
}

fn add_hashes(acc: &mut Accumulated<'_>) {
    for object in acc
        .objects
        .list
        .iter_mut()
        .filter(|object| object.history.needs_hash)
    {
        let name = format!("{}-{}", object.name(), hash::suffix(object));
        let by = name_span(object);
        object.remember();
        // The hash changes with the content; where the name is written does not.
        if let Some(value) = object
            .value
            .get_mut("metadata")
            .and_then(|metadata| metadata.get_mut("name"))
        {
            let plain = false;
            let text = name.into();
            value.content = Content::Scalar(Scalar { text, plain });
            value.origin.span = by;
        }
    }
}

fn name_span(object: &Object<'_>) -> Span {
    let name = object.value.at(&["metadata", "name"]);
    name.map_or(object.value.origin.span, |name| name.origin.span)
}

fn is_local(object: &Object<'_>) -> bool {
    object
        .annotation(LOCAL)
        .is_some_and(|local| local != "false")
}

/// Kustomize takes its own annotations out in the end, and writes the others anew: each is a string then. It gives every
/// object some of its own, and so an empty map is gone.
fn settle_annotations(object: &mut Object<'_>) {
    let Some(metadata) = object.value.get_mut("metadata") else {
        return;
    };
    match metadata.get("annotations") {
        Some(annotations) if annotations.entries().is_empty() => {
            drop(metadata.remove("annotations"));
        }
        Some(annotations)
            if annotations
                .entries()
                .iter()
                .any(|entry| is_plain(&entry.value)) =>
        {
            let annotations = metadata.get_mut("annotations").and_then(Value::entries_mut);
            annotations
                .into_iter()
                .flatten()
                .for_each(|entry| quote(&mut entry.value));
        }
        _ => {}
    }
}

fn is_plain(value: &Value<'_>) -> bool {
    matches!(&value.content, Content::Scalar(scalar) if scalar.plain)
}

fn quote(value: &mut Value<'_>) {
    if let Content::Scalar(scalar) = &mut value.content {
        scalar.plain = false;
    }
}
