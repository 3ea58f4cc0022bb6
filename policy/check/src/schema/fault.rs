//! A fault of an object, and how it is said.

use plimsoll_yaml::{Entry, Node};

use super::advice::advice;
use crate::Place;
use crate::config::closest;
use crate::naming::{has_placeholder, shortened};

/// Something that the API server refuses.
#[derive(Debug)]
pub(crate) struct Fault<'s> {
    pub(crate) place: Place<'s>,
    pub(crate) message: String,
    /// What to write instead.
    pub(crate) help: Option<String>,
    /// Another place that explains it.
    pub(crate) related: Option<(Node<'s>, &'static str)>,
}

/// A value, and what it is called in a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value<'s> {
    pub(super) node: Node<'s>,
    /// The key that it stands under, or that its list does.
    pub(super) field: &'s str,
    /// It is an item of the list of that name.
    pub(super) item: bool,
    /// What it is may not be repeated.
    pub(super) secret: bool,
}

/// A type, in the words of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Text,
    Whole,
    Number,
    Boolean,
    IntOrString,
    Map,
    /// A list of text.
    Texts,
    List,
    MapOrBoolean,
}

impl Expected {
    /// With its article.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Whole => "a whole number",
            Self::Number => "a number",
            Self::Boolean => "a boolean",
            Self::IntOrString => "a whole number or a string",
            Self::Map => "a map",
            Self::Texts | Self::List => "a list",
            Self::MapOrBoolean => "a map or a boolean",
        }
    }
}

impl<'s> Value<'s> {
    /// The text, where it may be said.
    pub(super) fn text(self) -> Option<&'s str> {
        self.node.text().filter(|_| !self.secret)
    }

    /// Something else is put in its place before the API server sees it, or nothing is there at all.
    pub(super) fn is_open(self) -> bool {
        self.node
            .text()
            .is_none_or(|text| has_placeholder(text) || text.starts_with("ENC["))
            && !self.node.is_mapping()
            && !self.node.is_sequence()
    }

    fn name(self) -> String {
        let field = shortened(self.field);
        if self.item {
            format!("an item of `{field}`")
        } else {
            format!("`{field}`")
        }
    }

    fn shown(self) -> String {
        let kind = self.node.kind().name();
        match self.text().and_then(|text| text.lines().next()) {
            Some(line) => format!("{kind} (`{}`)", shortened(line)),
            None => kind.to_owned(),
        }
    }

    /// `replicas` with its value: the beginning of a sentence about it.
    pub(super) fn called(self) -> String {
        match self.text().and_then(|text| text.lines().next()) {
            Some(line) => format!("{} (`{}`)", self.name(), shortened(line)),
            None => self.holder(),
        }
    }

    /// It is of another type.
    pub(super) fn misfit(self, expected: Expected) -> Fault<'s> {
        let message = format!(
            "{} is {}, not {}",
            self.name(),
            self.shown(),
            expected.name()
        );
        Fault::new(self.node, message).helped(advice(self.node, expected, self.text()))
    }

    /// It is of the right type, and yet no such thing: `no base64`.
    pub(super) fn wrong(self, what: &str) -> Fault<'s> {
        let message = match self.text().and_then(|text| text.lines().next()) {
            Some(line) => format!("{} is `{}`, which is {what}", self.name(), shortened(line)),
            None => format!("{} is {what}", self.name()),
        };
        Fault::new(self.node, message)
    }

    /// It is none of the words that may stand there.
    pub(super) fn not_among(self, words: &[&str]) -> Fault<'s> {
        let listed = match words {
            [only] => format!("not `{only}`"),
            _ if words.len() > 12 => "none of the values that may stand there".to_owned(),
            _ => format!("none of `{}`", words.join("`, `")),
        };
        let message = match self.text() {
            Some(text) => format!("{} is `{}`, {listed}", self.name(), shortened(text)),
            None => format!("{} is {listed}", self.name()),
        };
        let near = self
            .text()
            .and_then(|text| meant(text, words))
            .map(|near| format!("write `{near}`"));
        Fault::new(self.node, message).helped(near)
    }

    /// It has a field that is not known.
    pub(super) fn unknown(self, entry: Entry<'s>, help: Option<String>) -> Fault<'s> {
        let field = shortened(entry.name());
        let message = format!("{} has no field `{field}`", self.holder());
        Fault::new(Place::key(entry), message).helped(help)
    }

    /// It lacks a field, or has an empty one.
    pub(super) fn lacks(self, field: &'s str) -> Fault<'s> {
        let written = self.node.entry(field);
        let Some(entry) = written.filter(|entry| !entry.value.is_null()) else {
            let message = format!("{} has no `{field}`, which is required", self.holder());
            return Fault::new(Place::missing(self.node, field), message);
        };
        let shown = match entry.value.text().unwrap_or_default() {
            "" => "empty".to_owned(),
            text => format!("`{text}`"),
        };
        let message = format!("`{field}` is {shown}, which is as good as absent, and required");
        Fault::new(entry, message)
    }

    /// Objects themselves are called by their kind: a Deployment.
    pub(super) fn holder(self) -> String {
        let kind = self.field.starts_with(|c: char| c.is_ascii_uppercase());
        match self.field.as_bytes().first() {
            Some(b'A' | b'E' | b'I' | b'O' | b'U') if kind && !self.item => {
                format!("an {}", shortened(self.field))
            }
            _ if kind && !self.item => format!("a {}", shortened(self.field)),
            _ => self.name(),
        }
    }
}

impl<'s> Fault<'s> {
    pub(super) fn new(place: impl Into<Place<'s>>, message: String) -> Self {
        Self {
            place: place.into(),
            message,
            help: None,
            related: None,
        }
    }

    pub(super) fn helped(self, help: Option<String>) -> Self {
        Self { help, ..self }
    }

    pub(super) fn beside(self, node: Node<'s>, text: &'static str) -> Self {
        Self {
            related: Some((node, text)),
            ..self
        }
    }
}

/// The word that was meant, whatever its case.
pub(super) fn nearest<'k>(
    word: &str,
    known: impl Iterator<Item = &'k str> + Clone,
) -> Option<&'k str> {
    known
        .clone()
        .find(|known| known.eq_ignore_ascii_case(word))
        .or_else(|| closest(word, known))
}

/// Short words are near to each other, whatever they mean.
fn meant<'k>(text: &str, words: &[&'k str]) -> Option<&'k str> {
    let near = nearest(text, words.iter().copied())?;
    (text.len() > 4 || near.eq_ignore_ascii_case(text)).then_some(near)
}
