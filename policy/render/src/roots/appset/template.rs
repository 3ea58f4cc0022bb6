//! Both kinds of templates: `{{name}}`, and a little of Go's. What cannot be told stays as it is written.

use plimsoll_yaml::Span;

use crate::Value;

/// A text with its parameters in place, and where those stand.
#[derive(Debug, PartialEq)]
pub(super) struct Expanded {
    pub(super) text: String,
    pub(super) by: Vec<Span>,
}

/// Expands a text.
pub(super) fn expand(text: &str, parameters: &Value<'_>, go: bool) -> Expanded {
    let mut out = String::new();
    let mut by = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((tag, next)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            continue;
        };
        rest = next;
        let inner = tag.trim_start_matches("- ").trim_end_matches(" -").trim();
        let value = if go {
            go_template(inner, parameters, &mut by)
        } else {
            plain(inner, parameters, &mut by)
        };
        match value {
            Some(value) => {
                if go && tag.starts_with("- ") {
                    out.truncate(out.trim_end().len());
                }
                out.push_str(&value);
                if go && tag.ends_with(" -") {
                    rest = rest.trim_start();
                }
            }
            None => out.push_str(&format!("{{{{{tag}}}}}")),
        }
    }
    out.push_str(rest);
    Expanded { text: out, by }
}

fn plain(name: &str, parameters: &Value<'_>, by: &mut Vec<Span>) -> Option<String> {
    let value = parameters.get(name)?;
    see(value, by);
    value.text().map(str::to_owned)
}

fn see(value: &Value<'_>, by: &mut Vec<Span>) {
    if !by.contains(&value.origin.span) {
        by.push(value.origin.span);
    }
}

/// The text of a parameter, by its flat name or through maps.
pub(super) fn lookup<'v>(parameters: &'v Value<'_>, name: &str) -> Option<&'v str> {
    let flat = parameters.get(name);
    let deep = || {
        name.split('.')
            .try_fold(parameters, |value, key| value.get(key))
    };
    flat.or_else(deep)?.text()
}

/// An expression that is still in a value, and where.
pub(super) fn left(value: &Value<'_>) -> Option<(String, Span)> {
    let inside = value.entries().iter().map(|entry| &entry.value);
    if let Some(found) = inside.chain(value.items()).find_map(left) {
        return Some(found);
    }
    let text = value.text()?;
    let (start, end) = (text.find("{{")?, text.find("}}")? + 2);
    Some((text.get(start..end)?.to_owned(), value.origin.span))
}

/// As Argo CD makes a text fit for a name.
pub(super) fn normalize(text: &str) -> String {
    let lower = text.to_lowercase();
    let fit = |c: char| {
        if c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c) {
            c
        } else {
            '-'
        }
    };
    let name: String = lower.chars().map(fit).take(253).collect();
    name.trim_matches(['-', '.']).to_owned()
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Field(String),
    Text(String),
    Word(String),
    Open,
    Close,
    Pipe,
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '|' => (Token::Pipe, 1),
            '"' | '`' => {
                let end = rest[1..].find(first)?;
                let inner = &rest[1..=end];
                if first == '"' && inner.contains('\\') {
                    return None;
                }
                (Token::Text(inner.to_owned()), end + 2)
            }
            _ => {
                let end = rest
                    .find(|c: char| c.is_whitespace() || "()|\"`".contains(c))
                    .unwrap_or(rest.len());
                let word = &rest[..end];
                let field = word.strip_prefix('$').unwrap_or(word).strip_prefix('.');
                let token = field.map_or_else(
                    || Token::Word(word.to_owned()),
                    |field| Token::Field(field.to_owned()),
                );
                (token, end)
            }
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Some(tokens)
}

/// A value on its way through a pipeline.
#[derive(Clone)]
enum Item<'v, 's> {
    Text(String),
    Value(&'v Value<'s>),
    /// A field that is not there: `default` gives it a value, all else fails.
    Nothing,
}

impl Item<'_, '_> {
    fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Value(value) => value.text().map(str::to_owned),
            Self::Nothing => None,
        }
    }
}

fn go_template(inner: &str, parameters: &Value<'_>, by: &mut Vec<Span>) -> Option<String> {
    let tokens = tokens(inner)?;
    let mut run = Run {
        tokens: &tokens,
        at: 0,
        parameters,
        by,
    };
    let item = run.pipeline()?;
    (run.at == tokens.len()).then(|| item.text()).flatten()
}

struct Run<'a, 'v, 's> {
    tokens: &'a [Token],
    at: usize,
    parameters: &'v Value<'s>,
    by: &'a mut Vec<Span>,
}

impl<'v, 's> Run<'_, 'v, 's> {
    fn pipeline(&mut self) -> Option<Item<'v, 's>> {
        let mut item = self.command(None)?;
        while self.tokens.get(self.at) == Some(&Token::Pipe) {
            self.at += 1;
            item = self.command(Some(item))?;
        }
        Some(item)
    }

    fn command(&mut self, piped: Option<Item<'v, 's>>) -> Option<Item<'v, 's>> {
        if let Some(Token::Word(function)) = self.tokens.get(self.at)
            && !function.starts_with(|c: char| c.is_ascii_digit())
        {
            self.at += 1;
            let mut arguments = Vec::new();
            while !matches!(
                self.tokens.get(self.at),
                None | Some(Token::Pipe | Token::Close)
            ) {
                arguments.push(self.operand()?);
            }
            arguments.extend(piped);
            return call(function, &arguments);
        }
        // Only functions take what is piped.
        if piped.is_some() {
            None
        } else {
            self.operand()
        }
    }

    fn operand(&mut self) -> Option<Item<'v, 's>> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        match token {
            Token::Text(text) | Token::Word(text) => Some(Item::Text(text.clone())),
            Token::Field(path) => Some(self.field(path)),
            Token::Open => {
                let item = self.pipeline()?;
                let closed = self.tokens.get(self.at) == Some(&Token::Close);
                self.at += 1;
                closed.then_some(item)
            }
            Token::Close | Token::Pipe => None,
        }
    }

    fn field(&mut self, path: &str) -> Item<'v, 's> {
        let keys = path.split('.').filter(|key| !key.is_empty());
        match keys
            .into_iter()
            .try_fold(self.parameters, |value, key| value.get(key))
        {
            Some(value) => {
                see(value, self.by);
                Item::Value(value)
            }
            None => Item::Nothing,
        }
    }
}

fn call<'v, 's>(function: &str, arguments: &[Item<'v, 's>]) -> Option<Item<'v, 's>> {
    if let ("index", [Item::Value(value), keys @ ..]) = (function, arguments) {
        let found = keys.iter().try_fold(*value, |value, key| {
            let key = key.text()?;
            if value.is_list() {
                value.items().get(key.parse::<usize>().ok()?)
            } else {
                value.get(&key)
            }
        });
        return found.map(Item::Value);
    }
    if let ("default", [default, value]) = (function, arguments) {
        let empty = value.text().is_none_or(|text| text.is_empty());
        return Some(if empty {
            default.clone()
        } else {
            value.clone()
        });
    }
    let texts: Option<Vec<String>> = arguments.iter().map(Item::text).collect();
    let texts = texts?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let text = match (function, texts.as_slice()) {
        ("lower", [text]) => text.to_lowercase(),
        ("upper", [text]) => text.to_uppercase(),
        ("trim", [text]) => text.trim().to_owned(),
        ("quote", [text]) => format!("\"{text}\""),
        ("squote", [text]) => format!("'{text}'"),
        ("toString" | "print", [text]) => (*text).to_owned(),
        ("normalize", [text]) => normalize(text),
        ("replace", [old, new, text]) => text.replace(old, new),
        ("trimPrefix", [cut, text]) => text.strip_prefix(cut).unwrap_or(text).to_owned(),
        ("trimSuffix", [cut, text]) => text.strip_suffix(cut).unwrap_or(text).to_owned(),
        _ => return None,
    };
    Some(Item::Text(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Origin;
    use plimsoll_yaml::SourceId;

    fn parameters() -> Value<'static> {
        let origin = Origin::at(Span {
            source: SourceId(0),
            start: 0,
            end: 0,
        });
        let string = |text: &'static str| Value::string(text, origin.clone());
        let mut path = Value::map(origin.clone());
        path.set("path", string("apps/Über"));
        path.set("basename", string("Über"));
        path.set(
            "segments",
            Value::list(vec![string("apps"), string("Über")], origin.clone()),
        );
        let mut values = Value::map(origin.clone());
        values.set("path.basename", string("flat"));
        values.set("path", path);
        values.set("env", string("prod"));
        values
    }

    #[test]
    fn names_are_put_in_and_others_stay() {
        let expanded = expand(
            "{{ env }}-{{path.basename}}-{{other}}-{{",
            &parameters(),
            false,
        );
        assert_eq!(expanded.text, "prod-flat-{{other}}-{{");
    }

    #[test]
    fn a_little_of_go_is_understood() {
        for (text, expanded) in [
            ("{{.path.path}}/{{ $.env }}", "apps/Über/prod"),
            ("{{ index .path.segments 1 | lower }}", "über"),
            (
                "{{ .nothing | default \"x\" }}{{ default `y` .env }}",
                "xprod",
            ),
            ("{{ replace \"o\" \"0\" .env }} {{- .env -}} !", "pr0dprod!"),
            ("{{ trimPrefix \"pr\" (upper .env | lower) }}", "od"),
            ("{{ normalize .path.basename }}", "ber"),
            ("{{ if .env }}a{{ end }}", "{{ if .env }}a{{ end }}"),
            ("{{ .nothing }}", "{{ .nothing }}"),
        ] {
            assert_eq!(expand(text, &parameters(), true).text, expanded, "{text}");
        }
    }
}
