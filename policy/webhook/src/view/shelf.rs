//! The objects of one kind, as texts.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use super::Caps;
use super::projection::Projected;

/// Whether the objects of a kind are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Held {
    /// Not yet.
    #[default]
    Unknown,
    /// The server has no such kind, so there are none.
    Absent,
    /// All of them.
    Synced,
    /// There are more than are kept.
    TooMany,
    /// The server does not show them.
    Refused,
}

impl Held {
    /// Whether what is not here does not exist.
    pub fn is_known(self) -> bool {
        matches!(self, Self::Absent | Self::Synced)
    }

    /// Why a rule that looks at the kind is not asked.
    pub fn said(self) -> &'static str {
        match self {
            Self::Unknown => "not read yet",
            Self::Absent => "absent",
            Self::Synced => "known",
            Self::TooMany => "more than are kept",
            Self::Refused => "not permitted",
        }
    }
}

#[derive(Debug, Default)]
struct Content {
    /// By namespace, then by name.
    objects: BTreeMap<Box<str>, BTreeMap<Box<str>, Arc<str>>>,
    count: usize,
    bytes: usize,
}

impl Content {
    fn put(&mut self, namespace: &str, name: &str, text: &Arc<str>) -> Option<Arc<str>> {
        if !self.objects.contains_key(namespace) {
            self.objects.insert(namespace.into(), BTreeMap::new());
        }
        let before = self
            .objects
            .get_mut(namespace)
            .and_then(|own| own.insert(name.into(), Arc::clone(text)));
        self.bytes += text.len();
        match &before {
            Some(before) => self.bytes -= before.len(),
            None => self.count += 1,
        }
        before
    }

    fn take(&mut self, namespace: &str, name: &str) -> Option<Arc<str>> {
        let own = self.objects.get_mut(namespace)?;
        let taken = own.remove(name)?;
        if own.is_empty() {
            self.objects.remove(namespace);
        }
        self.count -= 1;
        self.bytes -= taken.len();
        Some(taken)
    }
}

#[derive(Debug, Default)]
struct Inner {
    held: Held,
    now: Content,
    /// What a list has brought so far: it replaces `now` when it is complete.
    coming: Option<Content>,
}

/// The objects of one kind.
#[derive(Debug, Default)]
pub(super) struct Shelf(RwLock<Inner>);

/// What a change is to those who look at it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Changed {
    Nothing,
    /// Something that rules look at.
    Object,
    /// The kind is known from now on, or not any more.
    Held,
}

impl Shelf {
    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Inner> {
        // Whoever panicked in here left counts behind that are off, at worst.
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A list begins.
    pub(super) fn begin(&self) {
        self.write().coming = Some(Content::default());
    }

    /// An object of a list, or one that was written.
    pub(super) fn put(&self, object: &Projected, listed: bool, caps: Caps) -> Changed {
        let Some(text) = &object.text else {
            return self.take(object);
        };
        let mut inner = self.write();
        let Inner { held, now, coming } = &mut *inner;
        if *held == Held::TooMany && !listed {
            return Changed::Nothing;
        }
        let content = match coming {
            Some(coming) if listed => coming,
            _ => now,
        };
        let before = content.put(&object.namespace, &object.name, text);
        if content.count > caps.objects || content.bytes > caps.bytes {
            *inner = Inner {
                held: Held::TooMany,
                ..Inner::default()
            };
            return Changed::Held;
        }
        let same = before.is_some_and(|before| before == *text);
        if listed || same {
            Changed::Nothing
        } else {
            Changed::Object
        }
    }

    /// An object that is gone.
    pub(super) fn take(&self, object: &Projected) -> Changed {
        match self.write().now.take(&object.namespace, &object.name) {
            Some(_) => Changed::Object,
            None => Changed::Nothing,
        }
    }

    /// A list is complete.
    pub(super) fn complete(&self) -> Changed {
        let mut inner = self.write();
        let Some(coming) = inner.coming.take() else {
            return Changed::Nothing;
        };
        inner.now = coming;
        inner.held = Held::Synced;
        Changed::Held
    }

    /// The server says something of the kind as a whole.
    pub(super) fn say(&self, held: Held) -> Changed {
        let mut inner = self.write();
        if inner.held == held {
            return Changed::Nothing;
        }
        *inner = Inner {
            held,
            ..Inner::default()
        };
        Changed::Held
    }

    pub(super) fn held(&self) -> Held {
        self.read().held
    }

    /// How many objects there are, and how many bytes.
    pub(super) fn size(&self) -> (usize, usize) {
        let inner = self.read();
        (inner.now.count, inner.now.bytes)
    }

    /// Whether there is an object, and its text.
    pub(super) fn get(&self, namespace: &str, name: &str) -> Option<Arc<str>> {
        let inner = self.read();
        inner.now.objects.get(namespace)?.get(name).cloned()
    }

    /// Adds the objects of one namespace but one.
    pub(super) fn add_near(&self, texts: &mut Texts, namespace: &str, but: Option<&str>) {
        let inner = self.read();
        let objects = inner.now.objects.get(namespace).into_iter().flatten();
        for (name, text) in objects {
            if but != Some(name) && !texts.add(text) {
                return;
            }
        }
    }

    /// Adds those objects of all namespaces but one that have to do with something.
    pub(super) fn add_far(
        &self,
        texts: &mut Texts,
        but: &str,
        concerns: impl Fn(&str, &str) -> bool,
    ) {
        let inner = self.read();
        for (namespace, objects) in inner.now.objects.iter().filter(|(own, _)| &***own != but) {
            for text in objects.values().filter(|text| concerns(namespace, text)) {
                if !texts.add(text) {
                    return;
                }
            }
        }
    }
}

/// Texts, up to so many bytes.
#[derive(Debug)]
pub(super) struct Texts {
    pub(super) all: Vec<Arc<str>>,
    left: usize,
    pub(super) too_many: bool,
}

impl Texts {
    pub(super) fn of_at_most(bytes: usize) -> Self {
        Self {
            all: Vec::new(),
            left: bytes,
            too_many: false,
        }
    }

    fn add(&mut self, text: &Arc<str>) -> bool {
        let Some(left) = self.left.checked_sub(text.len()) else {
            self.too_many = true;
            return false;
        };
        self.left = left;
        self.all.push(Arc::clone(text));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPS: Caps = Caps {
        objects: 2,
        bytes: 100,
    };

    fn object(name: &str, text: &str) -> Projected {
        Projected {
            namespace: "a".to_owned(),
            name: name.to_owned(),
            text: Some(text.into()),
        }
    }

    fn texts(shelf: &Shelf) -> Vec<String> {
        let mut texts = Texts::of_at_most(1000);
        shelf.add_near(&mut texts, "a", None);
        texts.all.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_list_replaces_what_was_there_when_it_is_complete() {
        let shelf = Shelf::default();
        shelf.begin();
        shelf.put(&object("x", "1"), true, CAPS);
        assert_eq!((shelf.held(), texts(&shelf).len()), (Held::Unknown, 0));
        assert_eq!(shelf.complete(), Changed::Held);
        assert_eq!(
            (shelf.held(), texts(&shelf)),
            (Held::Synced, vec!["1".to_owned()])
        );
        shelf.begin();
        shelf.put(&object("y", "2"), true, CAPS);
        assert_eq!(
            texts(&shelf),
            ["1"],
            "the old list is good until the new one is complete"
        );
        shelf.complete();
        assert_eq!(texts(&shelf), ["2"]);
        assert_eq!(shelf.size(), (1, 1));
    }

    #[test]
    fn only_what_rules_look_at_is_a_change() {
        let shelf = Shelf::default();
        shelf.begin();
        shelf.complete();
        assert_eq!(shelf.put(&object("x", "1"), false, CAPS), Changed::Object);
        assert_eq!(shelf.put(&object("x", "1"), false, CAPS), Changed::Nothing);
        assert_eq!(shelf.put(&object("x", "22"), false, CAPS), Changed::Object);
        assert_eq!(shelf.size(), (1, 2));
        let uninteresting = Projected {
            text: None,
            ..object("x", "")
        };
        assert_eq!(shelf.put(&uninteresting, false, CAPS), Changed::Object);
        assert_eq!(shelf.take(&object("x", "22")), Changed::Nothing);
        assert_eq!(shelf.size(), (0, 0));
    }

    #[test]
    fn above_the_caps_nothing_is_known_until_a_list_fits_again() {
        let shelf = Shelf::default();
        shelf.begin();
        shelf.complete();
        for name in ["x", "y"] {
            shelf.put(&object(name, "1"), false, CAPS);
        }
        assert_eq!(shelf.put(&object("z", "1"), false, CAPS), Changed::Held);
        assert_eq!((shelf.held(), shelf.size()), (Held::TooMany, (0, 0)));
        assert_eq!(shelf.put(&object("x", "1"), false, CAPS), Changed::Nothing);
        assert_eq!(shelf.size(), (0, 0));
        shelf.begin();
        shelf.put(&object("x", &"1".repeat(101)), true, CAPS);
        shelf.complete();
        assert_eq!(shelf.held(), Held::TooMany, "bytes count as well");
        shelf.begin();
        shelf.put(&object("x", "1"), true, CAPS);
        shelf.complete();
        assert_eq!(shelf.held(), Held::Synced);
    }
}
