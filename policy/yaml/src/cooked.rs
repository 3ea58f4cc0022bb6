//! Values that differ from their text, one after the other: what escapes, folding and the names of keys make of it.

/// A text that grows, and where each of its values ends: a value begins where the one before it ends.
#[derive(Debug, Default)]
struct Values {
    text: String,
    ends: Vec<u32>,
}

/// The values of a tree; many have none.
#[derive(Debug, Default)]
pub(crate) struct Cooked(Option<Box<Values>>);

impl Cooked {
    /// Adds to the value that is being made.
    pub(crate) fn push_str(&mut self, text: &str) {
        self.values().text.push_str(text);
    }

    /// Adds to the value that is being made.
    pub(crate) fn push(&mut self, character: char) {
        self.values().text.push(character);
    }

    /// Adds to the value that is being made.
    pub(crate) fn push_breaks(&mut self, count: usize) {
        let breaks = std::iter::repeat_n('\n', count);
        self.values().text.extend(breaks);
    }

    /// Ends the value that is being made, and says its number.
    pub(crate) fn finish(&mut self) -> u32 {
        let values = self.values();
        values.ends.push(values.text.len() as u32);
        values.ends.len() as u32 - 1
    }

    /// The value of a number.
    pub(crate) fn get(&self, number: u32) -> &str {
        let Some(Values { text, ends }) = self.0.as_deref() else {
            return "";
        };
        let at = number as usize;
        let start = at.checked_sub(1).map_or(0, |before| ends[before]);
        &text[start as usize..ends[at] as usize]
    }

    /// All of them as one text.
    pub(crate) fn all(&self) -> &str {
        self.0.as_ref().map_or("", |values| &values.text)
    }

    pub(crate) fn clear(&mut self) {
        self.0 = None;
    }

    pub(crate) fn shrink(&mut self) {
        if let Some(values) = &mut self.0 {
            values.text.shrink_to_fit();
            values.ends.shrink_to_fit();
        }
    }

    /// Bytes of memory.
    pub(crate) fn memory(&self) -> usize {
        self.0.as_ref().map_or(0, |values| {
            values.text.capacity() + values.ends.capacity() * size_of::<u32>()
        })
    }

    fn values(&mut self) -> &mut Values {
        self.0.get_or_insert_default()
    }
}
