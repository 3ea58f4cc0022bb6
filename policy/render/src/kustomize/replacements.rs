//! `replacements`: the value of one field goes to others.
//!
//! Source: `filters/replacement` and `types/replacement.go` of kustomize's `api`, and the path matcher of `kyaml`.

mod matcher;
mod set;

use plimsoll_yaml::Span;

use self::matcher::Make;
use super::address;
use super::id::{Gvk, Id};
use super::object::Object;
use super::objects::Objects;
use super::path;
use super::selector::Meta;
use crate::{At, Content, Fault, Result, Scalar, Text, Value};

/// One replacement.
#[derive(Clone, Debug)]
pub struct Replacement<'s> {
    source: Source<'s>,
    targets: Vec<Target<'s>>,
    span: Span,
}

/// The field that a value is of.
#[derive(Clone, Debug)]
struct Source<'s> {
    wanted: Wanted<'s>,
    path: Text<'s>,
    options: Options<'s>,
    span: Span,
}

/// The fields it goes to.
#[derive(Clone, Debug)]
struct Target<'s> {
    select: (Wanted<'s>, Meta),
    reject: Vec<(Wanted<'s>, Meta)>,
    /// Paths with their places.
    paths: Vec<(Text<'s>, Span)>,
    options: Options<'s>,
}

/// Which part of a text is meant, and whether a field is made.
#[derive(Clone, Debug, Default)]
struct Options<'s> {
    delimiter: Text<'s>,
    index: i64,
    create: bool,
}

/// An object by its exact names; empty ones match any.
#[derive(Clone, Debug, Default)]
struct Wanted<'s>(Id<'s>);

impl<'s> Wanted<'s> {
    fn read(value: &Value<'s>) -> Self {
        let text = |key| {
            let text = value.get(key).and_then(Value::shared_text);
            text.cloned().unwrap_or_default()
        };
        Self(Id {
            gvk: Gvk {
                group: text("group"),
                version: text("version"),
                kind: text("kind"),
            },
            name: text("name"),
            namespace: text("namespace"),
        })
    }

    fn is_empty(&self) -> bool {
        self.0 == Id::default()
    }

    fn selects(&self, id: &Id<'s>) -> bool {
        let wanted = &self.0;
        (wanted.name.is_empty() || wanted.name == id.name)
            && (wanted.namespace.is_empty()
                || wanted.effective_namespace() == id.effective_namespace())
            && id
                .gvk
                .is_selected(&wanted.gvk.group, &wanted.gvk.version, &wanted.gvk.kind)
    }
}

impl<'s> Options<'s> {
    fn read(value: Option<&Value<'s>>) -> Result<Self> {
        let Some(value) = value else {
            return Ok(Self::default());
        };
        let text = |key| value.get(key).and_then(Value::shared_text);
        let index = match text("index") {
            Some(index) => index.parse().map_err(|_| {
                Fault::broken(format!("`options.index` is `{index}`, which is no number"))
                    .help("write which part is meant, counted from 0")
                    .at(value.origin.span)
            })?,
            None => 0,
        };
        Ok(Self {
            delimiter: text("delimiter").cloned().unwrap_or_default(),
            index,
            create: text("create").is_some_and(|create| **create == *"true"),
        })
    }
}

impl<'s> Replacement<'s> {
    /// Reads an entry of `replacements` that stands there, or one of a file that is named there.
    pub fn read(value: &Value<'s>) -> Result<Self> {
        let span = value.origin.span;
        let part = |key| value.get(key).filter(|part| !part.is_null());
        let (Some(source), Some(targets)) = (part("source"), part("targets")) else {
            let message = "a replacement needs a `source` and `targets`";
            return Err(Fault::broken(message)
                .help("write both: the field whose value is taken, and the fields that get it")
                .at(span));
        };
        Ok(Self {
            source: Source::read(source)?,
            targets: targets
                .items()
                .iter()
                .map(Target::read)
                .collect::<Result<_>>()?,
            span,
        })
    }
}

const NAME: Text<'static> = Text::Source("metadata.name");

impl<'s> Source<'s> {
    fn read(value: &Value<'s>) -> Result<Self> {
        let path = value.get("fieldPath").and_then(Value::shared_text);
        Ok(Self {
            wanted: Wanted::read(value),
            path: path
                .filter(|path| !path.is_empty())
                .cloned()
                .unwrap_or(NAME),
            options: Options::read(value.get("options"))?,
            span: value.origin.span,
        })
    }
}

impl<'s> Target<'s> {
    fn read(value: &Value<'s>) -> Result<Self> {
        let span = value.origin.span;
        let Some(select) = value.get("select").filter(|select| !select.is_null()) else {
            return Err(Fault::broken("a target of a replacement has no `select`")
                .help("write which objects get the value, such as `select: {kind: Deployment}`")
                .at(span));
        };
        let selector = |value: &Value<'s>| Ok((Wanted::read(value), Meta::read(value)?));
        let reject = value.get("reject").map_or(&[][..], Value::items);
        let paths = value.get("fieldPaths").map_or(&[][..], Value::items);
        let path = |path: &Value<'s>| Some((path.shared_text()?.clone(), path.origin.span));
        let mut paths: Vec<_> = paths.iter().filter_map(path).collect();
        if paths.is_empty() {
            paths.push((NAME, span));
        }
        Ok(Self {
            select: selector(select)?,
            reject: reject.iter().map(selector).collect::<Result<_>>()?,
            paths,
            options: Options::read(value.get("options"))?,
        })
    }

    /// Whether an object gets the value. One of the names it has or had has to be selected and not rejected.
    fn accepts(&self, object: &Object<'s>, ids: &[Id<'s>]) -> bool {
        let (wanted, meta) = &self.select;
        let rejected = |(_, meta): &(Wanted<'s>, Meta)| meta.is_written && meta.matches(object);
        if !meta.matches(object) || self.reject.iter().any(rejected) {
            return false;
        }
        let rejects =
            |(wanted, _): &(Wanted<'s>, Meta), id| !wanted.is_empty() && wanted.selects(id);
        ids.iter()
            .any(|id| wanted.selects(id) && !self.reject.iter().any(|reject| rejects(reject, id)))
    }
}

/// Carries out replacements, one after the other.
pub fn apply<'s>(objects: &mut Objects<'s>, replacements: &[Replacement<'s>]) -> Result<()> {
    if replacements.is_empty() {
        return Ok(());
    }
    let mut ids: Vec<Vec<Id<'s>>> = objects.list.iter().map(ids_of).collect();
    for replacement in replacements {
        let value = replacement.source.value(objects, &ids)?;
        for target in &replacement.targets {
            for (object, ids) in objects.list.iter_mut().zip(&mut ids) {
                if !object.is_deleted() && target.accepts(object, ids) {
                    target.set(object, &value, replacement.span)?;
                    *ids = ids_of(object);
                }
            }
        }
    }
    Ok(())
}

/// The names an object has and had.
fn ids_of<'s>(object: &Object<'s>) -> Vec<Id<'s>> {
    std::iter::once(object.id())
        .chain(object.previous_ids())
        .collect()
}

impl<'s> Source<'s> {
    fn object<'o>(&self, objects: &'o Objects<'s>, ids: &[Vec<Id<'s>>]) -> Result<&'o Object<'s>> {
        let listed = objects.list.iter().zip(ids);
        let mut found = listed
            .filter(|(object, ids)| {
                !object.is_deleted() && ids.iter().any(|id| self.wanted.selects(id))
            })
            .map(|(object, _)| object);
        let Some(object) = found.next() else {
            return Err(Fault::absent("the source of the replacement selects no object")
                .help("name an object that the kustomization takes in, as it is named here or was named in its base")
                .at(self.span));
        };
        let Some(other) = found.next() else {
            return Ok(object);
        };
        let message = "the source of the replacement selects several objects";
        Err(Fault::broken(message)
            .help("name the one that is meant, with its `namespace` too if need be")
            .at(self.span)
            .related(object.value.origin.span, object.id().to_string())
            .related(other.value.origin.span, other.id().to_string()))
    }

    /// The value that targets get.
    fn value(&self, objects: &Objects<'s>, ids: &[Vec<Id<'s>>]) -> Result<Value<'s>> {
        let object = self.object(objects, ids)?;
        let found = path::lookup(&object.value, &path::split(&self.path)).at(self.span)?;
        let field = found.and_then(|found| address::get(&object.value, &found));
        let is_empty = |field: &Value<'_>| match &field.content {
            Content::Scalar(_) => field.is_null(),
            Content::Map(entries) => entries.is_empty(),
            Content::List(items) => items.is_empty(),
        };
        let Some(field) = field.filter(|field| !is_empty(field)) else {
            let message = format!(
                "`{}`, which the replacement takes its value from, is not there in {}",
                self.path,
                object.id()
            );
            return Err(Fault::broken(message)
                .help("write the path of a field that is there in `source.fieldPath`")
                .at(self.span)
                .related(object.value.origin.span, "this object"));
        };
        self.part_of(field)
    }

    fn part_of(&self, field: &Value<'s>) -> Result<Value<'s>> {
        let (delimiter, index) = (&*self.options.delimiter, self.options.index);
        if delimiter.is_empty() {
            return Ok(field.clone());
        }
        let Content::Scalar(scalar) = &field.content else {
            return set::no_text(field, &self.path).at(self.span);
        };
        let parts = scalar.text.split(delimiter);
        let part = usize::try_from(index)
            .ok()
            .and_then(|at| parts.clone().nth(at));
        let Some(part) = part else {
            let message = format!(
                "`options.index` is {index}, and `{}` has {} parts",
                scalar.text,
                parts.count()
            );
            return Err(Fault::broken(message)
                .help("write the index of a part that is there, counted from 0")
                .at(self.span));
        };
        let (text, plain) = (part.to_owned().into(), scalar.plain);
        Ok(Value {
            content: Content::Scalar(Scalar { text, plain }),
            origin: field.origin.clone(),
        })
    }
}

impl<'s> Target<'s> {
    fn set(&self, object: &mut Object<'s>, value: &Value<'s>, by: Span) -> Result<()> {
        for (path, span) in &self.paths {
            let parts = path::split(path);
            let make = self.options.create.then(|| Make::like(value, by));
            let found = matcher::find(&mut object.value, &parts, make.as_ref());
            let found =
                found.map_err(|fault| fault.related(object.value.origin.span, "in this object"));
            let Some(found) = found.at(*span)? else {
                continue;
            };
            if found.is_empty() {
                let message = format!("`{path}` is not there in {}", object.id());
                return Err(Fault::broken(message)
                    .help("write the path of a field that is there, or set `options.create: true`")
                    .at(*span)
                    .related(object.value.origin.span, "this object"));
            }
            for place in found {
                if let Some(field) = address::get_mut(&mut object.value, &place) {
                    set::put(field, value, &self.options, path, by).at(*span)?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
