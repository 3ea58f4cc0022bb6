//! Walks an object beside the schema of its version.

use foldhash::{HashMap, HashMapExt};
use plimsoll_yaml::{Entry, Node, Scalar};

use super::super::built_in::{self, Mode};
use super::super::fault::{Expected, Fault, Value, nearest};
use super::super::table;
use super::junction::Junction;
use super::read::{Key, Schema, Type, Unique};
use crate::Resource;
use crate::naming::{has_placeholder, shortened};

/// What of an object its schema does not take.
pub(super) fn faults<'s>(schema: &Schema<'s>, resource: &Resource<'s>) -> Vec<Fault<'s>> {
    let mut walk = Walk::default();
    let value = named(resource.node, resource.kind_name);
    walk.fields(schema, value, Place::Root);
    walk.junction(schema, value);
    walk.faults
}

/// Where in an object a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It is the whole of it.
    Root,
    /// It is a part, and its schema says which fields there are.
    Inside,
    /// A schema beside the one that says which fields there are.
    Beside,
}

#[derive(Default)]
struct Walk<'s> {
    faults: Vec<Fault<'s>>,
    /// Only whether there are faults is asked.
    quiet: bool,
    failed: bool,
}

fn named<'s>(node: Node<'s>, field: &'s str) -> Value<'s> {
    Value {
        node,
        field,
        item: false,
        secret: false,
    }
}

impl<'s> Walk<'s> {
    fn fault(&mut self, fault: impl FnOnce() -> Fault<'s>) {
        self.failed = true;
        if !self.quiet {
            self.faults.push(fault());
        }
    }

    fn value(&mut self, schema: &Schema<'s>, value: Value<'s>, place: Place) {
        if self.quiet && self.failed {
            return;
        }
        let node = value.node;
        if node.is_mapping() {
            match schema.kind {
                Type::Object | Type::Any => self.fields(schema, value, place),
                other => return self.misfit(value, other),
            }
        } else if node.is_sequence() {
            match schema.kind {
                Type::Array | Type::Any => self.items(schema, value, place),
                other => return self.misfit(value, other),
            }
        } else {
            // What is put in later may be anything.
            if !self.scalar(schema, value) || node.text().is_none_or(has_placeholder) {
                return;
            }
        }
        self.words(schema, value);
        if let Some(fault) = schema.bounds.as_ref().and_then(|bounds| bounds.fault(node)) {
            self.fault(|| bound(value, &fault));
        }
        self.junction(schema, value);
    }

    fn fields(&mut self, schema: &Schema<'s>, value: Value<'s>, place: Place) {
        let object = place == Place::Root || (schema.flags.embedded && place == Place::Inside);
        for entry in value.node.entries() {
            let name = entry.name();
            if object && name == "metadata" {
                self.metadata(entry.value);
            }
            match (schema.property(name), &schema.values) {
                // What controllers write.
                _ if place == Place::Root && name == "status" => {}
                (Some(own), _) => self.field(own, entry, place),
                _ if object && matches!(name, "apiVersion" | "kind" | "metadata") => {}
                (None, Some(values)) => self.field(values, entry, place),
                (None, None) if schema.flags.open || place == Place::Beside => {}
                (None, None) => self.unknown(schema, value, entry),
            }
        }
        self.missing(schema, value, place);
        if schema.flags.embedded && place == Place::Inside {
            self.embedded(value);
        }
    }

    /// Whatever its schema says, an object says what it is.
    fn embedded(&mut self, value: Value<'s>) {
        for name in ["apiVersion", "kind"] {
            let node = value.node.get(name);
            match node.and_then(Node::scalar) {
                Some(Scalar::Str(text)) if !text.is_empty() => {}
                Some(Scalar::Str(_) | Scalar::Null) => self.fault(|| value.lacks(name)),
                _ => match node {
                    Some(node) => self.fault(|| named(node, name).misfit(Expected::Text)),
                    None => self.fault(|| value.lacks(name)),
                },
            }
        }
    }

    fn field(&mut self, schema: &Schema<'s>, entry: Entry<'s>, place: Place) {
        // Null is taken out before anything is validated, unless it may stand there.
        if !entry.value.is_null() {
            let inside = match place {
                // Of metadata, the definition can only narrow what there is.
                Place::Root if entry.name() == "metadata" => Place::Beside,
                Place::Root => Place::Inside,
                other => other,
            };
            self.value(schema, named(entry.value, entry.name()), inside);
        }
    }

    fn metadata(&mut self, node: Node<'s>) {
        if !self.quiet {
            let mut walk = built_in::Walk::new(false);
            walk.named(node, "metadata", table::metadata(), Mode::Strict);
            self.faults.append(&mut walk.faults);
        }
    }

    fn missing(&mut self, schema: &Schema<'s>, value: Value<'s>, place: Place) {
        for name in &schema.required {
            let property = schema.property(name);
            let nullable = property.is_some_and(|own| own.flags.nullable);
            let there = value
                .node
                .get(name)
                .is_some_and(|node| nullable || !node.is_null());
            let filled = property.is_some_and(|own| own.flags.defaulted);
            let written = place == Place::Root && matches!(*name, "status" | "metadata");
            if !there && !filled && !written {
                self.fault(|| value.lacks(name));
            }
        }
    }

    fn unknown(&mut self, schema: &Schema<'s>, value: Value<'s>, entry: Entry<'s>) {
        let name = entry.name();
        if name.is_empty()
            || has_placeholder(name)
            || (value.node.get("sops").is_some() && name == "sops")
        {
            return;
        }
        self.fault(|| {
            let near = nearest(name, schema.names());
            value.unknown(entry, near.map(|near| format!("did you mean `{near}`?")))
        });
    }

    fn items(&mut self, schema: &Schema<'s>, list: Value<'s>, place: Place) {
        let inside = match place {
            Place::Root => Place::Inside,
            other => other,
        };
        for node in list.node.items() {
            let item = Value {
                node,
                item: true,
                ..list
            };
            if let Some(of_items) = &schema.items
                && !(node.is_null() && of_items.flags.nullable)
            {
                self.value(of_items, item, inside);
            }
        }
        self.twins(schema, list);
    }

    fn twins(&mut self, schema: &Schema<'s>, list: Value<'s>) {
        let mut seen: HashMap<Vec<&'s str>, Node<'s>> = HashMap::new();
        for item in list.node.items() {
            let (names, values): (&[Key<'s>], Option<Vec<_>>) = match &schema.unique {
                Unique::Nothing => return,
                Unique::Value => (&[], item.text().map(|text| vec![text])),
                Unique::Keys(keys) => (keys, keys.iter().map(|key| key_of(item, key)).collect()),
            };
            let Some(values) = values.filter(|all| !all.iter().any(|one| has_placeholder(one)))
            else {
                continue;
            };
            let first = *seen.entry(values.clone()).or_insert(item);
            if first.id() != item.id() {
                self.fault(|| twin(list, item, names, &values).beside(first, "the first is this"));
            }
        }
    }

    /// Whether it is of its type.
    fn scalar(&mut self, schema: &Schema<'s>, value: Value<'s>) -> bool {
        let node = value.node;
        let fits = match (schema.kind, node.scalar()) {
            (Type::Any, _) => true,
            (_, Some(Scalar::Null)) => schema.flags.nullable,
            (Type::Text | Type::IntOrString, Some(Scalar::Str(_)))
            | (Type::Boolean, Some(Scalar::Bool(_)))
            | (Type::Number, Some(Scalar::Int(_) | Scalar::Float(_))) => true,
            (Type::Integer | Type::IntOrString, _) => node.int().is_some(),
            _ => false,
        };
        if !fits && !node.text().is_some_and(has_placeholder) {
            self.misfit(value, schema.kind);
        }
        fits
    }

    fn misfit(&mut self, value: Value<'s>, kind: Type) {
        self.fault(|| value.misfit(expected(kind)));
    }

    fn words(&mut self, schema: &Schema<'s>, value: Value<'s>) {
        let Some(scalar) = value.node.scalar() else {
            return;
        };
        let among = |word: &Node<'s>| word.scalar().is_none_or(|word| word == scalar);
        if !schema.words.is_empty() && !schema.words.iter().any(among) {
            let words: Vec<_> = schema.words.iter().map(|word| word.written()).collect();
            self.fault(|| value.not_among(&words));
        }
    }

    fn junction(&mut self, schema: &Schema<'s>, value: Value<'s>) {
        let Some(Junction { all, any, one, not }) = schema.junction.as_deref() else {
            return;
        };
        for schema in all {
            self.value(schema, value, Place::Beside);
        }
        if !any.is_empty() && !any.iter().any(|schema| fits(schema, value)) {
            let said = choice(any, "fits none of the alternatives of its schema");
            self.fault(|| bound(value, &said));
        }
        if !one.is_empty() {
            match one.iter().filter(|schema| fits(schema, value)).count() {
                0 => {
                    let said = choice(one, "fits none of the alternatives of its schema");
                    self.fault(|| bound(value, &said));
                }
                1 => {}
                _ => {
                    let said = choice(one, "fits several alternatives of its schema, one may be");
                    self.fault(|| bound(value, &said));
                }
            }
        }
        if not.as_ref().is_some_and(|schema| fits(schema, value)) {
            self.fault(|| bound(value, "is what its schema excludes"));
        }
    }
}

/// Whether a value fits, without a word about why not.
fn fits<'s>(schema: &Schema<'s>, value: Value<'s>) -> bool {
    let mut asked = Walk {
        quiet: true,
        ..Walk::default()
    };
    asked.value(schema, value, Place::Beside);
    !asked.failed
}

/// Alternatives that only ask for fields are told by these.
fn choice(schemas: &[Schema<'_>], otherwise: &str) -> String {
    let asked: Vec<_> = schemas
        .iter()
        .map(|schema| schema.required.join("` and `"))
        .collect();
    if asked.iter().any(String::is_empty) {
        return otherwise.to_owned();
    }
    format!("{otherwise}: `{}`", asked.join("`, or `"))
}

fn bound<'s>(value: Value<'s>, what: &str) -> Fault<'s> {
    let place = value.node;
    Fault::new(place, format!("{} {what}", value.called()))
}

fn key_of<'s>(item: Node<'s>, key: &Key<'s>) -> Option<&'s str> {
    item.get(key.name).and_then(Node::text).or(key.absent)
}

fn twin<'s>(list: Value<'s>, item: Node<'s>, keys: &[Key<'s>], values: &[&str]) -> Fault<'s> {
    let shown: Vec<_> = match keys {
        [] => values
            .iter()
            .map(|value| format!("`{}`", shortened(value)))
            .collect(),
        keys => keys
            .iter()
            .zip(values)
            .map(|(key, value)| format!("`{}: {}`", key.name, shortened(value)))
            .collect(),
    };
    let verb = if keys.is_empty() { "are" } else { "have" };
    let message = format!(
        "two items of `{}` {verb} {}",
        shortened(list.field),
        shown.join(" and ")
    );
    Fault::new(item, message)
}

fn expected(kind: Type) -> Expected {
    match kind {
        Type::Text | Type::Any => Expected::Text,
        Type::Integer => Expected::Whole,
        Type::Number => Expected::Number,
        Type::Boolean => Expected::Boolean,
        Type::IntOrString => Expected::IntOrString,
        Type::Array => Expected::List,
        Type::Object => Expected::Map,
    }
}
