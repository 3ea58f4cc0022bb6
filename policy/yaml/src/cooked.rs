//! Values that differ from their text, one after the other: what escapes, folding and the names of keys make of it.

/// A text that grows, and where each of its values ends: a value begins where the one before it ends.
#[derive(Debug, Default)]
pub(crate) struct Cooked {
    text: String,
    ends: Vec<u32>,
}

impl Cooked {
    /// Adds to the value that is being made.
    pub(crate) fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds to the value that is being made.
    pub(crate) fn push(&mut self, character: char) {
        self.text.push(character);
    }

    /// Adds to the value that is being made.
    pub(crate) fn push_breaks(&mut self, count: usize) {
        self.text.extend(std::iter::repeat_n('\n', count));
    }

    /// Ends the value that is being made, and says its number.
    pub(crate) fn finish(&mut self) -> u32 {
        self.ends.push(self.text.len() as u32);
        self.ends.len() as u32 - 1
    }

    /// The value of a number.
    pub(crate) fn get(&self, number: u32) -> &str {
        let at = number as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..self.ends[at] as usize]
    }

    /// All of them as one text.
    pub(crate) fn all(&self) -> &str {
        &self.text
    }

    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    pub(crate) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// Bytes of memory.
    pub(crate) fn memory(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<u32>()
    }
}
