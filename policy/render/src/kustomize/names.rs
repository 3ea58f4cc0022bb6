//! References by name, mended after names have changed: a Deployment goes on naming its ConfigMap when that gets a
//! prefix or a hash.
//!
//! Source: `filters/nameref` and `accumulator/namereferencetransformer.go` of kustomize's `api`.

mod index;

use std::cell::OnceCell;
use std::collections::HashMap;

use plimsoll_yaml::Span;

use self::index::Index;
use super::address::{self, Address};
use super::config::{Config, NameReference};
use super::fieldspec::FieldSpec;
use super::id::Gvk;
use super::object::Object;
use super::objects::Objects;
use super::path::raw;
use crate::{At, Content, Fault, Origin, Result, Scalar, Text, Value};

/// Mends the fields that hold names of objects that were renamed.
pub fn fix<'s>(objects: &mut Objects<'s>, config: &Config) -> Result<()> {
    let rules: Vec<Rule<'_>> = rules(config);
    let mut selected: HashMap<Gvk<'s>, Vec<usize>> = HashMap::new();
    let index = Index::of(objects);
    let mut fixer = Fixer { objects, index };
    for referrer in 0..fixer.objects.list.len() {
        let gvk = fixer.objects.list[referrer].original_id().gvk;
        let of_kind = selected
            .entry(gvk)
            .or_insert_with_key(|gvk| of_kind(&rules, gvk));
        for rule in of_kind.iter() {
            fixer.apply(referrer, &rules[*rule])?;
        }
    }
    Ok(())
}

/// One kind of objects that are named, and one field that names them.
struct Rule<'c> {
    target: &'c NameReference,
    field: &'c FieldSpec,
    names: OnceCell<Vec<String>>,
}

impl Rule<'_> {
    /// The names of the field's path. Most rules are for kinds that a build does not have.
    fn names(&self) -> &[String] {
        self.names.get_or_init(|| self.field.names())
    }
}

fn rules(config: &Config) -> Vec<Rule<'_>> {
    let mut rules = Vec::new();
    for target in &config.names {
        rules.extend(target.specs.iter().map(|field| Rule {
            target,
            field,
            names: OnceCell::new(),
        }));
    }
    rules
}

fn of_kind(rules: &[Rule<'_>], gvk: &Gvk<'_>) -> Vec<usize> {
    let selects =
        |rule: &Rule<'_>| gvk.is_selected(&rule.field.group, &rule.field.version, &rule.field.kind);
    let rules = rules.iter().enumerate();
    rules
        .filter(|(_, rule)| selects(rule))
        .map(|(at, _)| at)
        .collect()
}

/// What a field says about the object it names.
struct Reference {
    name: String,
    /// `namespace` beside `name`, where the field is a map that has one.
    namespace: Option<String>,
    is_map: bool,
    span: Span,
}

struct Fixer<'o, 's> {
    objects: &'o mut Objects<'s>,
    index: Index<'s>,
}

impl<'s> Fixer<'_, 's> {
    fn apply(&mut self, referrer: usize, rule: &Rule<'_>) -> Result<()> {
        let object = &self.objects.list[referrer];
        if !rule.field.may_lead(&object.value) {
            return Ok(());
        }
        let found = address::find(&object.value, rule.names());
        let found = found.at(object.value.origin.span)?;
        for place in places(&object.value, found) {
            self.mend(referrer, rule, &place)?;
        }
        Ok(())
    }

    fn mend(&mut self, referrer: usize, rule: &Rule<'_>, place: &[usize]) -> Result<()> {
        let Some(reference) = self.read(referrer, rule, place)? else {
            return Ok(());
        };
        let Some(referral) = self.select(referrer, rule, &reference)? else {
            return Ok(());
        };
        let id = self.objects.list[referrer].id();
        let named = &mut self.objects.list[referral];
        named.history.referred_by.push(id);
        named.history.annotated = true;
        let named = New::of(named);
        if *named.name == *reference.name && (!reference.is_map || named.namespace.is_none()) {
            return Ok(());
        }
        let object = &mut self.objects.list[referrer];
        if let Some(field) = address::get_mut(&mut object.value, place) {
            named.put(field);
        }
        if rule.names().first().is_some_and(|name| name == "metadata") {
            self.index.refresh(referrer, &self.objects.list[referrer]);
        }
        Ok(())
    }

    fn read(&self, referrer: usize, rule: &Rule<'_>, place: &[usize]) -> Result<Option<Reference>> {
        let object = &self.objects.list[referrer];
        let Some(field) = address::get(&object.value, place) else {
            return Ok(None);
        };
        if !field.is_map() {
            return Ok(Some(Reference {
                name: raw(field).to_owned(),
                namespace: None,
                is_map: false,
                span: field.origin.span,
            }));
        }
        let Some(name) = field.get("name") else {
            let message = format!(
                "`{}` of {} is a map without `name`, so it names nothing",
                rule.field.path,
                object.id()
            );
            return Err(Fault::broken(message)
                .help("write the `name` of the object that is meant")
                .at(field.origin.span));
        };
        Ok(Some(Reference {
            name: raw(name).to_owned(),
            namespace: field.get("namespace").map(|value| raw(value).to_owned()),
            is_map: true,
            span: name.origin.span,
        }))
    }

    /// The object that is meant; `None` if it is not of this build.
    fn select(
        &self,
        referrer: usize,
        rule: &Rule<'_>,
        reference: &Reference,
    ) -> Result<Option<usize>> {
        let referrer_object = &self.objects.list[referrer];
        let reach = self.index.reach(referrer, referrer_object)?;
        let kind = &rule.target.kind;
        let mut found = self.index.named(kind, &reference.name, &reach);
        found.retain(|at| self.index.was(*at, rule.target));
        if found.is_empty() {
            return Ok(None);
        }
        if let Some((group, kind)) = role_ref(referrer_object, rule) {
            found.retain(|at| self.index.was_kind(*at, &group, "", &kind));
        }
        if let Some(namespace) = &reference.namespace {
            let within = self.index.in_namespace(namespace, &reach);
            found.retain(|at| within.accepts(&self.index, *at));
        }
        // First with whoever has no prefixes or suffixes, then only with those who have the same.
        for lenient in [true, false] {
            if found.len() > 1 {
                let list = &self.objects.list;
                found.retain(|at| affixes_match(&list[*at], referrer_object, lenient));
            }
        }
        self.only(&found, reference, rule, referrer_object)
    }

    /// The one that is left, or the first of several that are the same for the purpose.
    fn only(
        &self,
        found: &[usize],
        reference: &Reference,
        rule: &Rule<'_>,
        referrer: &Object<'s>,
    ) -> Result<Option<usize>> {
        let Some((first, others)) = found.split_first() else {
            return Ok(None);
        };
        let first_object = &self.objects.list[*first];
        let same = |at: &usize| {
            let other = &self.objects.list[*at];
            other.name() == first_object.name()
                && (!reference.is_map || other.namespace() == first_object.namespace())
        };
        if others.iter().all(same) {
            return Ok(Some(*first));
        }
        let message = format!(
            "`{}` of {} names `{}`, which {} objects could be",
            rule.field.path,
            referrer.id(),
            reference.name,
            found.len()
        );
        let help = "give the objects different names, or take the one that is meant and what names it in by the same \
                    kustomization";
        let mut fault = Fault::broken(message).help(help).at(reference.span);
        for at in found {
            let object = &self.objects.list[*at];
            fault = fault.related(name_span(object), format!("{}", object.id()));
        }
        Err(fault)
    }
}

/// The scalars and maps at some addresses; of lists, their items.
fn places(value: &Value<'_>, found: Vec<Address>) -> Vec<Address> {
    let mut places = Vec::new();
    for here in found {
        let Some(field) = address::get(value, &here) else {
            continue;
        };
        if field.is_list() {
            let items = field.items().iter().enumerate();
            let named = items.filter(|(_, item)| !item.is_null() && !item.is_list());
            places.extend(named.map(|(at, _)| [here.as_slice(), &[at]].concat()));
        } else {
            places.push(here);
        }
    }
    places
}

/// Group and kind beside a `roleRef/name`.
fn role_ref(referrer: &Object<'_>, rule: &Rule<'_>) -> Option<(String, String)> {
    if !rule.field.path.ends_with("roleRef/name") {
        return None;
    }
    let part = |key| {
        referrer
            .value
            .at(&["roleRef", key])
            .map(raw)
            .map(str::to_owned)
    };
    Some((part("apiGroup")?, part("kind")?))
}

/// Whether two objects were taken in by the same kustomizations, as far as prefixes and suffixes tell.
fn affixes_match(a: &Object<'_>, b: &Object<'_>, lenient: bool) -> bool {
    let same = |a: &[Text<'_>], b: &[Text<'_>]| {
        (lenient && (a.is_empty() || b.is_empty())) || end_alike(a, b)
    };
    same(&a.history.prefixes, &b.history.prefixes) && same(&a.history.suffixes, &b.history.suffixes)
}

/// Whether the longer list ends with the shorter; an empty one is like no other.
fn end_alike(a: &[Text<'_>], b: &[Text<'_>]) -> bool {
    let (short, long) = if a.len() > b.len() { (b, a) } else { (a, b) };
    if short.is_empty() {
        long.is_empty()
    } else {
        long.ends_with(short)
    }
}

fn name_span(object: &Object<'_>) -> Span {
    let name = object.value.at(&["metadata", "name"]);
    name.map_or(object.value.origin.span, |name| name.origin.span)
}

/// What a reference has to say from now on.
struct New<'s> {
    name: Text<'s>,
    name_span: Span,
    namespace: Option<(Text<'s>, Span)>,
}

impl<'s> New<'s> {
    fn of(named: &Object<'s>) -> Self {
        let id = named.id();
        let span = name_span(named);
        let namespace = named.value.at(&["metadata", "namespace"]);
        let namespace_span = namespace.map_or(span, |namespace| namespace.origin.span);
        let namespace = (!id.namespace.is_empty()).then_some((id.namespace, namespace_span));
        Self {
            name: id.name,
            name_span: span,
            namespace,
        }
    }

    fn put(self, field: &mut Value<'s>) {
        if !field.is_map() {
            return write(field, self.name, self.name_span);
        }
        if let Some(name) = field.get_mut("name") {
            write(name, self.name, self.name_span);
        }
        if let Some((namespace, span)) = self.namespace {
            match field.get_mut("namespace") {
                Some(old) => write(old, namespace, span),
                None => field.set("namespace", Value::plain(namespace, Origin::at(span))),
            }
        }
    }
}

/// Sets a text in the style that is there: kustomize does not quote a name that looks like a number.
fn write<'s>(field: &mut Value<'s>, text: Text<'s>, by: Span) {
    let plain = matches!(&field.content, Content::Scalar(scalar) if scalar.plain);
    if raw(field) != &*text || !matches!(field.content, Content::Scalar(_)) {
        field.replace(Content::Scalar(Scalar { text, plain }), by);
    }
}

#[cfg(test)]
mod tests;
