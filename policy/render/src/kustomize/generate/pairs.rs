//! The data of a generator: of files of variables, of literals, of files.

use std::collections::BTreeMap;

use plimsoll_yaml::Span;

use super::super::load::{Loaded, Loader};
use crate::{Fault, Result, Text, Value};

/// One entry of data: what it says, and where that stands.
#[derive(Clone, Debug)]
pub(crate) enum Data<'s> {
    /// Text.
    Text(Text<'s>),
    /// Bytes that are no text.
    Bytes(Vec<u8>),
}

pub(super) type Pairs<'s> = BTreeMap<Text<'s>, (Data<'s>, Span)>;

/// The data of a generator: `envs`, then `literals`, then `files`; a key that comes twice is a fault.
/// Kustomize takes any text for a key, also what the API server refuses.
pub(super) fn pairs<'s>(arguments: &Value<'s>, loader: &Loader<'_, 's>) -> Result<Pairs<'s>> {
    let mut found: Pairs<'s> = BTreeMap::new();
    let mut add = |key: Text<'s>, data: Data<'s>, span: Span, by: Span| {
        let name = key.to_string();
        match found.insert(key, (data, span)) {
            None => Ok(()),
            Some((_, first)) => Err(Fault::broken(format!("the key `{name}` comes twice"))
                .help("keep one of the two, or give one another key")
                .at(by)
                .related(first, "it is here first")),
        }
    };
    let single = arguments.get("env").into_iter();
    for path in arguments
        .get("envs")
        .map_or(&[][..], Value::items)
        .iter()
        .chain(single)
    {
        let by = path.origin.span;
        let Some(path) = path.text().filter(|path| !path.is_empty()) else {
            continue;
        };
        for (name, value, span) in variables(&loader.data(path, by)?, by)? {
            add(name, Data::Text(value), span, by)?;
        }
    }
    for literal in arguments.get("literals").map_or(&[][..], Value::items) {
        let span = literal.origin.span;
        let (key, value) = split_literal(literal)?;
        add(key, Data::Text(value), span, span)?;
    }
    for file in arguments.get("files").map_or(&[][..], Value::items) {
        let by = file.origin.span;
        let (key, path) = split_file(file)?;
        let found = loader.data(path, by)?;
        add(key, found.data, found.span, by)?;
    }
    Ok(found)
}

/// A text as it can be kept, cut out of another.
fn part<'s>(whole: &Value<'s>, range: std::ops::Range<usize>) -> Text<'s> {
    match whole.shared_text() {
        Some(Text::Source(text)) => Text::Source(&text[range]),
        Some(Text::Made(text)) => text[range].to_owned().into(),
        None => Text::default(),
    }
}

fn split_literal<'s>(literal: &Value<'s>) -> Result<(Text<'s>, Text<'s>)> {
    let text = literal.text().unwrap_or_default();
    let Some(at) = text.find('=').filter(|at| *at > 0) else {
        return Err(Fault::broken(format!("`{text}` is no literal"))
            .help("write `key=value`")
            .at(literal.origin.span));
    };
    let value = &text[at + 1..];
    let quoted = value.len() >= 2
        && (value.starts_with('"') || value.starts_with('\''))
        && value.as_bytes().first() == value.as_bytes().last();
    let range = if quoted {
        at + 2..text.len() - 1
    } else {
        at + 1..text.len()
    };
    Ok((part(literal, 0..at), part(literal, range)))
}

fn split_file<'a, 's>(file: &'a Value<'s>) -> Result<(Text<'s>, &'a str)> {
    let text = file.text().unwrap_or_default();
    let wrong = |message: String| {
        Err(Fault::broken(message)
            .help("write `path`, or `key=path`")
            .at(file.origin.span))
    };
    match text.split_once('=') {
        None => {
            let name = text.rsplit('/').next().unwrap_or(text);
            Ok((part(file, text.len() - name.len()..text.len()), text))
        }
        Some(("", _)) => wrong(format!("`{text}` names no key")),
        Some((_, "")) => wrong(format!("`{text}` names no file")),
        Some((_, path)) if path.contains('=') => wrong(format!("`{text}` has two `=`")),
        Some((key, path)) => Ok((part(file, 0..key.len()), path)),
    }
}

/// The lines of a file of variables.
fn variables<'s>(file: &Loaded<'s>, by: Span) -> Result<Vec<(Text<'s>, Text<'s>, Span)>> {
    let Data::Text(text) = &file.data else {
        return Err(Fault::broken("a file of variables has to be text").at(by));
    };
    let whole: &str = text;
    let mut found = Vec::new();
    let mut start = 0;
    for line in whole.split_inclusive('\n') {
        let begins = start;
        start += line.len();
        let line = line.trim_end_matches('\n').trim_end_matches('\r');
        let line = if begins == 0 {
            line.trim_start_matches('\u{feff}')
        } else {
            line
        };
        let content = line.trim_start();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let from = content.as_ptr() as usize - whole.as_ptr() as usize;
        let span = Span {
            source: file.span.source,
            start: from as u32,
            end: (from + content.len()) as u32,
        };
        let name = content.split('=').next().unwrap_or_default();
        if name.is_empty() {
            continue;
        }
        let cut = |from: usize, to: usize| match text {
            Text::Source(text) => Text::Source(&text[from..to]),
            Text::Made(text) => text[from..to].to_owned().into(),
        };
        let end = from + content.len();
        let value = (from + name.len() + 1).min(end);
        found.push((cut(from, from + name.len()), cut(value, end), span));
    }
    Ok(found)
}
