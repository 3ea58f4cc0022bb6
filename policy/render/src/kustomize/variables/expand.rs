//! `$(NAME)` in a text.

use std::collections::HashMap;

use plimsoll_yaml::Span;

use crate::{Scalar, Text};

/// Where a value that is put in comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    /// The field.
    pub(super) field: Span,
    /// The entry of `vars`.
    pub(super) variable: Span,
}

/// What is put in for a variable.
#[derive(Clone, Debug)]
pub(super) struct Put<'s> {
    /// As a whole value; `None` for maps and lists, which are not put in.
    whole: Option<Scalar<'s>>,
    /// Inside another text, where it is written another way.
    inside: Option<String>,
    from: Place,
}

impl<'s> Put<'s> {
    pub(super) fn nothing(field: Span, variable: Span) -> Self {
        Self {
            whole: None,
            inside: None,
            from: Place { field, variable },
        }
    }

    pub(super) fn scalar(scalar: Scalar<'s>, field: Span, variable: Span) -> Self {
        Self {
            whole: Some(scalar),
            ..Self::nothing(field, variable)
        }
    }

    pub(super) fn float(number: f64, field: Span, variable: Span) -> Self {
        let (text, plain) = (Text::from(number.to_string()), true);
        Self {
            whole: Some(Scalar { text, plain }),
            inside: Some(general(number)),
            ..Self::nothing(field, variable)
        }
    }

    fn inside(&self) -> Option<&str> {
        let whole = self.whole.as_ref()?;
        Some(self.inside.as_deref().unwrap_or(&whole.text))
    }
}

/// A number as Go writes it for `%v`: with an exponent below 0.0001 and from a million on.
fn general(number: f64) -> String {
    let scientific = format!("{number:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    match exponent.parse::<i32>() {
        Ok(exponent) if !(-4..6).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
        _ => number.to_string(),
    }
}

/// A text with its variables put in.
#[derive(Debug, PartialEq)]
pub(super) struct Expanded<'s> {
    pub(super) scalar: Scalar<'s>,
    /// What was put in, in order.
    pub(super) from: Vec<Place>,
}

/// Puts variables into a text; `None` if it stays as it is. `$$` is a dollar sign; names that nobody defines stay.
pub(super) fn expand<'s>(text: &str, values: &HashMap<&str, Put<'s>>) -> Option<Expanded<'s>> {
    let whole = text
        .strip_prefix("$(")
        .and_then(|text| text.strip_suffix(')'));
    if let Some(put) = whole.and_then(|name| values.get(name)) {
        let scalar = put.whole.clone()?;
        let from = vec![put.from];
        return Some(Expanded { scalar, from });
    }
    let (mut made, mut from) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        made.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            made.push('$');
            rest = after;
            continue;
        }
        let name = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        match name.map(|(name, after)| (name, after, values.get(name))) {
            Some((_, after, Some(put))) if put.inside().is_some() => {
                made.push_str(put.inside().unwrap_or_default());
                from.push(put.from);
                rest = after;
            }
            Some((name, after, _)) => {
                made.push_str(&format!("$({name})"));
                rest = after;
            }
            None => made.push('$'),
        }
    }
    made.push_str(rest);
    let (text, plain) = (made != text).then(|| (made.into(), false))?;
    let scalar = Scalar { text, plain };
    Some(Expanded { scalar, from })
}
