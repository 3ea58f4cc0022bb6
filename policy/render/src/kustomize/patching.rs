//! `patches`, `patchesStrategicMerge` and `patchesJson6902`: which objects a patch is for, and what else kustomize does
//! around it.

use plimsoll_yaml::Span;

use super::accumulated::Accumulated;
use super::load::Loader;
use super::object::Object;
use super::read;
use super::selector::Selector;
use crate::patch::json6902::Operations;
use crate::patch::schema::Schemas;
use crate::patch::strategic::{self, Outcome};
use crate::{At, Content, Fault, Result, Value};

/// What a patch is.
enum Patch<'s> {
    /// Parts of objects.
    Strategic(Vec<Object<'s>>),
    /// Operations on fields.
    Json(Operations<'s>),
}

/// One entry of `patches`.
pub(crate) struct PatchEntry<'s> {
    patch: Patch<'s>,
    target: Option<Selector>,
    span: Span,
    may_rename: bool,
    may_change_kind: bool,
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
                return Err(
                    Fault::broken("a patch has `patch` or `path`, not both").at(path.origin.span)
                );
            }
            (None, None) => {
                return Err(Fault::broken("a patch needs `patch` or `path`").at(span));
            }
        };
        let option = |key: &str| {
            let options = entry.get("options");
            options
                .and_then(|options| options.get(key))
                .and_then(Value::text)
                == Some("true")
        };
        Ok(Self {
            patch: Patch::read(documents).at(text("patch")
                .or(text("path"))
                .map_or(span, |value| value.origin.span))?,
            target: entry
                .get("target")
                .filter(|target| !target.is_null())
                .map(Selector::read)
                .transpose()?,
            span,
            may_rename: option("allowNameChange"),
            may_change_kind: option("allowKindChange"),
        })
    }

    /// Reads an entry of `patchesJson6902`.
    pub(crate) fn read_json(loader: &Loader<'_, 's>, entry: &Value<'s>) -> Result<Self> {
        let read = Self::read(loader, entry)?;
        if matches!(read.patch, Patch::Strategic(_)) {
            return Err(Fault::broken("this is no list of JSON patch operations").at(read.span));
        }
        Ok(read)
    }

    /// Applies it to the objects that it is for.
    pub(crate) fn apply(&self, acc: &mut Accumulated<'s>, schemas: &Schemas) -> Result<()> {
        let applied = match (&self.patch, &self.target) {
            (Patch::Strategic(parts), None) => parts.iter().try_for_each(|part| {
                let merged = by_name(&mut acc.objects, part, |object, part| {
                    self.merge(object, part, schemas)
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
        parts: &[Object<'s>],
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
            // The target chooses the object, whatever group and version the part names.
            let mut part = part.clone();
            if let Some(version) = object.value.get("apiVersion") {
                part.value.set("apiVersion", version.clone());
            }
            self.merge(object, &part, schemas)?;
        }
        Ok(())
    }

    fn merge(&self, object: &mut Object<'s>, part: &Object<'s>, schemas: &Schemas) -> Result<()> {
        if self.may_rename || self.may_change_kind {
            object.remember();
        }
        merge(object, part, schemas, self.may_rename, self.may_change_kind)
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
            object.remember();
            let name = object.id().to_string();
            operations.apply(&mut object.value).map_err(|fault| {
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
    let parts = read::from_values(documents).at(by)?;
    if parts.is_empty() {
        return Err(Fault::broken("this patch is empty").at(by));
    }
    for part in &parts {
        let merged = by_name(&mut acc.objects, part, |object, part| {
            merge(object, part, schemas, false, false)
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

impl<'s> Patch<'s> {
    /// A list is one of operations; everything else is parts of objects.
    fn read(documents: Vec<Value<'s>>) -> Result<Self> {
        let documents: Vec<_> = documents
            .into_iter()
            .filter(|document| !document.is_null())
            .collect();
        match documents.as_slice() {
            [] => Err(Fault::broken("this patch is empty")),
            [list] if list.is_list() => Operations::read(list).map(Self::Json),
            _ => read::from_values(documents).map(Self::Strategic).map_err(|fault| {
                fault.help("a strategic merge patch is an object with `kind` and `metadata.name`; a JSON patch is a list of operations")
            }),
        }
    }
}

/// The one object that a part names, by a name that it has or had.
fn by_name<'s>(
    objects: &mut super::objects::Objects<'s>,
    part: &Object<'s>,
    apply: impl FnOnce(&mut Object<'s>, &Object<'s>) -> Result<()>,
) -> Result<()> {
    let wanted = part.original_id();
    let found = objects.matching(|id| id.same(&wanted));
    match found.as_slice() {
        [at] => apply(&mut objects.list[*at], part),
        [] => Err(no_target(objects, part)),
        several => {
            let fault = Fault::broken(format!(
                "{} objects have been called {wanted}",
                several.len()
            ));
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

/// Merges a part into an object. What names the object stays, unless the patch may change it.
fn merge<'s>(
    object: &mut Object<'s>,
    part: &Object<'s>,
    schemas: &Schemas,
    may_rename: bool,
    may_change_kind: bool,
) -> Result<()> {
    let kept = |keys: &[&str]| object.value.at(keys).cloned();
    let (kind, name) = (kept(&["kind"]), kept(&["metadata", "name"]));
    let namespace = kept(&["metadata", "namespace"]);
    let outcome = strategic::merge(&mut object.value, &part.value, schemas)?;
    if outcome == Outcome::Deleted {
        object.value.content = Content::Map(std::sync::Arc::default());
        return Ok(());
    }
    if let Some(kind) = kind.filter(|_| !may_change_kind) {
        object.value.set("kind", kind);
    }
    if let Some(metadata) = object.value.get_mut("metadata") {
        if let Some(name) = name.filter(|_| !may_rename) {
            metadata.set("name", name);
        }
        match namespace {
            Some(namespace) => metadata.set("namespace", namespace),
            None => drop(metadata.remove("namespace")),
        }
    }
    Ok(())
}
