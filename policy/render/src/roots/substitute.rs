//! Flux's `postBuild`: variables put into what was built.
//!
//! Flux writes an object out as YAML, expands the text, and reads it again. So it does not matter how a value was quoted in
//! its file: what can be written without quotes is, and `"${n}"` becomes a number if `n` looks like one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use plimsoll_yaml::{Limits, Node, OriginStep, Scalar as Read, SourceId, Span, Tree};

use super::envsubst::{self, Variable};
use crate::kustomize::object::Object;
use crate::{At, Content, Entry, Fault, Origin, Result, Scalar, Text, Value};

/// The variables of one root.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables {
    known: BTreeMap<String, (String, Span)>,
    /// Those that have a value nobody can read here.
    secret: BTreeSet<String>,
    /// Some come from where nobody can look: whatever is not known may be set there.
    open: bool,
}

impl Variables {
    /// Sets a variable, whatever it was before.
    pub(super) fn set(&mut self, name: &str, value: &str, span: Span) {
        self.secret.remove(name);
        let value = value.replace('\n', "");
        self.known.insert(name.to_owned(), (value, span));
    }

    /// Sets a variable to something that cannot be read.
    pub(super) fn set_secret(&mut self, name: &str) {
        self.known.remove(name);
        self.secret.insert(name.to_owned());
    }

    /// Takes in that more are set elsewhere.
    pub(super) fn open(&mut self) {
        self.open = true;
    }

    /// Without a variable Flux leaves everything as it is.
    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty() && self.secret.is_empty() && !self.open
    }
}

/// Puts variables into objects. Returns the names of those that were asked for and are not known.
pub(super) fn objects(
    objects: &mut [Object<'_>],
    variables: &Variables,
    faults: &mut Vec<Fault>,
) -> BTreeSet<String> {
    let mut run = Run {
        variables,
        unknown: BTreeSet::new(),
        met: Vec::new(),
    };
    for object in objects.iter_mut().filter(|object| !is_disabled(object)) {
        if mentions(&object.value)
            && let Err(fault) = run.value(&mut object.value)
        {
            faults.push(*fault);
        }
    }
    run.unknown
}

const SWITCH: &str = "kustomize.toolkit.fluxcd.io/substitute";

fn is_disabled(object: &Object<'_>) -> bool {
    let of = |kind| object.value.at(&["metadata", kind, SWITCH]);
    let switches = [of("labels"), of("annotations")];
    switches
        .into_iter()
        .flatten()
        .any(|switch| switch.text() == Some("disabled"))
}

/// A dollar sign that means something.
fn asks(text: &str) -> bool {
    text.contains("${") || text.contains("$$")
}

fn mentions(value: &Value<'_>) -> bool {
    match &value.content {
        Content::Scalar(scalar) => asks(&scalar.text),
        Content::List(items) => items.iter().any(mentions),
        Content::Map(entries) => entries
            .iter()
            .any(|entry| asks(&entry.key) || mentions(&entry.value)),
    }
}

struct Run<'v> {
    variables: &'v Variables,
    unknown: BTreeSet<String>,
    /// Where the variables of the text at hand are set.
    met: Vec<Span>,
}

impl Run<'_> {
    fn value(&mut self, value: &mut Value<'_>) -> Result<()> {
        match &value.content {
            Content::Scalar(scalar) if asks(&scalar.text) => self.scalar(value),
            Content::List(_) => {
                let items = value.items_mut().into_iter().flatten();
                items
                    .filter(|item| mentions(item))
                    .try_for_each(|item| self.value(item))
            }
            Content::Map(_) => self.entries(value),
            Content::Scalar(_) => Ok(()),
        }
    }

    fn entries(&mut self, value: &mut Value<'_>) -> Result<()> {
        for entry in value.entries_mut().into_iter().flatten() {
            if asks(&entry.key) {
                entry.key = self.expand(&entry.key).at(entry.key_span)?.into();
            }
            if mentions(&entry.value) {
                self.value(&mut entry.value)?;
            }
        }
        Ok(())
    }

    fn scalar(&mut self, value: &mut Value<'_>) -> Result<()> {
        let Content::Scalar(scalar) = &value.content else {
            return Ok(());
        };
        let span = value.origin.span;
        let text = self.expand(&scalar.text).at(span)?;
        for by in &self.met {
            value.origin.push(OriginStep::By, *by);
        }
        value.content = if is_written_plain(&scalar.text) {
            read(&text, &value.origin).at(span)?
        } else {
            let (text, plain) = (text.into(), false);
            Content::Scalar(Scalar { text, plain })
        };
        Ok(())
    }

    fn expand(&mut self, text: &str) -> Result<String> {
        self.met.clear();
        let (variables, unknown, met) = (self.variables, &mut self.unknown, &mut self.met);
        let expanded = envsubst::expand(text, &mut |name| {
            if let Some((value, span)) = variables.known.get(name) {
                if !met.contains(span) {
                    met.push(*span);
                }
                return Variable::Known(value.clone());
            }
            if variables.secret.contains(name) {
                unknown.insert(name.to_owned());
                Variable::Unknown
            } else if variables.open {
                Variable::Unset
            } else {
                Variable::Known(String::new())
            }
        });
        let expanded = expanded.map_err(|reason| {
            Fault::broken(format!("Flux cannot substitute variables here: {reason}"))
                .help("write `$$` for a dollar sign, or annotate the object with `kustomize.toolkit.fluxcd.io/substitute: disabled`")
        })?;
        if variables.open {
            unknown.extend(left(&expanded));
        }
        Ok(expanded)
    }
}

/// The variables that are still in a text.
fn left(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split("${").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        let name = &rest[..end?];
        (!name.is_empty()).then(|| name.to_owned())
    })
}

/// Whether Flux writes a string with a `$` without quotes. Source: `yaml_emitter_analyze_scalar` of `goyaml.v2`.
fn is_written_plain(text: &str) -> bool {
    let blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let after = chars.peek().copied();
        let stops = match c {
            '\n' | '\r' | '\t' => true,
            ':' => blank(after),
            '#' => blank(before),
            '-' | '?' => before.is_none() && blank(after),
            ' ' => before.is_none() || after.is_none(),
            c => before.is_none() && ",[]{}&*!|>'\"%@`".contains(c),
        };
        if stops || c.is_control() {
            return false;
        }
        before = Some(c);
    }
    !text.is_empty() && !text.starts_with("---") && !text.starts_with("...")
}

/// What a text without quotes means where a value stands. It can be anything: variables may hold quotes and brackets.
fn read<'s>(text: &str, origin: &Origin) -> Result<Content<'s>> {
    let tree = Tree::parse(
        SourceId(u32::MAX),
        format!("k: {text}\n"),
        &Limits::default(),
    );
    let root = tree.documents().next().and_then(|document| document.root);
    let value = root.and_then(|root| root.get("k"));
    match value {
        Some(value) if tree.errors().is_empty() => Ok(owned(value, origin).content),
        _ => {
            let message = format!("with its variables in place this is no YAML: {text}");
            Err(Fault::broken(message))
        }
    }
}

fn owned<'s>(node: Node<'_>, origin: &Origin) -> Value<'s> {
    let content = if node.is_mapping() {
        let entries = node.entries().map(|entry| Entry {
            key: Text::from(entry.name().to_owned()),
            key_span: origin.span,
            value: owned(entry.value, origin),
        });
        Content::Map(Arc::new(entries.collect()))
    } else if node.is_sequence() {
        let items = node.items().map(|item| owned(item, origin));
        Content::List(Arc::new(items.collect()))
    } else {
        // It has been read as Kubernetes reads it, `yes` as a boolean: nothing may read it in another way afterwards.
        let (text, plain) = match node.scalar() {
            Some(Read::Str(text)) => (text, false),
            Some(Read::Bool(value)) => (if value { "true" } else { "false" }, true),
            Some(_) => (node.written(), true),
            None => ("", true),
        };
        let text = Text::from(text.to_owned());
        Content::Scalar(Scalar { text, plain })
    };
    Value {
        content,
        origin: origin.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Span = Span {
        source: SourceId(0),
        start: 7,
        end: 9,
    };

    fn variables(pairs: &[(&str, &str)]) -> Variables {
        let mut variables = Variables::default();
        for (name, value) in pairs {
            variables.set(name, value, SPAN);
        }
        variables
    }

    fn one(text: &str, variables: &Variables) -> (Content<'static>, Vec<Fault>) {
        let origin = Origin::at(Span { start: 1, ..SPAN });
        let mut map = Value::map(origin.clone());
        map.set("k", Value::string(text.to_owned(), origin));
        let mut list = vec![Object::new(map)];
        let mut faults = Vec::new();
        objects(&mut list, variables, &mut faults);
        let value = list[0].value.get("k").unwrap().clone();
        (value.content, faults)
    }

    fn scalar(text: &str, plain: bool) -> Content<'_> {
        let text = Text::Source(text);
        Content::Scalar(Scalar { text, plain })
    }

    #[test]
    fn types_follow_what_is_put_in() {
        let variables = variables(&[
            ("n", "3"),
            ("on", "yes"),
            ("q", "\""),
            ("list", "[a, 1]"),
            ("s", "x"),
        ]);
        for (text, content) in [
            ("${n}", scalar("3", true)),
            ("${on}", scalar("true", true)),
            ("${q}${n}${q}", scalar("3", false)),
            ("a-${n}", scalar("a-3", false)),
            ("${nothing}", scalar("", true)),
            ("${n}: ${s}", scalar("3: x", false)),
            ("${s}\n${n}\n", scalar("x\n3\n", false)),
            ("$${n}", scalar("${n}", false)),
            ("2024-01-0${n}", scalar("2024-01-03", false)),
        ] {
            assert_eq!(one(text, &variables).0, content, "{text}");
        }
        let Content::List(items) = one("${list}", &variables).0 else {
            panic!("a list in flow style is a list");
        };
        assert_eq!(items.len(), 2);
    }

    #[test]
    fn what_flux_cannot_read_is_a_fault_and_stays() {
        let variables = variables(&[("m", "a: b")]);
        let (content, faults) = one("${m}", &variables);
        assert_eq!(faults.len(), 1);
        assert_eq!(content, scalar("${m}", false));
        assert_eq!(one("${m", &variables).1[0].span.unwrap().start, 1);
    }

    #[test]
    fn a_switch_on_the_object_leaves_it_alone() {
        let origin = Origin::at(SPAN);
        let mut value = Value::map(origin.clone());
        value.set("k", Value::string("${n}", origin));
        let mut object = Object::new(value);
        object.annotate(SWITCH, "disabled", SPAN);
        let mut list = vec![object];
        objects(&mut list, &variables(&[("n", "3")]), &mut Vec::new());
        assert_eq!(list[0].value.get("k").unwrap().text(), Some("${n}"));
    }

    #[test]
    fn unknown_variables_are_named_and_stay() {
        let mut variables = variables(&[("n", "3")]);
        variables.open();
        variables.set_secret("token");
        let origin = Origin::at(SPAN);
        let text = "${n} ${token:-x} ${host} ${port:-80}";
        let mut value = Value::map(origin.clone());
        value.set("k", Value::string(text, origin));
        let mut list = vec![Object::new(value)];
        let unknown = objects(&mut list, &variables, &mut Vec::new());
        let text = list[0].value.get("k").unwrap().text();
        assert_eq!(text, Some("3 ${token:-x} ${host} 80"));
        assert_eq!(Vec::from_iter(unknown), ["host", "token"]);
    }
}
