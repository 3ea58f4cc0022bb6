//! Label selectors as text: `app=web,tier in (a, b),!old`.
//!
//! Source: `labels.Parse` of Kubernetes' `apimachinery`, in the version that kustomize keeps.

use std::iter::Peekable;

use crate::{Content, Fault, Result, Value};

/// What labels have to be; nothing at all if it is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Requirements(Vec<Requirement>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: String,
    condition: Condition,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    Exists,
    Absent,
    In(Vec<String>),
    NotIn(Vec<String>),
    Above(i64),
    Below(i64),
}

impl Requirements {
    /// Reads a selector.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut parser = Parser {
            text,
            tokens: tokens(text).into_iter().peekable(),
        };
        let mut requirements = Vec::new();
        if parser.tokens.peek().is_none() {
            return Ok(Self(requirements));
        }
        loop {
            requirements.push(parser.requirement()?);
            match parser.tokens.next() {
                None => return Ok(Self(requirements)),
                Some(token) if token == "," => {}
                Some(token) => return parser.wrong(&token, "`,`"),
            }
        }
    }

    /// Whether a map of labels meets them.
    pub(crate) fn matches(&self, labels: Option<&Value<'_>>) -> bool {
        let met = |requirement: &Requirement| {
            let label = labels.and_then(|labels| labels.get(&requirement.key));
            requirement.condition.is_met(label.map(raw))
        };
        self.0.iter().all(met)
    }
}

fn raw<'v>(value: &'v Value<'_>) -> &'v str {
    match &value.content {
        Content::Scalar(scalar) if !value.is_null() => &scalar.text,
        _ => "",
    }
}

impl Condition {
    fn is_met(&self, label: Option<&str>) -> bool {
        let listed = |values: &[String]| {
            label.is_some_and(|label| values.iter().any(|value| value == label))
        };
        let number = || label.and_then(|label| label.parse::<i64>().ok());
        match self {
            Self::Exists => label.is_some(),
            Self::Absent => label.is_none(),
            Self::In(values) => listed(values),
            Self::NotIn(values) => !listed(values),
            Self::Above(limit) => number().is_some_and(|number| number > *limit),
            Self::Below(limit) => number().is_some_and(|number| number < *limit),
        }
    }
}

/// Words and signs.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let ends_word = |c: char| c.is_whitespace() || "=!(),<>".contains(c);
        let end = match rest.find(ends_word).unwrap_or(rest.len()) {
            0 if rest.starts_with("==") || rest.starts_with("!=") => 2,
            0 => first.len_utf8(),
            end => end,
        };
        tokens.push(rest[..end].to_owned());
        rest = rest[end..].trim_start();
    }
    tokens
}

fn is_word(token: &str) -> bool {
    !token.starts_with(['=', '!', '(', ')', ',', '<', '>'])
}

struct Parser<'t> {
    text: &'t str,
    tokens: Peekable<std::vec::IntoIter<String>>,
}

impl Parser<'_> {
    fn wrong<T>(&self, found: &str, expected: &str) -> Result<T> {
        let found = if found.is_empty() { "its end" } else { found };
        let message = format!(
            "the selector `{}` has `{found}` where {expected} should be",
            self.text
        );
        Err(Fault::broken(message).help(
            "write it like `app=web,tier in (front, back),!old`, with `,` between conditions",
        ))
    }

    fn next(&mut self) -> String {
        self.tokens.next().unwrap_or_default()
    }

    /// A condition ends here.
    fn is_end(&mut self) -> bool {
        self.tokens.peek().is_none_or(|token| token == ",")
    }

    fn requirement(&mut self) -> Result<Requirement> {
        let mut key = self.next();
        let absent = key == "!";
        if absent {
            key = self.next();
        }
        if key.is_empty() || !is_word(&key) {
            return self.wrong(&key, "the key of a label");
        }
        self.check(&key, is_key(&key), "key")?;
        let condition = if absent {
            Condition::Absent
        } else if self.is_end() {
            Condition::Exists
        } else {
            self.condition()?
        };
        Ok(Requirement { key, condition })
    }

    fn condition(&mut self) -> Result<Condition> {
        let operator = self.next();
        Ok(match &*operator {
            "in" => Condition::In(self.values()?),
            "notin" => Condition::NotIn(self.values()?),
            "=" | "==" => Condition::In(vec![self.value()?]),
            "!=" => Condition::NotIn(vec![self.value()?]),
            ">" => Condition::Above(self.number()?),
            "<" => Condition::Below(self.number()?),
            other => return self.wrong(other, "`=`, `!=`, `in`, `notin`, `>` or `<`"),
        })
    }

    fn value(&mut self) -> Result<String> {
        if self.is_end() {
            return Ok(String::new());
        }
        let value = self.next();
        if !is_word(&value) {
            return self.wrong(&value, "a value");
        }
        self.check(&value, is_value(&value), "value")?;
        Ok(value)
    }

    fn number(&mut self) -> Result<i64> {
        let value = self.value()?;
        value.parse().or_else(|_| self.wrong(&value, "a number"))
    }

    /// Values in parentheses; a missing one is empty.
    fn values(&mut self) -> Result<Vec<String>> {
        let open = self.next();
        if open != "(" {
            return self.wrong(&open, "`(`");
        }
        let mut values = vec![String::new()];
        loop {
            let token = self.next();
            match &*token {
                ")" => return Ok(values),
                "," => values.push(String::new()),
                word if is_word(word) && !word.is_empty() => {
                    self.check(word, is_value(word), "value")?;
                    match values.last_mut() {
                        Some(last) if last.is_empty() => word.clone_into(last),
                        _ => return self.wrong(word, "`,` or `)`"),
                    }
                }
                other => return self.wrong(other, "a value, `,` or `)`"),
            }
        }
    }

    fn check(&self, part: &str, is_good: bool, what: &str) -> Result<()> {
        if is_good {
            return Ok(());
        }
        let message = format!(
            "`{part}` in the selector `{}` is no {what} of a label",
            self.text
        );
        let help = "write at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends";
        Err(Fault::broken(message).help(help))
    }
}

/// At most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends.
fn is_name(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let end = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    text.len() <= 63
        && text.bytes().all(inner)
        && end(text.bytes().next())
        && end(text.bytes().last())
}

fn is_value(text: &str) -> bool {
    text.is_empty() || is_name(text)
}

/// A name, perhaps with a domain and a slash before it.
fn is_key(text: &str) -> bool {
    let part = |part: &str| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !part.is_empty()
            && part.bytes().all(inner)
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    match text.split_once('/') {
        Some((domain, name)) => domain.len() <= 253 && domain.split('.').all(part) && is_name(name),
        None => is_name(text),
    }
}
