//! Regular expressions as kustomize takes them, with the plain names that most of them are made quick.

use regex::{Regex, RegexBuilder};

use crate::{Fault, FaultKind, Result};

/// As much as a compiled expression may take. Names are short; what needs more was made to be slow.
const SIZE_LIMIT: usize = 1 << 20;

/// Whether an expression has to match all of a text, or some of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    /// All of it.
    Anchored,
    /// Some of it.
    Open,
}

/// A regular expression.
#[derive(Clone, Debug)]
pub(crate) enum Pattern {
    /// Matches all texts.
    Any,
    /// The text itself.
    Is(String),
    /// A text as long, with the same signs where this one has no dot; a dot is any sign but the end of a line.
    Dotted(String),
    /// A part of the text.
    Contains(String),
    /// Anything else.
    Regex(Regex),
}

impl Pattern {
    /// Reads an expression. An empty one matches all texts.
    pub(crate) fn new(text: &str, ends: Ends) -> Result<Self> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_/:".contains(c);
        if text.is_empty() {
            return Ok(Self::Any);
        }
        if text.chars().all(is_plain) {
            return Ok(match ends {
                Ends::Anchored => Self::Is(text.to_owned()),
                Ends::Open => Self::Contains(text.to_owned()),
            });
        }
        if ends == Ends::Anchored && text.chars().all(|c| c == '.' || is_plain(c)) {
            return Ok(Self::Dotted(text.to_owned()));
        }
        let whole = match ends {
            Ends::Anchored => format!("^(?:{text})$"),
            Ends::Open => text.to_owned(),
        };
        let built = RegexBuilder::new(&whole).size_limit(SIZE_LIMIT).build();
        match built {
            Ok(regex) => Ok(Self::Regex(regex)),
            Err(regex::Error::CompiledTooBig(_)) => Err(Fault::new(
                FaultKind::Limit,
                format!("the regular expression `{text}` is too large"),
            )
            .help("shorten it, or repeat less in it")),
            Err(error) => {
                let error = error.to_string();
                let reason = error.lines().last().unwrap_or_default();
                let reason = reason.trim_start_matches("error: ");
                Err(
                    Fault::broken(format!("`{text}` is no regular expression: {reason}"))
                        .help("mend it; put a backslash before signs that stand for themselves"),
                )
            }
        }
    }

    /// Whether it matches a text.
    pub(crate) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Is(name) => text == name,
            Self::Dotted(dotted) => is_like(dotted, text),
            Self::Contains(part) => text.contains(part),
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

fn is_like(dotted: &str, text: &str) -> bool {
    let (mut wanted, mut signs) = (dotted.chars(), text.chars());
    loop {
        match (wanted.next(), signs.next()) {
            (None, None) => return true,
            (Some('.'), Some(sign)) if sign != '\n' => {}
            (Some(wanted), Some(sign)) if wanted == sign => {}
            _ => return false,
        }
    }
}
