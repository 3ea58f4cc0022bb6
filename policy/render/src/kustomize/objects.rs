//! The objects of a build, in order, each of its own name.

use std::collections::HashMap;

use super::id::Id;
use super::object::{Behavior, Object};
use crate::{Fault, Result};

/// Objects in the order in which they were taken in.
#[derive(Clone, Debug, Default)]
pub struct Objects<'s> {
    /// The objects.
    pub list: Vec<Object<'s>>,
}

impl<'s> Objects<'s> {
    /// Takes in objects whose names nobody here has.
    pub fn append_all(&mut self, others: impl IntoIterator<Item = Object<'s>>) -> Result<()> {
        let mut known: HashMap<Id<'s>, usize> = self.index();
        for object in others {
            let id = object.id();
            if let Some(first) = known.insert(id.canonical(), self.list.len()) {
                let other = self.list[first].value.origin.span;
                return Err(twice(&id, &object).related(other, "it is here first"));
            }
            self.list.push(object);
        }
        Ok(())
    }

    fn index(&self) -> HashMap<Id<'s>, usize> {
        let ids = self.list.iter().enumerate();
        ids.map(|(at, object)| (object.id().canonical(), at))
            .collect()
    }

    /// Takes in what a generator made: a new object, or one that replaces another or is merged into it.
    pub fn absorb(&mut self, made: Object<'s>) -> Result<()> {
        let id = made.id();
        let found: Vec<usize> = self.matching(|candidate| candidate.same(&id));
        match (found.as_slice(), made.history.behavior) {
            ([], Behavior::Create) => self.append_all([made]),
            ([], behavior) => {
                let word = behavior.name();
                let message = format!("there is no {id} to {word}: `behavior: {word}` needs one");
                Err(Fault::absent(message)
                    .help("take in the base that has it, or leave out `behavior`"))
            }
            ([_], Behavior::Create) => {
                let message = format!("{id} exists already");
                Err(Fault::broken(message).help("write `behavior: merge` or `behavior: replace`"))
            }
            ([at], _) => {
                let merged = super::generate::onto(&self.list[*at], made);
                self.list[*at] = merged;
                Ok(())
            }
            (several, _) => {
                let message = format!("{} objects could be the {id} that is meant", several.len());
                Err(Fault::broken(message))
            }
        }
    }

    /// The objects of which a name, one they have or had, is accepted.
    pub fn matching(&self, mut accepts: impl FnMut(&Id<'s>) -> bool) -> Vec<usize> {
        let objects = self
            .list
            .iter()
            .enumerate()
            .filter(|(_, object)| !object.is_deleted());
        objects
            .filter(|(_, object)| object.any_id(&mut accepts))
            .map(|(at, _)| at)
            .collect()
    }

    /// Takes out what patches have deleted.
    pub fn drop_deleted(&mut self) {
        self.list.retain(|object| !object.is_deleted());
    }
}

fn twice(id: &Id<'_>, object: &Object<'_>) -> Box<Fault> {
    let message = format!("{id} is taken in twice");
    Fault::broken(message)
        .help("remove one of the two, or give them different names or namespaces")
        .related(object.value.origin.span, "it is here again")
}

impl Behavior {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Replace => "replace",
            Self::Merge => "merge",
        }
    }
}
