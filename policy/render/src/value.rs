//! A value being rendered: like a YAML node, but it can change, costs little to copy, and knows where it came from.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use plimsoll_yaml::{OriginStep, Span, Trace};

/// Text of a source, or made while rendering.
#[derive(Clone)]
pub enum Text<'s> {
    /// Text of a source.
    Source(&'s str),
    /// Text that was made.
    Made(Arc<str>),
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Source(text) => text,
            Self::Made(text) => text,
        }
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Text<'_> {}

impl PartialOrd for Text<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (**self).cmp(&**other)
    }
}

impl std::hash::Hash for Text<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl Default for Text<'_> {
    fn default() -> Self {
        Self::Source("")
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self::Made(text.into())
    }
}

impl<'s> From<&'s str> for Text<'s> {
    fn from(text: &'s str) -> Self {
        Self::Source(text)
    }
}

/// What had a hand in a value: a list, the latest first, shared between values.
#[derive(Debug, PartialEq)]
pub struct TrailLink {
    /// This step.
    pub trace: Trace,
    /// The steps before it.
    pub before: Option<Arc<TrailLink>>,
}

/// A trail can be long, and would be dropped a call deeper for each step.
impl Drop for TrailLink {
    fn drop(&mut self) {
        let mut next = self.before.take();
        while let Some(mut link) = next.and_then(Arc::into_inner) {
            next = link.before.take();
        }
    }
}

/// Where a value comes from: the place that has to change to change it, and what else had a hand in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// The place to change.
    pub span: Span,
    /// What else had a hand in it.
    pub trail: Option<Arc<TrailLink>>,
}

impl Origin {
    /// A place that nothing else had a hand in.
    pub fn at(span: Span) -> Self {
        Self { span, trail: None }
    }

    /// Puts a step before the trail.
    pub fn push(&mut self, step: OriginStep, span: Span) {
        let before = self.trail.take();
        self.trail = Some(Arc::new(TrailLink {
            trace: Trace { step, span },
            before,
        }));
    }

    /// The origin of what takes this one's place: `span` is now the place to change, and the trail tells what stood here.
    #[must_use]
    pub fn replaced_by(&self, span: Span) -> Self {
        let mut next = Self {
            span,
            trail: self.trail.clone(),
        };
        next.push(OriginStep::Replaced, self.span);
        next
    }
}

/// A scalar: its text, and whether its type is read from the text (`plain`), or it is a string whatever it looks like.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar<'s> {
    /// The value's text, unquoted.
    pub text: Text<'s>,
    /// Written without quotes: `true` is a boolean then, and `1` a number.
    pub plain: bool,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Content<'s> {
    /// One text.
    Scalar(Scalar<'s>),
    /// Items in order.
    List(Arc<Vec<Value<'s>>>),
    /// Entries in order, each name once.
    Map(Arc<Vec<Entry<'s>>>),
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<'s> {
    /// The key.
    pub key: Text<'s>,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Value<'s>,
}

/// A value with its origin. Copies share what is under them until one of them changes.
#[derive(Clone, Debug)]
pub struct Value<'s> {
    /// What it is.
    pub content: Content<'s>,
    /// Where it comes from.
    pub origin: Origin,
}

/// Values are equal if what they say is; where they come from does not count.
impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.content == other.content
    }
}

impl<'s> Value<'s> {
    /// A string, whatever its text looks like.
    pub fn string(text: impl Into<Text<'s>>, origin: Origin) -> Self {
        let (text, plain) = (text.into(), false);
        Self {
            content: Content::Scalar(Scalar { text, plain }),
            origin,
        }
    }

    /// A scalar whose type is read from its text.
    pub fn plain(text: impl Into<Text<'s>>, origin: Origin) -> Self {
        let (text, plain) = (text.into(), true);
        Self {
            content: Content::Scalar(Scalar { text, plain }),
            origin,
        }
    }

    /// A map without entries.
    pub fn map(origin: Origin) -> Self {
        Self {
            content: Content::Map(Arc::default()),
            origin,
        }
    }

    /// A list.
    pub fn list(items: Vec<Self>, origin: Origin) -> Self {
        Self {
            content: Content::List(Arc::new(items)),
            origin,
        }
    }

    /// A scalar's text, if it is not null.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(scalar) if !self.is_null() => Some(&scalar.text),
            _ => None,
        }
    }

    /// A scalar's text as it can be kept, if it is not null.
    pub fn shared_text(&self) -> Option<&Text<'s>> {
        match &self.content {
            Content::Scalar(scalar) if !self.is_null() => Some(&scalar.text),
            _ => None,
        }
    }

    /// `null`, `~` or nothing at all.
    pub fn is_null(&self) -> bool {
        match &self.content {
            Content::Scalar(scalar) => {
                scalar.plain && matches!(&*scalar.text, "" | "~" | "null" | "Null" | "NULL")
            }
            _ => false,
        }
    }

    /// A map.
    pub fn is_map(&self) -> bool {
        matches!(self.content, Content::Map(_))
    }

    /// A list.
    pub fn is_list(&self) -> bool {
        matches!(self.content, Content::List(_))
    }

    /// A map's entries; none for all others.
    pub fn entries(&self) -> &[Entry<'s>] {
        match &self.content {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    /// A map's entries, to change; `None` for all others.
    pub fn entries_mut(&mut self) -> Option<&mut Vec<Entry<'s>>> {
        match &mut self.content {
            Content::Map(entries) => Some(Arc::make_mut(entries)),
            _ => None,
        }
    }

    /// A list's items; none for all others.
    pub fn items(&self) -> &[Self] {
        match &self.content {
            Content::List(items) => items,
            _ => &[],
        }
    }

    /// A list's items, to change; `None` for all others.
    pub fn items_mut(&mut self) -> Option<&mut Vec<Self>> {
        match &mut self.content {
            Content::List(items) => Some(Arc::make_mut(items)),
            _ => None,
        }
    }

    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry<'s>> {
        self.entries().iter().find(|entry| &*entry.key == key)
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The value at the end of a chain of keys.
    pub fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |value, key| value.get(key))
    }

    /// The value of a key, to change. What shares it keeps its own.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        // Looked for first, so that nothing is copied for a key that is not there.
        let at = self.entries().iter().position(|entry| &*entry.key == key)?;
        Some(&mut self.entries_mut()?[at].value)
    }

    /// Gives a key a value, at its own place or at the end. The key of a new entry stands where the value does.
    /// Does nothing to what is no map.
    pub fn set(&mut self, key: impl Into<Text<'s>>, value: Self) {
        let key = key.into();
        if let Some(old) = self.get_mut(&key) {
            *old = value;
        } else if let Some(entries) = self.entries_mut() {
            let key_span = value.origin.span;
            entries.push(Entry {
                key,
                key_span,
                value,
            });
        }
    }

    /// Takes a key out of a map.
    pub fn remove(&mut self, key: &str) -> Option<Entry<'s>> {
        let at = self.entries().iter().position(|entry| &*entry.key == key)?;
        Some(self.entries_mut()?.remove(at))
    }

    /// The map at a key, made if it is not there or null. `None` if something else stands there, or `self` is no map.
    pub fn map_at(&mut self, key: &str, made_by: Span) -> Option<&mut Self> {
        let absent = self.get(key).is_none_or(Self::is_null);
        if absent {
            let map = Self::map(Origin::at(made_by));
            self.set(key.to_owned(), map);
        }
        self.get_mut(key).filter(|value| value.is_map())
    }

    /// Puts another value in this one's place: `by` is the place to change from then on, and the trail keeps this one's.
    pub fn replace(&mut self, content: Content<'s>, by: Span) {
        self.origin = self.origin.replaced_by(by);
        self.content = content;
    }

    /// Puts a string in this value's place; `by` is the place to change from then on, if it changes anything.
    pub fn replace_text(&mut self, text: impl Into<Text<'s>>, by: Span) {
        let (text, plain) = (text.into(), false);
        let same = self.text() == Some(&*text);
        let content = Content::Scalar(Scalar { text, plain });
        if same {
            self.content = content;
        } else {
            self.replace(content, by);
        }
    }
}
