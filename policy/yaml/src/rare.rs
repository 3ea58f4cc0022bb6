//! Lists that nearly no tree has.

use std::ops::{Deref, DerefMut};

/// A list that takes no more than a pointer while it is empty: there are as many trees as files.
#[derive(Debug)]
#[expect(
    clippy::box_collection,
    reason = "the list itself takes three times a pointer"
)]
pub(crate) struct Rare<T>(Option<Box<Vec<T>>>);

impl<T: 'static> Rare<T> {
    const EMPTY: &'static Vec<T> = &Vec::new();
}

impl<T> Default for Rare<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: 'static> Deref for Rare<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        self.0.as_deref().unwrap_or(Self::EMPTY)
    }
}

impl<T: 'static> DerefMut for Rare<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        self.0.get_or_insert_default()
    }
}
