//! What findings say. Of the hundred thousand messages of a large repository, few hundred differ in more than the name
//! of the object that each is about: a text is kept once for all that share it.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use foldhash::HashSet;

use crate::search;

/// A path in an object and a message, in which the name of the object is left out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    /// The path, then the message.
    text: String,
    /// Where the message begins.
    message: u32,
    /// Where the name belongs in the text.
    names: Vec<u32>,
    /// Whether the text has no control character, quote or backslash. Known of those that are kept.
    pub(crate) plain: bool,
}

impl PartialEq for Said {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for Said {}

impl Hash for Said {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

/// Names that are shorter stand in other words by chance.
const SHORTEST: usize = 3;

impl Said {
    /// What it says: the rest follows from it.
    fn parts(&self) -> (&str, u32, &[u32]) {
        (&self.text, self.message, &self.names)
    }

    fn set(&mut self, path: &str, message: &str, name: &str) {
        self.text.clear();
        self.text.push_str(path);
        self.message = self.text.len() as u32;
        self.names.clear();
        let mut rest = message;
        while let Some(at) = find(rest, name) {
            self.text.push_str(&rest[..at]);
            self.names.push(self.text.len() as u32);
            rest = &rest[at + name.len()..];
        }
        self.text.push_str(rest);
    }

    pub(crate) fn path(&self) -> &str {
        &self.text[..self.message as usize]
    }

    pub(crate) fn message(&self, name: &str) -> Cow<'_, str> {
        if self.names.is_empty() {
            return self.text[self.message as usize..].into();
        }
        let length = self.text.len() - self.message as usize + self.names.len() * name.len();
        let mut whole = String::with_capacity(length);
        whole.extend(self.pieces(name));
        whole.into()
    }

    /// The order of two messages, each with the name that belongs in it: that of their texts, which are not put together.
    pub(crate) fn order(&self, name: &str, other: &Self, other_name: &str) -> Ordering {
        let (mut own, mut others) = (self.pieces(name), other.pieces(other_name));
        let (mut a, mut b) = (&b""[..], &b""[..]);
        loop {
            let (one, two) = (refill(&mut a, &mut own), refill(&mut b, &mut others));
            if !(one && two) {
                return one.cmp(&two);
            }
            let same = a.len().min(b.len());
            match a[..same].cmp(&b[..same]) {
                Ordering::Equal => (a, b) = (&a[same..], &b[same..]),
                order => return order,
            }
        }
    }

    /// The message in pieces: what stands before a name, the name, and so on.
    pub(crate) fn pieces<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let mut pieces = Pieces {
            said: self,
            name,
            done: self.message as usize,
            next: 0,
            name_follows: false,
        };
        std::iter::from_fn(move || pieces.next())
    }
}

struct Pieces<'a> {
    said: &'a Said,
    name: &'a str,
    /// Where the text goes on.
    done: usize,
    /// Which of the names comes next.
    next: usize,
    name_follows: bool,
}

impl<'a> Pieces<'a> {
    fn next(&mut self) -> Option<&'a str> {
        if self.name_follows {
            self.name_follows = false;
            return Some(self.name);
        }
        let end = match self.said.names.get(self.next) {
            Some(at) => *at as usize,
            None if self.next == self.said.names.len() => self.said.text.len(),
            None => return None,
        };
        self.name_follows = self.next < self.said.names.len();
        self.next += 1;
        let piece = &self.said.text[self.done..end];
        self.done = end;
        Some(piece)
    }
}

/// Whether there is more of a text that comes in pieces.
fn refill<'a>(rest: &mut &'a [u8], pieces: &mut impl Iterator<Item = &'a str>) -> bool {
    while rest.is_empty() {
        match pieces.next() {
            Some(piece) => *rest = piece.as_bytes(),
            None => return false,
        }
    }
    true
}

fn find(text: &str, name: &str) -> Option<usize> {
    if name.len() < SHORTEST {
        return None;
    }
    search::find(text, name, 0)
}

/// What was said so far.
#[derive(Debug, Default)]
pub(crate) struct Sayings {
    all: HashSet<Arc<Said>>,
    /// What is said now, for its room.
    now: Said,
}

impl Sayings {
    /// What is said of an object, shared with those that say the same.
    pub(crate) fn shared(&mut self, path: &str, message: &str, name: &str) -> Arc<Said> {
        self.now.set(path, message, name);
        if let Some(said) = self.all.get(&self.now) {
            return Arc::clone(said);
        }
        let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
        let said = Arc::new(Said {
            // A copy is made to its size.
            text: self.now.text.clone(),
            names: self.now.names.clone(),
            plain: self.now.text.bytes().all(is_plain),
            ..self.now
        });
        self.all.insert(Arc::clone(&said));
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_in_the_order_of_their_texts() {
        let mut sayings = Sayings::default();
        let texts = [
            ("", "web"),
            ("web", "web"),
            ("webweb", "web"),
            ("we", "web"),
            ("a web of webs", "web"),
            ("a api of webs", "api"),
            ("a api-2 of webs", "api-2"),
            ("aaa", ""),
            ("é web", "web"),
        ];
        let said: Vec<_> = texts
            .iter()
            .map(|(text, name)| (sayings.shared("spec", text, name), text, name))
            .collect();
        for (a, a_text, a_name) in &said {
            for (b, b_text, b_name) in &said {
                let order = a.order(a_name, b, b_name);
                assert_eq!(order, a_text.cmp(b_text), "{a_text:?} {b_text:?}");
            }
        }
    }

    #[test]
    fn a_message_is_shared_but_for_the_name_and_comes_back_as_it_was() {
        let mut sayings = Sayings::default();
        let mut say = |message: &str, name: &str| {
            let said = sayings.shared("spec.x", message, name);
            assert_eq!((said.path(), &*said.message(name)), ("spec.x", message));
            said
        };
        let web = say("Deployment web: `web-web` serves web", "web");
        let api = say("Deployment api-1: `api-1-api-1` serves api-1", "api-1");
        assert!(Arc::ptr_eq(&web, &api));
        for (message, name) in [
            ("", ""),
            ("a is a word", "a"),
            ("web webweb and web", "web"),
            ("ééé of éé", "éé"),
            ("webweb webwe", "webwe"),
            ("we", "web"),
        ] {
            say(message, name);
        }
    }
}
