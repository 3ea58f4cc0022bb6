//! Prints values as `kubectl kustomize` does, byte for byte.
//!
//! ```text
//! Value ──emit──▶ text   keys in natural order, types kept, `|` for texts of several lines,
//!                        quotes only where the text would be read as something else
//! ```
//!
//! kustomize (v5.5) turns a resource into JSON, reads that back as YAML and prints it with `sigs.k8s.io/yaml`. So a scalar
//! is printed by its type and not as it was written: `0755` as `493`, a bare date as a point in time, `yes` as `"yes"`.
//!
//! It refuses to print `.inf`, `.nan` and control characters, turns a next-line character into a blank and loses a key `<<`.
//! Here all of them are printed, so that nothing is lost.

mod looks;
mod number;
mod order;
mod style;
#[cfg(test)]
mod tests;
mod write;

use crate::scalar::{Json, json};
use crate::value::{Content, Entry, Value};
use style::Style;
use write::Writer;

/// A comment for a value, on one line and without its `#`; `None` for none.
pub type Annotate<'a> = dyn Fn(&Value<'_>) -> Option<String> + 'a;

/// Prints one document.
pub fn emit(out: &mut String, value: &Value<'_>) {
    Emitter::new(out, None).document(value);
}

/// Prints documents with a `---` between them.
pub fn emit_all<'v, 's: 'v>(out: &mut String, values: impl IntoIterator<Item = &'v Value<'s>>) {
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            out.push_str("---\n");
        }
        emit(out, value);
    }
}

/// Prints one document with comments: behind each scalar, `{}` and `[]`, and behind the key of each map and list.
/// A map or list that begins on the line of its first entry has no line of its own, and so no comment.
pub fn emit_with(out: &mut String, value: &Value<'_>, annotate: &Annotate<'_>) {
    Emitter::new(out, Some(annotate)).document(value);
}

/// Spaces that each level is indented by.
const STEP: usize = 2;

/// A longer key is written behind a `?`.
const LONGEST_KEY: usize = 128;

struct Emitter<'o, 'v, 's> {
    writer: Writer<'o>,
    annotate: Option<&'o Annotate<'o>>,
    /// The sorted entries of all maps that are being printed, the innermost last: one buffer for all of them.
    sorted: Vec<&'v Entry<'s>>,
}

impl<'o, 'v, 's> Emitter<'o, 'v, 's> {
    fn new(out: &'o mut String, annotate: Option<&'o Annotate<'o>>) -> Self {
        Self {
            writer: Writer::new(out),
            annotate,
            sorted: Vec::new(),
        }
    }

    fn document(&mut self, value: &'v Value<'s>) {
        match &value.content {
            Content::Map(entries) if !entries.is_empty() => self.map(entries, 0, true),
            Content::List(items) if !items.is_empty() => self.list(items, 0, true),
            _ => self.leaf(value, STEP),
        }
    }

    /// Entries at a column; the first one goes on the line that is being written if `inline`.
    fn map(&mut self, entries: &'v [Entry<'s>], indent: usize, inline: bool) {
        let start = self.sorted.len();
        self.sorted.extend(entries);
        order::sort(&mut self.sorted[start..], |entry| &entry.key);
        for index in start..start + entries.len() {
            let entry = self.sorted[index];
            if index > start || !inline {
                self.writer.indent(indent);
            }
            self.entry(entry, indent);
        }
        self.sorted.truncate(start);
    }

    fn entry(&mut self, entry: &'v Entry<'s>, indent: usize) {
        let shape = style::shape(&entry.key);
        if shape.multiline || entry.key.len() > LONGEST_KEY {
            return self.long_entry(entry, indent);
        }
        let style = match style::of(&entry.key, shape) {
            Style::Literal => Style::Double,
            // Without quotes it would merge. kustomize loses the entry long before it would print it.
            Style::Plain if &*entry.key == "<<" => Style::Double,
            style => style,
        };
        self.writer.key(&entry.key, style);
        self.writer.out.push(':');
        match &entry.value.content {
            Content::Map(entries) if !entries.is_empty() => {
                self.end_of_key(&entry.value);
                self.map(entries, indent + STEP, false);
            }
            Content::List(items) if !items.is_empty() => {
                self.end_of_key(&entry.value);
                self.list(items, indent, false);
            }
            _ => {
                self.writer.out.push(' ');
                self.leaf(&entry.value, indent + STEP);
            }
        }
    }

    /// An entry whose key is long or of several lines: `? key`, and `: value` below it.
    fn long_entry(&mut self, entry: &'v Entry<'s>, indent: usize) {
        self.writer.out.push_str("? ");
        self.string(&entry.key, indent + STEP, None);
        self.writer.indent(indent);
        self.writer.out.push_str(": ");
        self.inline(&entry.value, indent);
    }

    /// Items at a column; the first one goes on the line that is being written if `inline`.
    fn list(&mut self, items: &'v [Value<'s>], indent: usize, inline: bool) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 || !inline {
                self.writer.indent(indent);
            }
            self.writer.out.push_str("- ");
            self.inline(item, indent);
        }
    }

    /// A value that begins behind a `- ` or `: `.
    fn inline(&mut self, value: &'v Value<'s>, indent: usize) {
        match &value.content {
            Content::Map(entries) if !entries.is_empty() => self.map(entries, indent + STEP, true),
            Content::List(items) if !items.is_empty() => self.list(items, indent + STEP, true),
            _ => self.leaf(value, indent + STEP),
        }
    }

    /// A scalar, or a map or list without content, and the end of its line.
    fn leaf(&mut self, value: &Value<'_>, indent: usize) {
        let comment = self.annotate.and_then(|annotate| annotate(value));
        match &value.content {
            Content::Map(_) => self.writer.out.push_str("{}"),
            Content::List(_) => self.writer.out.push_str("[]"),
            Content::Scalar(scalar) => match json(scalar) {
                Json::Str(text) => return self.string(&text, indent, comment.as_deref()),
                Json::Null => self.writer.out.push_str("null"),
                Json::Bool(true) => self.writer.out.push_str("true"),
                Json::Bool(false) => self.writer.out.push_str("false"),
                Json::Int(whole) => number::whole(self.writer.out, whole),
                Json::Float(float) => number::float(self.writer.out, float),
            },
        }
        self.writer.end_line(comment.as_deref());
    }

    /// A string and the end of its line; further lines begin at `indent`.
    fn string(&mut self, text: &str, indent: usize, comment: Option<&str>) {
        let style = style::of(text, style::shape(text));
        if style == Style::Literal {
            return self.writer.literal(text, indent, comment);
        }
        self.writer.value(text, style, indent);
        self.writer.end_line(comment);
    }

    fn end_of_key(&mut self, value: &Value<'_>) {
        let comment = self.annotate.and_then(|annotate| annotate(value));
        self.writer.end_line(comment.as_deref());
    }
}
