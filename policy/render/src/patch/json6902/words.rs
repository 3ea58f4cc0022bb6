//! Words that mean something else in operations: kustomize reads them as the API server would, by YAML 1.1, and all other
//! files by YAML 1.2.

use crate::scalar::{Json, json};
use crate::value::{Content, Entry, Scalar, Value};

/// A value with its words as they are meant: `yes` is a boolean, and a date is text.
pub(super) fn meant<'s>(value: &Value<'s>) -> Value<'s> {
    changed(value).unwrap_or_else(|| value.clone())
}

fn changed<'s>(value: &Value<'s>) -> Option<Value<'s>> {
    let content = match &value.content {
        Content::Scalar(scalar) => Content::Scalar(word(scalar)?),
        Content::List(items) => {
            let all: Vec<_> = items.iter().map(changed).collect();
            all.iter().any(Option::is_some).then_some(())?;
            let pairs = all.into_iter().zip(items.iter());
            Content::List(
                pairs
                    .map(|(new, old)| new.unwrap_or_else(|| old.clone()))
                    .collect::<Vec<_>>()
                    .into(),
            )
        }
        Content::Map(entries) => {
            let all: Vec<_> = entries.iter().map(|entry| changed(&entry.value)).collect();
            all.iter().any(Option::is_some).then_some(())?;
            let entry = |(new, old): (Option<Value<'s>>, &Entry<'s>)| match new {
                Some(value) => Entry {
                    value,
                    ..old.clone()
                },
                None => old.clone(),
            };
            Content::Map(
                all.into_iter()
                    .zip(entries.iter())
                    .map(entry)
                    .collect::<Vec<_>>()
                    .into(),
            )
        }
    };
    let origin = value.origin.clone();
    Some(Value { content, origin })
}

fn word<'s>(scalar: &Scalar<'s>) -> Option<Scalar<'s>> {
    if !scalar.plain {
        return None;
    }
    let (text, plain) = match &*scalar.text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => ("true".into(), true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => ("false".into(), true),
        text => match json(scalar) {
            Json::Str(time) if time != text => (scalar.text.clone(), false),
            _ => return None,
        },
    };
    Some(Scalar { text, plain })
}
