//! The transformers that set one thing everywhere: namespace, prefix, suffix, labels, annotations, replicas.

use std::collections::HashMap;

use plimsoll_yaml::Span;

use super::fieldspec::{Create, FieldSpec};
use super::object::Object;
use super::objects::Objects;
use crate::{At, Entry, Fault, Result, Text, Value};

/// Which subjects of role bindings `namespace` changes. Source: `NamespaceTransformer`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Subjects {
    /// Service accounts of the name `default`.
    #[default]
    Default,
    /// All service accounts.
    ServiceAccounts,
    /// None.
    Nothing,
}

/// Puts objects into a namespace.
pub(crate) struct Namespace<'a, 's> {
    pub(crate) name: Text<'s>,
    pub(crate) by: Span,
    pub(crate) specs: &'a [FieldSpec],
    pub(crate) subjects: Subjects,
    /// Leave what has a namespace where it is.
    pub(crate) unset_only: bool,
}

impl<'s> Namespace<'_, 's> {
    pub(crate) fn apply(&self, objects: &mut Objects<'s>) -> Result<()> {
        for object in objects
            .list
            .iter_mut()
            .filter(|object| !object.is_deleted())
        {
            object.remember();
            let stays = self.unset_only && !object.namespace().is_empty();
            if !stays && !object.gvk().is_cluster_scoped() {
                object.set_metadata("namespace", self.name.clone(), self.by);
            }
            if matches!(object.kind(), "RoleBinding" | "ClusterRoleBinding") {
                self.subjects(object);
            }
            for spec in self
                .specs
                .iter()
                .filter(|spec| spec.path != "metadata/namespace")
            {
                let hack = spec.path == "subjects" || spec.path.starts_with("subjects/");
                if hack && matches!(&*spec.kind, "RoleBinding" | "ClusterRoleBinding") {
                    continue;
                }
                spec.visit(object, Create::Scalar, self.by, &mut |value| {
                    self.set(value);
                    Ok(())
                })?;
            }
        }
        distinct(objects, self.by)
    }

    fn set(&self, value: &mut Value<'s>) {
        let empty = value.is_null() || value.text() == Some("");
        if !self.unset_only || empty {
            value.replace_text(self.name.clone(), self.by);
        }
    }

    fn subjects(&self, object: &mut Object<'s>) {
        let concerned = |subject: &Value<'_>| match self.subjects {
            Subjects::Default => subject.get("name").and_then(Value::text) == Some("default"),
            Subjects::ServiceAccounts => {
                subject.get("kind").and_then(Value::text) == Some("ServiceAccount")
            }
            Subjects::Nothing => false,
        };
        let found = object
            .value
            .get("subjects")
            .is_some_and(|subjects| subjects.items().iter().any(concerned));
        let subjects = object.value.get_mut("subjects").filter(|_| found);
        for subject in subjects.and_then(Value::items_mut).into_iter().flatten() {
            if !concerned(subject) {
                continue;
            }
            match subject.get_mut("namespace") {
                Some(namespace) => self.set(namespace),
                None => subject.set(
                    "namespace",
                    Value::string(self.name.clone(), crate::Origin::at(self.by)),
                ),
            }
        }
    }
}

/// Two objects that have become one name.
fn distinct(objects: &Objects<'_>, by: Span) -> Result<()> {
    let mut seen = HashMap::with_capacity(objects.list.len());
    for object in objects.list.iter().filter(|object| !object.is_deleted()) {
        let id = object.id();
        if let Some(first) = seen.insert(id.canonical(), object.value.origin.span) {
            return Err(
                Fault::broken(format!("`namespace` makes two objects one: {id}"))
                    .help("rename one of the two, or remove it")
                    .at(by)
                    .related(first, "one of them")
                    .related(object.value.origin.span, "the other"),
            );
        }
    }
    Ok(())
}

/// Which end of a name a text is added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Front,
    Back,
}

/// Adds a text to the front or the back of names.
pub(crate) fn affix<'s>(
    objects: &mut Objects<'s>,
    specs: &[FieldSpec],
    end: End,
    text: &Text<'s>,
    by: Span,
) -> Result<()> {
    for object in &mut objects.list {
        let gvk = object.original_id().gvk;
        let keeps = matches!(&*gvk.kind, "CustomResourceDefinition" | "Namespace")
            || (&*gvk.kind == "APIService" && &*gvk.group == "apiregistration.k8s.io");
        if keeps {
            continue;
        }
        for spec in specs
            .iter()
            .filter(|spec| gvk.is_selected(&spec.group, &spec.version, &spec.kind))
        {
            if spec.path == "metadata/name" {
                match end {
                    End::Front => object.history.prefixes.push(text.clone()),
                    End::Back => object.history.suffixes.push(text.clone()),
                }
                object.remember();
            }
            spec.visit(object, Create::Nothing, by, &mut |value| {
                let name = value.text().unwrap_or_default();
                let changed = match end {
                    End::Front => format!("{text}{name}"),
                    End::Back => format!("{name}{text}"),
                };
                value.replace_text(changed, by);
                Ok(())
            })?;
        }
    }
    Ok(())
}

/// Sets pairs, labels or annotations, in the maps that specifications lead to.
pub(crate) fn pairs<'s>(
    objects: &mut Objects<'s>,
    specs: &[FieldSpec],
    pairs: &[Entry<'s>],
    by: Span,
) -> Result<()> {
    if pairs.is_empty() {
        return Ok(());
    }
    for object in &mut objects.list {
        for spec in specs {
            let filled = spec.visit(object, Create::Map, by, &mut |value| {
                if !value.is_map() {
                    let message = format!("`{}` should be a map", spec.path);
                    return Err(Fault::broken(message).related(value.origin.span, "it is none"));
                }
                for pair in pairs {
                    set_pair(value, pair);
                }
                Ok(())
            });
            filled.at(by)?;
        }
    }
    Ok(())
}

fn set_pair<'s>(map: &mut Value<'s>, pair: &Entry<'s>) {
    let text = pair.value.shared_text().cloned().unwrap_or_default();
    let span = pair.value.origin.span;
    match map.get_mut(&pair.key) {
        Some(old) => old.replace_text(text, span),
        None => map.set(
            pair.key.clone(),
            Value::string(text, pair.value.origin.clone()),
        ),
    }
}

/// Sets how many replicas the objects of a name have.
pub(crate) fn replicas<'s>(
    objects: &mut Objects<'s>,
    specs: &[FieldSpec],
    entry: &Value<'s>,
) -> Result<()> {
    let by = entry.origin.span;
    let name = entry.get("name").and_then(Value::text).unwrap_or_default();
    let zero = Value::plain("0", crate::Origin::at(by));
    let count = entry.get("count").unwrap_or(&zero);
    let mut found = false;
    for spec in specs {
        let chosen = objects.matching(|id| {
            *id.name == *name && id.gvk.is_selected(&spec.group, &spec.version, &spec.kind)
        });
        for at in chosen {
            found = true;
            spec.visit(&mut objects.list[at], Create::Scalar, by, &mut |value| {
                value.replace(count.content.clone(), count.origin.span);
                Ok(())
            })
            .at(by)?;
        }
    }
    if found {
        return Ok(());
    }
    let kinds: Vec<&str> = specs.iter().map(|spec| &*spec.kind).collect();
    Err(
        Fault::absent(format!("no {} is called {name}", kinds.join(", ")))
            .help("mend the name, as it is before a prefix or suffix, or remove the entry")
            .at(by),
    )
}
