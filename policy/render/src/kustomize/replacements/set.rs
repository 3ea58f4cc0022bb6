//! How a value is put into a field.

use plimsoll_yaml::{OriginStep, Span};

use super::Options;
use super::matcher::NEW;
use crate::{Content, Fault, Json, Result, Scalar, Value, json};

/// Gives a field a value, or a part of its text. A scalar keeps its type, as long as the text can be read as that.
pub(super) fn put<'s>(
    field: &mut Value<'s>,
    value: &Value<'s>,
    options: &Options<'s>,
    path: &str,
    by: Span,
) -> Result<()> {
    let made = !options.delimiter.is_empty();
    let text = if made {
        Some(joined(field, value, options, path)?.into())
    } else {
        match &value.content {
            Content::Scalar(scalar) => Some(scalar.text.clone()),
            // Kustomize empties a text that gets a map or a list.
            _ => None,
        }
    };
    let content = match &field.content {
        Content::Scalar(old) => {
            let (text, plain) = (text.unwrap_or_default(), old.plain);
            Content::Scalar(retyped(old, Scalar { text, plain }, path)?)
        }
        _ => value.content.clone(),
    };
    let trail = field.origin.replaced_by(value.origin.span);
    *field = Value {
        content,
        origin: trail,
    };
    field.origin.push(OriginStep::By, by);
    Ok(())
}

/// A text with one of its parts replaced, or with one more before or behind it.
fn joined(
    field: &Value<'_>,
    value: &Value<'_>,
    options: &Options<'_>,
    path: &str,
) -> Result<String> {
    let Content::Scalar(old) = &field.content else {
        return no_text(field, path);
    };
    let new = value.text().unwrap_or_default();
    let mut parts: Vec<&str> = old.text.split(&*options.delimiter).collect();
    match usize::try_from(options.index) {
        Ok(at) if at < parts.len() => parts[at] = new,
        Ok(_) => parts.push(new),
        Err(_) => parts.insert(0, new),
    }
    Ok(parts.join(&options.delimiter))
}

/// A map or a list has no parts.
pub(super) fn no_text<T>(field: &Value<'_>, path: &str) -> Result<T> {
    let message = format!("`{path}` is no text, so `options.delimiter` cannot part it");
    Err(Fault::broken(message)
        .help("remove `options.delimiter`, or write the path of a text")
        .related(field.origin.span, "this"))
}

/// The new scalar with the type of the old one.
fn retyped<'s>(old: &Scalar<'s>, new: Scalar<'s>, path: &str) -> Result<Scalar<'s>> {
    // What was just made has no type yet.
    if *old.text == *NEW {
        return Ok(Scalar { plain: true, ..new });
    }
    let kind = match json(old) {
        Json::Str(_) => {
            return Ok(Scalar {
                plain: false,
                ..new
            });
        }
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Int(_) => "a whole number",
        Json::Float(_) => "a number",
    };
    let fits = match (json(old), json(&new)) {
        (Json::Float(_), Json::Int(_)) => true,
        (old, new) => std::mem::discriminant(&old) == std::mem::discriminant(&new),
    };
    if fits {
        return Ok(new);
    }
    let message = format!("`{path}` is {kind}, and `{}` is none", new.text);
    Err(Fault::broken(message)
        .help("put quotes around the value that is there now, so that it is a text, or remove the field and create it"))
}
