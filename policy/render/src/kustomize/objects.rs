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

/// Where the objects of some names are, for as long as none of them changes its name.
pub type Index<'s> = HashMap<Id<'s>, usize>;

impl<'s> Objects<'s> {
    /// Takes in objects whose names nobody here has.
    pub fn append_all(&mut self, others: impl IntoIterator<Item = Object<'s>>) -> Result<()> {
        self.append_to(&mut self.index(), others)
    }

    /// Takes in objects, and adds them to the index of those that are here.
    pub fn append_to(
        &mut self,
        known: &mut Index<'s>,
        others: impl IntoIterator<Item = Object<'s>>,
    ) -> Result<()> {
        for object in others {
            let id = object.id();
            if let Some(first) = known.insert(id.canonical(), self.list.len()) {
                return Err(twice(&id, &self.list[first], &object));
            }
            self.list.push(object);
        }
        Ok(())
    }

    /// Where each of them is.
    pub fn index(&self) -> Index<'s> {
        let ids = self.list.iter().enumerate();
        ids.map(|(at, object)| (object.id().canonical(), at))
            .collect()
    }

    /// Takes in what a generator made: a new object, or one that replaces another or is merged into it.
    pub fn absorb(&mut self, made: Object<'s>) -> Result<()> {
        let id = made.id();
        let found = self.called(&id);
        match (found.as_slice(), made.history.behavior) {
            ([], Behavior::Create) => {
                self.list.push(made);
                Ok(())
            }
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

    /// The objects that have or had a name, and are of the same kind and namespace.
    pub fn called(&self, wanted: &Id<'s>) -> Vec<usize> {
        let named = |object: &Object<'s>| {
            let mut before = object.history.previous.iter();
            object.name() == &*wanted.name || before.any(|id| id.name == wanted.name)
        };
        let objects = self.list.iter().enumerate();
        objects
            .filter(|(_, object)| named(object) && !object.is_deleted())
            .filter(|(_, object)| object.any_id(|id| id.same(wanted)))
            .map(|(at, _)| at)
            .collect()
    }

    /// Takes out what patches have deleted.
    pub fn drop_deleted(&mut self) {
        self.list.retain(|object| !object.is_deleted());
    }
}

fn twice(id: &Id<'_>, first: &Object<'_>, again: &Object<'_>) -> Box<Fault> {
    let fault = Fault::broken(format!("{id} is taken in twice"))
        .help("remove one of the two, or give them different names or namespaces");
    let (here, there) = (again.value.origin.span, first.value.origin.span);
    if here != there {
        return fault
            .related(here, "it is here again")
            .related(there, "it is here first");
    }
    // One file by two ways.
    let fault = fault.related(here, "it is here");
    let entry = first.history.taken_in_by.last();
    entry.into_iter().fold(fault, |fault, entry| {
        fault.related(*entry, "this takes it in first")
    })
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
