//! `${variable}` as Flux expands it. Source: `envsubst` of `fluxcd/pkg`, a fork of drone's, with what that does and bash
//! does not: `${a-b}` and `${a+b}` are faults, `${a:+b}` and `${a:?b}` are read as `${a:-b}`, and `$a` stays as it is.
//! `$$` is a dollar sign.

use super::pattern;

/// What is known of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Variable {
    /// Its value; empty for one that nobody has set.
    Known(String),
    /// It has a value that cannot be read here. What is made of it stays as it is written.
    Unknown,
    /// Nobody sets it here, but somebody may elsewhere: unknown, unless there is a default for it.
    Unset,
}

/// Expands a text.
pub(super) fn expand(
    text: &str,
    variable: &mut dyn FnMut(&str) -> Variable,
) -> Result<String, &'static str> {
    let mut reader = Reader { text, at: 0 };
    let mut out = String::new();
    while let Some(next) = reader.peek() {
        if reader.take("$$") {
            out.push('$');
        } else if reader.take("${") {
            let start = reader.at - 2;
            match reader.expression(variable)? {
                Some(value) => out.push_str(&value),
                None => out.push_str(&text[start..reader.at]),
            }
        } else {
            out.push(next);
            reader.at += next.len_utf8();
        }
    }
    Ok(out)
}

const UNCLOSED: &str = "missing closing brace";
const BAD: &str = "bad substitution";

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

/// The value of an expression; `None` if a variable in it is unknown.
type Expanded = Result<Option<String>, &'static str>;

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn close(&mut self) -> Result<(), &'static str> {
        self.take("}").then_some(()).ok_or(UNCLOSED)
    }

    fn name(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_alphabetic() || c.is_numeric() || c == '_'));
        let name = &rest[..end.unwrap_or(rest.len())];
        self.at += name.len();
        name
    }

    /// What follows `${`, up to and with its `}`.
    fn expression(&mut self, variable: &mut dyn FnMut(&str) -> Variable) -> Expanded {
        let length = self.take("#");
        let name = self.name();
        if name.is_empty() {
            return Err("a `${` without the name of a variable");
        }
        let found = variable(name);
        let set = found != Variable::Unset;
        let value = match found {
            Variable::Known(value) => Some(value),
            Variable::Unknown | Variable::Unset => None,
        };
        if length {
            self.close()?;
            return Ok(value.map(|value| value.len().to_string()));
        }
        let or_empty = |value: Option<String>| if set { value } else { Some(String::new()) };
        match self.peek() {
            Some('}') => self.close().map(|()| value),
            Some(':') if self.rest()[1..].starts_with(['=', '-', '?', '+']) => {
                self.at += 2;
                self.default(or_empty(value), variable)
            }
            Some('=') => {
                self.at += 1;
                self.default(or_empty(value), variable)
            }
            Some(':') => self.slice(value, variable),
            Some(',' | '^') => self.casing(value),
            Some('/') => self.replace(value, variable),
            Some('#' | '%') => self.trim(value, variable),
            _ => Err(UNCLOSED),
        }
    }

    /// One part of an argument: a nested expression, or text up to what ends it.
    fn part(
        &mut self,
        ends: &[char],
        escapes: bool,
        variable: &mut dyn FnMut(&str) -> Variable,
    ) -> Expanded {
        if self.take("${") {
            return self.expression(variable);
        }
        let mut text = String::new();
        while let Some(next) = self.peek() {
            if escapes && ["$$", "\\/", "\\\\"].iter().any(|escape| self.take(escape)) {
                text.extend(self.text[..self.at].chars().next_back());
            } else if ends.contains(&next) || self.rest().starts_with("${") {
                break;
            } else {
                text.push(next);
                self.at += next.len_utf8();
            }
        }
        if text.is_empty() {
            return Err(BAD);
        }
        Ok(Some(text))
    }

    fn default(
        &mut self,
        value: Option<String>,
        variable: &mut dyn FnMut(&str) -> Variable,
    ) -> Expanded {
        let mut default = Some(String::new());
        while self.peek() != Some('}') {
            if self.peek().is_none() {
                return Err(UNCLOSED);
            }
            let part = self.part(&['}'], false, variable)?;
            default = default.zip(part).map(|(before, part)| before + &part);
        }
        self.close()?;
        Ok(match value {
            Some(value) if value.is_empty() => default,
            value => value,
        })
    }

    fn slice(
        &mut self,
        value: Option<String>,
        variable: &mut dyn FnMut(&str) -> Variable,
    ) -> Expanded {
        self.at += 1;
        let offset = self.part(&[':', '}'], false, variable)?;
        let mut length = None;
        if self.take(":") {
            length = Some(self.part(&['}'], false, variable)?);
        }
        self.close()?;
        let length = match length {
            Some(None) => return Ok(None),
            Some(length) => length,
            None => None,
        };
        let both = value.zip(offset);
        Ok(both.map(|(value, offset)| slice(&value, &offset, length.as_deref())))
    }

    fn casing(&mut self, value: Option<String>) -> Expanded {
        let operator = [",,", "^^", ",", "^"];
        let operator = operator.into_iter().find(|operator| self.take(operator));
        self.close()?;
        let change: fn(char) -> char = match operator {
            Some("," | ",,") => lower,
            _ => upper,
        };
        let all = operator.is_some_and(|operator| operator.len() == 2);
        Ok(value.map(|value| {
            let chars = value.chars().enumerate();
            chars
                .map(|(at, c)| if all || at == 0 { change(c) } else { c })
                .collect()
        }))
    }

    fn replace(
        &mut self,
        value: Option<String>,
        variable: &mut dyn FnMut(&str) -> Variable,
    ) -> Expanded {
        let operator = ["//", "/#", "/%", "/"];
        let operator = operator.into_iter().find(|operator| self.take(operator));
        let pattern = match self.peek() {
            Some('/') => Some(String::new()),
            _ => self.part(&['/'], true, variable)?,
        };
        if !self.take("/") {
            return Err(BAD);
        }
        let with = match self.peek() {
            // The two that are anchored do nothing without a second argument.
            Some('}') if matches!(operator, Some("/#" | "/%")) => {
                return self.close().map(|()| value);
            }
            Some('}') => Some(String::new()),
            _ => self.part(&['}'], true, variable)?,
        };
        self.close()?;
        let all = value.zip(pattern).zip(with);
        Ok(all.map(|((value, pattern), with)| match operator {
            Some("//") => value.replace(&pattern, &with),
            Some("/#") => match value.strip_prefix(&pattern) {
                Some(rest) => with + rest,
                None => value,
            },
            Some("/%") => match value.strip_suffix(&pattern) {
                Some(rest) => rest.to_owned() + &with,
                None => value,
            },
            _ => value.replacen(&pattern, &with, 1),
        }))
    }

    fn trim(
        &mut self,
        value: Option<String>,
        variable: &mut dyn FnMut(&str) -> Variable,
    ) -> Expanded {
        let operator = ["##", "#", "%%", "%"];
        let operator = operator
            .into_iter()
            .find(|operator| self.take(operator))
            .unwrap_or_default();
        let pattern = self.part(&['}'], false, variable)?;
        self.close()?;
        let both = value.zip(pattern);
        Ok(both.map(|(value, pattern)| {
            let (front, longest) = (operator.starts_with('#'), operator.len() == 2);
            pattern::trim(&value, &pattern, front, longest).to_owned()
        }))
    }
}

/// `${value:offset:length}`, in bytes; what cannot be read as a number leaves the value as it is.
fn slice(value: &str, offset: &str, length: Option<&str>) -> String {
    let size = i64::try_from(value.len()).unwrap_or(i64::MAX);
    let (Ok(offset), Ok(length)) = (
        offset.parse::<i64>(),
        length.map(str::parse::<i64>).transpose(),
    ) else {
        return value.to_owned();
    };
    let start = if offset < 0 {
        (size.saturating_add(offset)).max(0)
    } else {
        offset.min(size)
    };
    let end = match length {
        None => size,
        Some(length) if length < 0 => size.saturating_add(length),
        Some(length) => start.saturating_add(length).min(size),
    };
    let bytes = value.as_bytes();
    let part = usize::try_from(start)
        .ok()
        .zip(usize::try_from(end).ok())
        .and_then(|(start, end)| bytes.get(start..end));
    String::from_utf8_lossy(part.unwrap_or_default()).into_owned()
}

/// One character for one, as Go maps them.
fn lower(c: char) -> char {
    let mut mapped = c.to_lowercase();
    mapped
        .next()
        .filter(|_| mapped.next().is_none())
        .unwrap_or(c)
}

fn upper(c: char) -> char {
    let mut mapped = c.to_uppercase();
    mapped
        .next()
        .filter(|_| mapped.next().is_none())
        .unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)], text: &str) -> Result<String, &'static str> {
        expand(text, &mut |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            match found {
                Some((_, "?")) => Variable::Unknown,
                found => Variable::Known(found.map_or("", |(_, value)| value).to_owned()),
            }
        })
    }

    /// The cases of Flux's own test, and some of their neighbours.
    #[test]
    fn every_operator_does_what_flux_does() {
        for (name, value, text, expanded) in [
            ("v", "abcdEFGH28ij", "abcdEFGH28ij", "abcdEFGH28ij"),
            ("v", "abcdEFGH28ij", "${#v}", "12"),
            ("v", "abcdEFGH28ij", "${v^}", "AbcdEFGH28ij"),
            ("v", "abcdEFGH28ij", "${v^^}", "ABCDEFGH28IJ"),
            ("v", "ABCDEFGH28IJ", "${v,}", "aBCDEFGH28IJ"),
            ("v", "ABCDEFGH28IJ", "${v,,}", "abcdefgh28ij"),
            ("p", "/home/bozo/ideas", "${p:11}", "ideas"),
            ("p", "/home/bozo/ideas", "${p:6:4}", "bozo"),
            ("p", "/home/bozo/ideas", "${p:1:-1}", "home/bozo/idea"),
            ("p", "/home/bozo/ideas", "${p:-5:3}", "/home/bozo/ideas"),
            ("p", "abc", "${p:9}", ""),
            ("p", "abc", "${p:x}", "abc"),
            ("v", "abc", "${v=xyz}", "abc"),
            ("d", "foo", "a ${v=${d}}", "a foo"),
            ("d", "foo", "${v=pre${d}-suf}", "prefoo-suf"),
            ("d", "foo", "${v:=x}${v:-y}${v:+z}${v:?q}${v:-}", "xyzq"),
            ("d", "foo", "${d:+z}", "foo"),
            ("s", "abcABC123ABCabc", "${s/%abc/XYZ}", "abcABC123ABCXYZ"),
            ("s", "abcABC123ABCabc", "${s/#abc/XYZ}", "XYZABC123ABCabc"),
            ("s", "value", "${s/#/pre-}${s/%/-suf}", "pre-valuevalue-suf"),
            ("s", "abcABC123ABCabc", "${s//abc/xyz}", "xyzABC123ABCxyz"),
            ("s", "abcABC123ABCabc", "${s/abc/xyz}", "xyzABC123ABCabc"),
            ("f", "bash.string.txt", "${f#*.}", "string.txt"),
            ("f", "/path/to/file", "${f#*/}", "path/to/file"),
            ("f", "path/to/file", "${f##*/}", "file"),
            ("f", "bash.string.txt", "${f%.*}", "bash.string"),
            ("f", "bash.string.txt", "${f%%.*}", "bash"),
            ("v", "ab", "$${v}", "${v}"),
            ("v", "ab", "t ${v}$${w$${v}$v${v}", "t ab${w${v}$vab"),
            ("d", "foo", "$${v=${d}}", "${v=foo}"),
            ("s", "foo/bar/baz", r"${s/\//-}", "foo-bar/baz"),
            ("s", "foo/bar/baz", r"${s//\//-}", "foo-bar-baz"),
            ("d", "foo", r"\\some ${v=${d}}", r"\\some foo"),
            ("s", "foo.bar", "${s/./}", "foobar"),
            ("ü", "straße", "${ü^^} $ü $", "STRAßE $ü $"),
        ] {
            assert_eq!(
                with(&[(name, value)], text).as_deref(),
                Ok(expanded),
                "{text}"
            );
        }
    }

    #[test]
    fn what_flux_refuses_is_refused() {
        for text in [
            "${v", "${}", "${v-d}", "${v+d}", "${#}", "${v:}", "${v/a}", "${v:-a",
        ] {
            assert!(with(&[("v", "x")], text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_unknown_stays_as_it_is_written() {
        assert_eq!(
            with(&[("s", "?"), ("k", "v")], "${k} ${s} ${s:-${k}} ${x:=${s}}").as_deref(),
            Ok("v ${s} ${s:-${k}} ${x:=${s}}")
        );
    }
}
