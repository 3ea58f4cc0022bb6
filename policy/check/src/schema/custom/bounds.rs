//! Limits on values: lengths, sizes, patterns, forms.

use std::sync::OnceLock;

use plimsoll_yaml::{Node, Scalar};
use regex::{Regex, RegexBuilder};

use super::super::format::{is_base64, is_time};

/// The limits of one schema.
#[derive(Debug)]
pub(super) struct Bounds<'s> {
    minimum: Option<f64>,
    maximum: Option<f64>,
    exclusive: [bool; 2],
    length: [Option<i64>; 2],
    items: [Option<i64>; 2],
    properties: [Option<i64>; 2],
    format: Option<&'s str>,
    pattern: Option<&'s str>,
    compiled: OnceLock<Option<Regex>>,
}

/// Memory that a pattern may take.
const PATTERN_SIZE: usize = 1 << 20;

impl<'s> Bounds<'s> {
    /// `None` if there are none, as for most.
    pub(super) fn read(schema: Node<'s>) -> Option<Self> {
        const KEYWORDS: [&str; 10] = [
            "minimum",
            "maximum",
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "minProperties",
            "maxProperties",
            "format",
            "pattern",
        ];
        let any = schema
            .entries()
            .any(|entry| KEYWORDS.contains(&entry.name()));
        if !any {
            return None;
        }
        let int = |key| schema.get(key).and_then(Node::int);
        let yes = |key| schema.get(key).and_then(Node::bool) == Some(true);
        let text = |key| schema.get(key).and_then(Node::text);
        let number = |key| schema.get(key).and_then(number);
        Some(Self {
            minimum: number("minimum"),
            maximum: number("maximum"),
            exclusive: [yes("exclusiveMinimum"), yes("exclusiveMaximum")],
            length: [int("minLength"), int("maxLength")],
            items: [int("minItems"), int("maxItems")],
            properties: [int("minProperties"), int("maxProperties")],
            format: text("format"),
            pattern: text("pattern"),
            compiled: OnceLock::new(),
        })
    }

    /// What is wrong with a value, as the end of a sentence about it.
    pub(super) fn fault(&self, node: Node<'_>) -> Option<String> {
        if node.is_sequence() {
            let count = node.items().count();
            return outside(self.items, count)
                .map(|(limit, word)| format!("has {count} items, {limit} are {word}"));
        }
        if node.is_mapping() {
            let count = node.entries().count();
            return outside(self.properties, count)
                .map(|(limit, word)| format!("has {count} entries, {limit} are {word}"));
        }
        match node.scalar() {
            Some(Scalar::Str(text)) => self.fault_of_text(text),
            Some(Scalar::Int(_) | Scalar::Float(_)) => self.fault_of_number(number(node)?),
            _ => None,
        }
    }

    fn fault_of_text(&self, text: &str) -> Option<String> {
        let count = text.chars().count();
        if let Some((limit, word)) = outside(self.length, count) {
            return Some(format!("has {count} characters, {limit} are {word}"));
        }
        if self
            .matcher()
            .is_some_and(|pattern| !pattern.is_match(text))
        {
            let pattern = self.pattern.unwrap_or_default();
            return Some(format!("does not match `{pattern}`"));
        }
        match self.format {
            Some("byte") if text.is_empty() || !is_base64(text) => Some("is no base64".into()),
            Some("date-time") if !is_time(text) => {
                Some("is no time of the form `2026-01-31T08:00:00Z`".into())
            }
            _ => None,
        }
    }

    fn fault_of_number(&self, value: f64) -> Option<String> {
        let [above, below] = self.exclusive;
        if let Some(least) = self.minimum
            && (value < least || (above && value <= least))
        {
            let word = if above { "more than" } else { "at least" };
            return Some(format!("must be {word} {least}"));
        }
        if let Some(most) = self.maximum
            && (value > most || (below && value >= most))
        {
            let word = if below { "less than" } else { "at most" };
            return Some(format!("must be {word} {most}"));
        }
        None
    }

    /// Go's patterns are nearly ours; one that is not is not held against anything.
    fn matcher(&self) -> Option<&Regex> {
        let compile = || {
            RegexBuilder::new(self.pattern?)
                .size_limit(PATTERN_SIZE)
                .dfa_size_limit(PATTERN_SIZE)
                .build()
                .ok()
        };
        self.compiled.get_or_init(compile).as_ref()
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the API server holds both sides as floats as well"
)]
fn number(node: Node<'_>) -> Option<f64> {
    match node.scalar()? {
        Scalar::Int(value) => Some(value as f64),
        Scalar::Float(value) => Some(value),
        _ => None,
    }
}

/// The limit that a count is beyond, and what it is.
fn outside([least, most]: [Option<i64>; 2], count: usize) -> Option<(i64, &'static str)> {
    let count = i64::try_from(count).ok()?;
    let under = least.filter(|least| count < *least);
    let over = most.filter(|most| count > *most);
    under
        .map(|limit| (limit, "needed"))
        .or(over.map(|limit| (limit, "allowed")))
}
