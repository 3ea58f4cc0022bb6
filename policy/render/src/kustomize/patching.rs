//! `patches`, `patchesStrategicMerge` and `patchesJson6902`: which objects a patch is for, and what else kustomize does
//! around it.

use plimsoll_yaml::Span;

use super::accumulated::Accumulated;
use super::load::Loader;
use super::object::Object;
use super::selector::Selector;
use crate::patch::Patch;
use crate::patch::apply::{self, Allowed, Found};
use crate::patch::json6902::Operations;
use crate::patch::schema::Schemas;
use crate::patch::strategic::Outcome;
use crate::{At, Content, Fault, Result, Value};

/// One entry of `patches`.
pub(crate) struct PatchEntry<'s> {
    patch: Patch<'s>,
    target: Option<Selector>,
    span: Span,
    allowed: Allowed,
    /// It is of `patches`, whose objects kustomize has annotated by then.
    annotated: bool,
}

impl<'s> PatchEntry<'s> {
    /// Reads an entry of `patches`.
    pub(crate) fn read(loader: &Loader<'_, 's>, entry: &Value<'s>) -> Result<Self> {
        let span = entry.origin.span;
        let text = |key| {
            entry
                .get(key)
                .filter(|value| value.text().is_some_and(|text| !text.trim().is_empty()))
        };
        let documents = match (text("patch"), text("path")) {
            (Some(patch), None) => super::inline::documents(loader.repository.sources(), patch)?,
            (None, Some(path)) => documents(loader, path)?,
            (Some(_), Some(path)) => {
                return Err(Fault::broken("a patch has `patch` or `path`, not both")
                    .help("make two entries of it")
                    .at(path.origin.span));
            }
            (None, None) => {
                return Err(Fault::broken("a patch needs `patch` or `path`")
                    .help("write the patch under `patch`, or the path of its file under `path`")
                    .at(span));
            }
        };
        let option = |key: &str| {
            let options = entry.get("options");
            options
                .and_then(|options| options.get(key))
                .and_then(Value::text)
                == Some("true")
        };
        let held = text("patch").or(text("path"));
        let place = held.map_or(span, |value| value.origin.span);
        Ok(Self {
            patch: Patch::read(documents, place).at(place)?,
            target: entry
                .get("target")
                .filter(|target| !target.is_null())
                .map(Selector::read)
                .transpose()?,
            span,
            allowed: Allowed {
                name: option("allowNameChange"),
                kind: option("allowKindChange"),
            },
            annotated: true,
        })
    }

    /// Reads an entry of `patchesJson6902`.
    pub(crate) fn read_json(loader: &Loader<'_, 's>, entry: &Value<'s>) -> Result<Self> {
        let read = Self {
            annotated: false,
            ..Self::read(loader, entry)?
        };
        if matches!(read.patch, Patch::Strategic(_)) {
            return Err(Fault::broken("this is no list of JSON patch operations")
                .help("name it under `patches:`")
                .at(read.span));
        }
        Ok(read)
    }

    /// Applies it to the objects that it is for.
    pub(crate) fn apply(&self, acc: &mut Accumulated<'s>, schemas: &Schemas) -> Result<()> {
        let applied = match (&self.patch, &self.target) {
            (Patch::Strategic(parts), None) => parts.iter().try_for_each(|part| {
                let merged = by_name(&mut acc.objects, part, |object| {
                    self.merge(object, part, schemas, Found::ByName)
                });
                acc.forgive(merged)
            }),
            (Patch::Strategic(parts), Some(target)) => {
                self.merge_chosen(acc, parts, target, schemas)
            }
            (Patch::Json(operations), Some(target)) => self.operate(acc, operations, target),
            (Patch::Json(_), None) => Err(Fault::broken("a JSON patch needs a `target`")
                .help("write `target:` with the `kind` and `name` of the object")),
        };
        applied.at(self.span)
    }

    /// Merges a part into each object that the target selects.
    fn merge_chosen(
        &self,
        acc: &mut Accumulated<'s>,
        parts: &[Value<'s>],
        target: &Selector,
        schemas: &Schemas,
    ) -> Result<()> {
        let [part] = parts else {
            return Err(
                Fault::broken("a patch with a `target` is one document; this has several")
                    .help("give each document an entry of its own, or leave out `target`"),
            );
        };
        let chosen = acc
            .objects
            .list
            .iter_mut()
            .filter(|object| !object.is_deleted() && target.matches(object));
        for object in chosen {
            self.merge(object, part, schemas, Found::ByTarget)?;
        }
        Ok(())
    }

    fn merge(
        &self,
        object: &mut Object<'s>,
        part: &Value<'s>,
        schemas: &Schemas,
        found: Found,
    ) -> Result<()> {
        if self.allowed.name || self.allowed.kind {
            object.remember();
        }
        merge(object, part, schemas, found, self.allowed)
    }

    fn operate(
        &self,
        acc: &mut Accumulated<'s>,
        operations: &Operations<'s>,
        target: &Selector,
    ) -> Result<()> {
        let chosen = acc
            .objects
            .list
            .iter_mut()
            .filter(|object| !object.is_deleted() && target.matches(object));
        for object in chosen {
            if self.annotated {
                object.remember();
            }
            let name = object.id().to_string();
            let annotated = self.annotated || object.history.annotated;
            apply::operate(&mut object.value, operations, annotated).map_err(|fault| {
                fault.related(object.value.origin.span, format!("applied to {name}"))
            })?;
        }
        Ok(())
    }
}

/// Applies an entry of `patchesStrategicMerge`: a file, or the patch itself.
pub(crate) fn strategic_merge<'s>(
    loader: &Loader<'_, 's>,
    acc: &mut Accumulated<'s>,
    entry: &Value<'s>,
    schemas: &Schemas,
) -> Result<()> {
    let by = entry.origin.span;
    let text = entry.text().unwrap_or_default();
    let inline = text.contains('\n') || text.trim_start().starts_with('{');
    let documents = if inline {
        super::inline::documents(loader.repository.sources(), entry)?
    } else {
        documents(loader, entry)?
    };
    let Patch::Strategic(parts) = Patch::read(documents, by).at(by)? else {
        return Err(
            Fault::broken("this is a list of operations, and not a part of an object")
                .help("name it under `patches:`, with a `target`")
                .at(by),
        );
    };
    for part in &parts {
        let merged = by_name(&mut acc.objects, part, |object| {
            merge(object, part, schemas, Found::ByTarget, Allowed::default())
        });
        acc.forgive(merged.at(by))?;
    }
    Ok(())
}

fn documents<'s>(loader: &Loader<'_, 's>, path: &Value<'s>) -> Result<Vec<Value<'s>>> {
    let source = loader.yaml(path.text().unwrap_or_default(), path.origin.span)?;
    let roots = source.tree.documents().filter_map(|document| document.root);
    Ok(roots.map(crate::value).collect())
}

/// The one object that a part names, by a name that it has or had.
fn by_name<'s>(
    objects: &mut super::objects::Objects<'s>,
    part: &Value<'s>,
    apply: impl FnOnce(&mut Object<'s>) -> Result<()>,
) -> Result<()> {
    let part = Object::new(part.clone());
    let wanted = part.id();
    let found = objects.called(&wanted);
    match found.as_slice() {
        [at] => apply(&mut objects.list[*at]),
        [] => Err(no_target(objects, &part)),
        several => {
            let fault = Fault::broken(format!(
                "{} objects have been called {wanted}",
                several.len()
            ))
            .help("write the name that only one of them has by now, or patch them in their bases");
            Err(several.iter().fold(fault, |fault, at| {
                fault.related(objects.list[*at].value.origin.span, "one of them")
            }))
        }
    }
}

fn no_target(objects: &super::objects::Objects<'_>, part: &Object<'_>) -> Box<Fault> {
    let wanted = part.id();
    let span = part
        .value
        .at(&["metadata", "name"])
        .map_or(part.value.origin.span, |name| name.origin.span);
    let fault = Fault::absent(format!(
        "this patch is for {wanted}, and no such object is taken in"
    ))
    .at(span);
    let near = objects.list.iter().find(|object| {
        object.any_id(|id| id.name == wanted.name && id.gvk.kind == wanted.gvk.kind)
    });
    match near {
        Some(near) => {
            let id = near.id();
            let has = if id.gvk == wanted.gvk {
                format!("the namespace `{}`", id.effective_namespace())
            } else {
                format!("the apiVersion `{}`", id.gvk.api_version())
            };
            fault
                .help(format!(
                    "the object of that name has {has}: write the same in the patch"
                ))
                .related(near.value.origin.span, "the object of that name")
        }
        None => {
            fault.help("mend `kind` or `metadata.name`, or take in the file that has the object")
        }
    }
}

fn merge<'s>(
    object: &mut Object<'s>,
    part: &Value<'s>,
    schemas: &Schemas,
    found: Found,
    allowed: Allowed,
) -> Result<()> {
    if apply::merge(&mut object.value, part, schemas, found, allowed)? == Outcome::Deleted {
        object.value.content = Content::Map(std::sync::Arc::default());
    }
    Ok(())
}
