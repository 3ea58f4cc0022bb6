//! The sets of parameters that generators make.

use super::{Parameters, span_of, template};
use crate::roots::argo::merge;
use crate::roots::ground::Ground;
use crate::roots::plan::text;
use crate::{Content, Fault, FaultKind, Origin, Text, Value};

/// Reads generators.
pub(super) struct Generators<'a, 'r, 's> {
    pub(super) ground: &'a Ground<'r, 's>,
    /// The file that they are in.
    pub(super) from: &'a str,
    /// Templates are Go's, and parameters have maps in them.
    pub(super) go: bool,
    /// What is not known.
    pub(super) faults: Vec<Fault>,
}

/// What a generator makes.
pub(super) type Sets<'s> = Vec<Parameters<'s>>;

impl<'s> Generators<'_, '_, 's> {
    /// The sets of a whole `ApplicationSet`.
    pub(super) fn all(&mut self, spec: &Value<'s>) -> Sets<'s> {
        let generators = spec.get("generators").map(Value::items).unwrap_or_default();
        let nothing = Value::map(spec.origin.clone());
        let mut sets = Vec::new();
        for generator in generators {
            sets.extend(self.one(generator, &nothing));
        }
        sets
    }

    /// The sets of one generator; `known` are the parameters that its own texts may name.
    fn one(&mut self, generator: &Value<'s>, known: &Value<'s>) -> Sets<'s> {
        let mut generator = generator.clone();
        if !known.entries().is_empty() {
            super::expand(&mut generator, known, self.go);
        }
        let kinds = generator.entries().iter();
        let Some(kind) = kinds.into_iter().find(|entry| &*entry.key != "selector") else {
            return Vec::new();
        };
        let of = &kind.value;
        let mut sets = match &*kind.key {
            "list" => self.list(of),
            "git" => self.git(of),
            "matrix" => self.matrix(of, known),
            "merge" => self.merge(of, known),
            other => {
                let what = if other == "clusters" {
                    "the clusters of Argo CD"
                } else {
                    "another service"
                };
                let message =
                    format!("the generator `{other}` asks {what}, so its parameters are not known");
                self.unknown(of, &message, FaultKind::Unsupported)
            }
        };
        if let Some(selector) = generator.get("selector") {
            sets.retain(|set| is_selected(selector, &set.values));
        }
        let template = of.get("template").filter(|template| template.is_map());
        for set in &mut sets {
            if set.template.is_none() {
                set.template = template.cloned();
            }
        }
        sets
    }

    /// One set for the many that nobody knows, with only what is written in the generator itself.
    pub(super) fn unknown(&mut self, of: &Value<'s>, message: &str, kind: FaultKind) -> Sets<'s> {
        self.faults.push(*Fault::new(kind, message).at(span_of(of)));
        let values = Value::map(of.origin.clone());
        vec![self.set(values, of.get("values"))]
    }

    /// A set, with the values that are written beside the generator.
    pub(super) fn set(&self, mut values: Value<'s>, written: Option<&Value<'s>>) -> Parameters<'s> {
        let mut own = Value::map(values.origin.clone());
        for entry in written.map(Value::entries).unwrap_or_default() {
            let mut value = entry.value.clone();
            super::expand(&mut value, &values, self.go);
            own.set(entry.key.clone(), value);
        }
        if self.go && !own.entries().is_empty() {
            values.set("values", own);
        } else {
            for entry in own.entries() {
                values.set(format!("values.{}", entry.key), entry.value.clone());
            }
        }
        Parameters {
            values,
            template: None,
        }
    }

    fn list(&mut self, of: &Value<'s>) -> Sets<'s> {
        if let Some(made) = of.get("elementsYaml").filter(|made| !made.is_null()) {
            return self.unknown(
                made,
                "`elementsYaml` is not evaluated",
                FaultKind::Unsupported,
            );
        }
        let elements = of.get("elements").map(Value::items).unwrap_or_default();
        elements
            .iter()
            .map(|element| self.set(self.shaped(element), of.get("values")))
            .collect()
    }

    /// Parameters as templates name them: flat, unless the templates are Go's.
    pub(super) fn shaped(&self, value: &Value<'s>) -> Value<'s> {
        if self.go {
            return value.clone();
        }
        let mut flat = Value::map(value.origin.clone());
        flatten("", value, &mut flat);
        flat
    }

    fn matrix(&mut self, of: &Value<'s>, known: &Value<'s>) -> Sets<'s> {
        let generators = of.get("generators").map(Value::items).unwrap_or_default();
        let [first, second] = generators else {
            self.faults
                .push(*Fault::broken("a matrix takes two generators").at(span_of(of)));
            return Vec::new();
        };
        let mut sets = Vec::new();
        for outer in self.one(first, known) {
            for inner in self.one(second, &outer.values) {
                let mut values = outer.values.clone();
                merge(&mut values, inner.values);
                sets.push(Parameters {
                    values,
                    template: None,
                });
            }
        }
        sets
    }

    fn merge(&mut self, of: &Value<'s>, known: &Value<'s>) -> Sets<'s> {
        let keys: Vec<&str> = of
            .get("mergeKeys")
            .map(Value::items)
            .unwrap_or_default()
            .iter()
            .filter_map(Value::text)
            .collect();
        let mut generators = of
            .get("generators")
            .map(Value::items)
            .unwrap_or_default()
            .iter();
        let Some(base) = generators.next() else {
            return Vec::new();
        };
        let mut sets = self.one(base, known);
        for generator in generators {
            for over in self.one(generator, known) {
                let same = |set: &&mut Parameters<'s>| {
                    let mut keys = keys.iter();
                    keys.all(|key| {
                        template::lookup(&set.values, key) == template::lookup(&over.values, key)
                    })
                };
                if let Some(set) = sets.iter_mut().find(same) {
                    merge(&mut set.values, over.values);
                }
            }
        }
        sets
    }
}

/// `{a: {b: [1]}}` is `a.b.0`.
fn flatten<'s>(prefix: &str, value: &Value<'s>, flat: &mut Value<'s>) {
    let name = |key: &str| {
        if prefix.is_empty() {
            key.to_owned()
        } else {
            format!("{prefix}.{key}")
        }
    };
    match &value.content {
        Content::Scalar(scalar) => flat.set(
            Text::from(prefix.to_owned()),
            Value::string(scalar.text.clone(), Origin::at(value.origin.span)),
        ),
        Content::List(items) => {
            for (at, item) in items.iter().enumerate() {
                flatten(&name(&at.to_string()), item, flat);
            }
        }
        Content::Map(entries) => {
            for entry in entries.iter() {
                flatten(&name(&entry.key), &entry.value, flat);
            }
        }
    }
}

/// Whether a label selector selects parameters. One that asks for what is not known selects it.
fn is_selected(selector: &Value<'_>, values: &Value<'_>) -> bool {
    let get = |key: &str| template::lookup(values, key);
    let labels = selector
        .get("matchLabels")
        .map(Value::entries)
        .unwrap_or_default();
    let mut labels = labels.iter();
    let labels =
        labels.all(|entry| get(&entry.key).is_none_or(|value| Some(value) == entry.value.text()));
    let expressions = selector
        .get("matchExpressions")
        .map(Value::items)
        .unwrap_or_default();
    let mut expressions = expressions.iter();
    labels
        && expressions.all(|expression| {
            let value = get(text(expression, &["key"]).unwrap_or_default());
            let listed = expression
                .get("values")
                .map(Value::items)
                .unwrap_or_default();
            let among =
                value.is_some_and(|value| listed.iter().any(|item| item.text() == Some(value)));
            match text(expression, &["operator"]) {
                Some("In") => among || value.is_none(),
                Some("NotIn") => !among,
                Some("DoesNotExist") => value.is_none(),
                _ => true,
            }
        })
}
