//! Walks an object of a built-in kind beside its definition, each value once.

use plimsoll_yaml::{Entry, Node, Scalar};

use super::advice::moved;
use super::elsewhere::Within;
use super::fault::{Expected, Fault, Value, nearest};
use super::format::{is_base64, is_time};
use super::table::{Definition, Field, Shape, definition};
use crate::Resource;
use crate::demand;
use crate::naming::has_placeholder;

/// What of a part of an object is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Everything.
    Strict,
    /// Types and names of fields: a status is written by controllers, and what of it is missing is their affair.
    Status,
    /// Types alone: there may be more fields than are known.
    Types,
}

/// What has been found so far.
#[derive(Debug)]
pub(super) struct Walk<'s> {
    pub(super) faults: Vec<Fault<'s>>,
    /// The object is a Secret, whose values are not repeated.
    secret: bool,
    /// SOPS has added a field of its own, which is gone when the object is decrypted.
    pub(super) encrypted: bool,
}

/// An object inside another, and what it is inside of.
#[derive(Clone, Copy)]
struct At<'a, 's> {
    value: Value<'s>,
    definition: &'static Definition,
    mode: Mode,
    outer: Option<&'a At<'a, 's>>,
}

impl At<'_, '_> {
    fn is_within(&self, within: Within) -> bool {
        match within {
            Within::Anywhere => true,
            Within::Inside(name) => self
                .outer
                .is_some_and(|outer| outer.definition.name == name),
            Within::Selector => {
                let spec = self.outer.filter(|outer| outer.value.field == "spec");
                let top = spec.and_then(|spec| spec.outer);
                matches!(self.value.field, "selector" | "podSelector")
                    && top.is_some_and(|top| top.outer.is_none())
            }
            Within::Metadata => self.outer.is_none_or(|outer| outer.outer.is_none()),
        }
    }

    /// A label where a selector should be, of which `networkpolicy-without-selector` says what comes of it.
    fn is_selector_of_policy(&self) -> bool {
        self.value.field == "podSelector" && self.is_within(Within::Inside("NetworkPolicySpec"))
    }
}

impl<'s> Walk<'s> {
    pub(super) fn new(secret: bool) -> Self {
        Self {
            faults: Vec::new(),
            secret,
            encrypted: false,
        }
    }

    /// A whole object.
    pub(super) fn root(&mut self, resource: &Resource<'s>, number: u16) {
        self.named(resource.node, resource.kind_name, number, Mode::Strict);
    }

    /// A part of an object, or all of it, called so in messages.
    pub(super) fn named(&mut self, node: Node<'s>, field: &'s str, number: u16, mode: Mode) {
        let value = self.of(node, field);
        self.object(value, number, mode, None);
    }

    fn of(&self, node: Node<'s>, field: &'s str) -> Value<'s> {
        Value {
            node,
            field,
            item: false,
            secret: self.secret,
        }
    }

    fn object(&mut self, value: Value<'s>, number: u16, mode: Mode, outer: Option<&At<'_, 's>>) {
        if !value.node.is_mapping() {
            self.misfit(value, Expected::Map);
            return;
        }
        let at = At {
            value,
            definition: definition(number),
            mode,
            outer,
        };
        let mut seen = 0_u64;
        for entry in value.node.entries() {
            let Some(place) = at.definition.find(entry.name()) else {
                if mode != Mode::Types {
                    self.unknown(entry, &at);
                }
                continue;
            };
            if self.field(entry, &at.definition.fields[place], &at) {
                seen |= 1 << place;
            }
        }
        let missing = at.definition.required & !seen;
        if missing != 0 && mode == Mode::Strict {
            self.missing(&at, missing);
        }
        if let Some(condition) = at.definition.condition.filter(|_| mode == Mode::Strict) {
            self.faults.extend(condition(value));
        }
    }

    /// Whether something is there: null is nothing, and neither is what Go takes for nothing.
    fn field(&mut self, entry: Entry<'s>, field: &'static Field, at: &At<'_, 's>) -> bool {
        let value = self.of(entry.value, field.name);
        if field.judged.is_some_and(|within| at.is_within(within)) {
            if !value.node.is_mapping() && matches!(field.shape, Shape::Map(_)) {
                self.misfit(value, Expected::Map);
            }
            return true;
        }
        // The status of an object itself.
        let status = at.outer.is_none() && field.name == "status" && at.mode == Mode::Strict;
        let mode = if status { Mode::Status } else { at.mode };
        self.value(value, &field.shape, mode, at)
    }

    /// Whether something is there.
    fn value(
        &mut self,
        value: Value<'s>,
        shape: &'static Shape,
        mode: Mode,
        at: &At<'_, 's>,
    ) -> bool {
        let node = value.node;
        match shape {
            Shape::Object(number) if node.is_mapping() => {
                self.object(value, *number, mode, Some(at));
            }
            Shape::List(keys, item) if node.is_sequence() => {
                if node.is_empty() {
                    return false;
                }
                for child in node.items() {
                    let child = Value {
                        node: child,
                        item: true,
                        ..value
                    };
                    if !self.value(child, item, mode, at) && mode == Mode::Strict {
                        self.nothing(child, item);
                    }
                }
                if !keys.is_empty() && mode == Mode::Strict {
                    self.faults.extend(super::unique::twins(value, keys));
                }
            }
            Shape::Map(inner) if node.is_mapping() => {
                for entry in node.entries() {
                    let child = self.of(entry.value, entry.name());
                    self.value(child, inner, mode, at);
                }
            }
            Shape::BooleanOr(number) if node.is_mapping() => {
                self.object(value, *number, mode, Some(at));
            }
            // Go reads bytes out of a list of numbers as well.
            Shape::Base64
                if node.items().all(|item| item.int().is_some()) && node.is_sequence() => {}
            Shape::Any => {}
            _ => return self.scalar(value, shape, mode),
        }
        true
    }

    /// Whether something is there.
    fn scalar(&mut self, value: Value<'s>, shape: &'static Shape, mode: Mode) -> bool {
        let scalar = value.node.scalar();
        match (shape, scalar) {
            (_, Some(Scalar::Null)) => return false,
            (Shape::Text | Shape::Word(_), Some(Scalar::Str(""))) => return false,
            (Shape::Short | Shape::Long, Some(Scalar::Int(0))) => return false,
            (Shape::Text | Shape::IntOrString, Some(Scalar::Str(_)))
            | (Shape::Boolean | Shape::BooleanOr(_), Some(Scalar::Bool(_)))
            | (Shape::Long, Some(Scalar::Int(_)))
            | (Shape::Number, Some(Scalar::Int(_) | Scalar::Float(_))) => {}
            (Shape::Short | Shape::IntOrString, Some(Scalar::Int(number)))
                if i32::try_from(number).is_ok() => {}
            (Shape::Word(words), Some(Scalar::Str(text))) => {
                let known = text.is_empty() || words.split('|').any(|word| word == text);
                if !known && mode == Mode::Strict && !value.is_open() {
                    let words: Vec<_> = words.split('|').collect();
                    self.faults.push(value.not_among(&words));
                }
            }
            _ if value.is_open() => {}
            (_, Some(scalar)) => self.rare(value, shape, scalar),
            (_, None) => self.misfit(value, expected(shape)),
        }
        true
    }

    /// Forms that few fields have, and whatever is of another type.
    fn rare(&mut self, value: Value<'s>, shape: &'static Shape, scalar: Scalar<'s>) {
        let fault = match (shape, scalar) {
            (Shape::Base64, Scalar::Str(text)) if is_base64(text) => return,
            (Shape::Base64, Scalar::Str(_)) => {
                let clear = value
                    .secret
                    .then(|| "encode it, or write what is in clear under `stringData`".to_owned());
                value.wrong("no base64").helped(clear)
            }
            (Shape::Time, Scalar::Str(text)) if is_time(text) => return,
            (Shape::Time, Scalar::Str(_)) => value
                .wrong("no time")
                .helped(Some("write it as `2026-01-31T08:00:00Z`".into())),
            (Shape::Quantity, scalar) if !matches!(scalar, Scalar::Bool(_)) => {
                if demand::amount(value.node).is_some() {
                    return;
                }
                value.wrong("no quantity")
            }
            (
                Shape::Short | Shape::Long | Shape::IntOrString,
                Scalar::Int(_) | Scalar::Float(_),
            ) => match value.node.int() {
                Some(number) if !matches!(shape, Shape::Long) && i32::try_from(number).is_err() => {
                    value.wrong("more than 32 bits hold")
                }
                Some(_) => return,
                None => value.misfit(expected(shape)),
            },
            _ => value.misfit(expected(shape)),
        };
        self.faults.push(fault);
    }

    /// A dash with nothing behind it is an object without fields.
    fn nothing(&mut self, item: Value<'s>, shape: &'static Shape) {
        if let Shape::Object(number) = shape
            && item.node.is_null()
            && definition(*number).required != 0
        {
            self.faults.push(item.misfit(Expected::Map));
        }
    }

    fn misfit(&mut self, value: Value<'s>, expected: Expected) {
        if !value.is_open() {
            self.faults.push(value.misfit(expected));
        }
    }

    fn unknown(&mut self, entry: Entry<'s>, at: &At<'_, 's>) {
        let name = entry.name();
        let sops = self.encrypted && name == "sops" && at.outer.is_none();
        if !sops && !name.is_empty() && !has_placeholder(name) && !at.is_selector_of_policy() {
            let help = meant(name, at);
            self.faults.push(at.value.unknown(entry, help));
        }
    }

    fn missing(&mut self, at: &At<'_, 's>, missing: u64) {
        for (place, field) in at.definition.fields.iter().enumerate() {
            let asked_for = field.asked_for.is_some_and(|within| at.is_within(within));
            if missing & (1 << place) != 0 && !asked_for {
                self.faults.push(at.value.lacks(field.name));
            }
        }
    }
}

/// What a field that is not known was meant to be: another name, or another place.
fn meant(name: &str, at: &At<'_, '_>) -> Option<String> {
    if let Some(moved) = moved(at.definition.name, name) {
        return Some(moved.to_owned());
    }
    let fields = at.definition.fields.iter();
    if let Some(near) = nearest(name, fields.clone().map(|field| field.name)) {
        return Some(format!("did you mean `{near}`?"));
    }
    let has = |shape: &Shape| match shape {
        Shape::Object(number) => definition(*number).find(name).is_some(),
        _ => false,
    };
    let mut inside = fields.filter(|field| has(&field.shape));
    if let (Some(field), None) = (inside.next(), inside.next()) {
        return Some(format!(
            "it is a field of `{}`: write it under that",
            field.name
        ));
    }
    let outer = std::iter::successors(at.outer, |at| at.outer);
    let outer = outer
        .filter(|outer| outer.definition.find(name).is_some())
        .map(|outer| outer.value.field);
    outer
        .take(1)
        .map(|field| format!("it is a field of `{field}`: indent it less"))
        .next()
}

/// The word for a shape.
fn expected(shape: &Shape) -> Expected {
    match shape {
        Shape::Text | Shape::Base64 | Shape::Time | Shape::Word(_) => Expected::Text,
        Shape::Boolean => Expected::Boolean,
        Shape::Short | Shape::Long => Expected::Whole,
        Shape::Number => Expected::Number,
        Shape::IntOrString => Expected::IntOrString,
        Shape::Quantity => Expected::Number,
        Shape::Object(_) | Shape::Map(_) | Shape::Any => Expected::Map,
        Shape::BooleanOr(_) => Expected::MapOrBoolean,
        Shape::List(_, item) => match **item {
            Shape::Text | Shape::Word(_) => Expected::Texts,
            _ => Expected::List,
        },
    }
}
