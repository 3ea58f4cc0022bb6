//! Paths with dots, as variables and replacements have them: `spec.template.spec.containers.[name=web].image`.
//!
//! Source: `kyaml/utils/pathsplitter.go` and the path getter of `kyaml/yaml/fns.go`.

use super::address::Address;
use crate::{Content, Fault, Result, Value};

/// The parts of a path. `\.` is a dot in a name; brackets hold names with dots together, and stay on around `key=value`.
pub(crate) fn split(path: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut pieces = pieces(path).into_iter();
    while let Some(piece) = pieces.next() {
        if !piece.starts_with('[') || piece.ends_with(']') {
            parts.push(piece);
            continue;
        }
        let mut whole = piece;
        for piece in pieces.by_ref() {
            whole = format!("{whole}.{piece}");
            if piece.ends_with(']') {
                break;
            }
        }
        if whole.contains('=') {
            parts.push(whole);
        } else {
            parts.push(whole.trim_matches(['[', ']']).to_owned());
        }
    }
    parts
}

/// Between dots that have no backslash before them.
fn pieces(path: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for part in path.split('.') {
        match pieces.last_mut().filter(|last| last.ends_with('\\')) {
            Some(last) => {
                last.pop();
                last.push('.');
                last.push_str(part);
            }
            None => pieces.push(part.to_owned()),
        }
    }
    pieces
}

/// The index that a part is.
pub(crate) fn index(part: &str) -> Option<i64> {
    part.parse().ok()
}

/// Field and value of `[field=value]`; `None` for a part without brackets.
pub(crate) fn condition(part: &str) -> Result<Option<(&str, &str)>> {
    let Some(inner) = part
        .strip_prefix('[')
        .and_then(|part| part.strip_suffix(']'))
    else {
        return Ok(None);
    };
    match inner.split_once('=') {
        Some(condition) => Ok(Some(condition)),
        None => Err(Fault::broken(format!("`{part}` in a path says nothing"))
            .help("write `[field=value]` for an item of a list, or a name without brackets")),
    }
}

/// A scalar's text as it is written, null's too; nothing for all others.
pub(crate) fn raw<'v>(value: &'v Value<'_>) -> &'v str {
    match &value.content {
        Content::Scalar(scalar) => &scalar.text,
        _ => "",
    }
}

/// Something other than what a path needs stands on it.
pub(crate) fn mismatch<T>(value: &Value<'_>, part: &str, needs: &str) -> Result<T> {
    let has = match &value.content {
        Content::Scalar(_) => "a single value",
        Content::List(_) => "a list",
        Content::Map(_) => "a map",
    };
    let message = format!("`{part}` in a path needs {needs}, and {has} stands there");
    Err(Fault::broken(message).related(value.origin.span, "this"))
}

/// Where the one value stands that a path leads to; `None` if nothing stands there.
pub(crate) fn lookup(value: &Value<'_>, parts: &[String]) -> Result<Option<Address>> {
    let mut here = value;
    let mut address = Address::new();
    for part in parts
        .iter()
        .map(|part| part.trim())
        .filter(|part| !part.is_empty())
    {
        if here.is_null() {
            return Ok(None);
        }
        let Some((at, next)) = step(here, part)? else {
            return Ok(None);
        };
        address.push(at);
        here = next;
    }
    Ok(Some(address))
}

fn step<'v, 's>(here: &'v Value<'s>, part: &str) -> Result<Option<(usize, &'v Value<'s>)>> {
    let items = || {
        if here.is_list() {
            return Ok(here.items().iter().enumerate());
        }
        mismatch(here, part, "a list")
    };
    if let Some(index) = index(part) {
        let Ok(index) = usize::try_from(index) else {
            let message = format!("the index `{part}` in a path is negative");
            return Err(Fault::broken(message).help("count from 0, or write `-` for the last item"));
        };
        return Ok(items()?.nth(index));
    }
    if part == "-" {
        return Ok(items()?.next_back());
    }
    if part == "*" {
        return Err(
            Fault::broken("`*` in a path means several fields, and one is needed")
                .help("name the one field"),
        );
    }
    if let Some((field, wanted)) = condition(part)? {
        let is = |item: &Value<'_>| match field {
            "" => raw(item) == wanted,
            _ => item.get(field).is_some_and(|value| raw(value) == wanted),
        };
        return Ok(items()?.find(|(_, item)| is(item)));
    }
    if !here.is_map() {
        return mismatch(here, part, "a map");
    }
    let entries = here.entries().iter().enumerate();
    let mut fields = entries.map(|(at, entry)| (at, &entry.key, &entry.value));
    let found = fields.find(|(_, key, _)| ***key == *part);
    Ok(found.map(|(at, _, value)| (at, value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kustomize::address;
    use crate::kustomize::testing::value;

    #[test]
    fn dots_are_kept_behind_backslashes_and_between_brackets() {
        for (path, parts) in [
            ("a.b", &["a", "b"][..]),
            (r"a.x\.io/y", &["a", "x.io/y"]),
            ("a.[x.io/y].b", &["a", "x.io/y", "b"]),
            ("a.[name=x.y].b", &["a", "[name=x.y]", "b"]),
            ("a.[name=x].b", &["a", "[name=x]", "b"]),
            ("a.[x.y", &["a", "x.y"]),
        ] {
            assert_eq!(split(path), parts, "{path}");
        }
    }

    #[test]
    fn a_path_leads_to_one_value() {
        let tree = value("a: [{k: x}, {k: y, v: 1}]\nl: [p, q]\nnone:\n'*': 1");
        let tree = &tree;
        let get = |path: &str| {
            let found = lookup(tree, &split(path)).unwrap()?;
            address::get(tree, &found).map(raw)
        };
        assert_eq!(get("a.[k=y].v"), Some("1"));
        assert_eq!(get("a.1.v"), Some("1"));
        assert_eq!(get("a.-.v"), Some("1"));
        assert_eq!(get("l.[=q]"), Some("q"));
        assert_eq!(get("l.7"), None);
        assert_eq!(get("none.x"), None);
        for path in ["l.name", "a.[k]", "*", "a.-1", "l.0.x"] {
            assert!(lookup(tree, &split(path)).is_err(), "{path}");
        }
    }
}
