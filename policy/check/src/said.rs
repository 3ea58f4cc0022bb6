//! What findings say. Of the hundred thousand messages of a large repository, few hundred differ in more than the name
//! of the object that each is about: a text is kept once for all that share it.

use std::borrow::Cow;
use std::sync::Arc;

use foldhash::HashSet;

/// A path in an object and a message, in which the name of the object is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Said {
    /// The path, then the message.
    text: String,
    /// Where the message begins.
    message: u32,
    /// Where the name belongs in the text.
    names: Vec<u32>,
}

/// Names that are shorter stand in other words by chance.
const SHORTEST: usize = 3;

impl Said {
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
        let mut done = self.message as usize;
        if self.names.is_empty() {
            return self.text[done..].into();
        }
        let length = self.text.len() - done + self.names.len() * name.len();
        let mut whole = String::with_capacity(length);
        for at in &self.names {
            whole.push_str(&self.text[done..*at as usize]);
            whole.push_str(name);
            done = *at as usize;
        }
        whole.push_str(&self.text[done..]);
        whole.into()
    }
}

/// Both are short: to look byte by byte is faster than to prepare a search.
fn find(text: &str, name: &str) -> Option<usize> {
    if name.len() < SHORTEST {
        return None;
    }
    let first = name.as_bytes()[0];
    let mut places = text.as_bytes().windows(name.len());
    places.position(|place| place[0] == first && place == name.as_bytes())
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
        // A copy is made to its size.
        let said = Arc::new(self.now.clone());
        self.all.insert(Arc::clone(&said));
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
