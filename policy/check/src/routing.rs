//! Where alerts go: route trees of an Alertmanager's configuration and of `AlertmanagerConfig` objects.
//!
//! An alert falls down the tree into the first child that matches it (and on to the next if that says `continue`); where no
//! child matches, the route itself takes it (`dispatch.Route.Match` of prometheus/alertmanager). Of an alert only the
//! severity is known here, so a matcher on anything else may match.

use plimsoll_yaml::{Node, Span};

use crate::monitoring::{Chosen, chosen};
use crate::within::Text;
use crate::{Inventory, Kind, Place, Resource, ResourceIndex};

/// One configuration: a route tree and receivers.
#[derive(Debug)]
pub(crate) struct Routing<'s> {
    /// The object that holds it.
    pub(crate) owner: ResourceIndex,
    held: Held<'s>,
}

#[derive(Debug)]
enum Held<'s> {
    /// The `spec` of an `AlertmanagerConfig`.
    Spec(Node<'s>),
    /// The text of an `alertmanager.yaml`.
    Text(Box<Text<'s>>),
}

/// Whether a matcher or a route matches, as far as the severity decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    No,
    Maybe,
    Yes,
}

impl<'s> Routing<'s> {
    /// Every configuration that an Alertmanager reads, as far as the repository tells.
    pub(crate) fn all(inventory: &Inventory<'s>) -> Vec<Self> {
        let configs = inventory.of_kind(Kind::AlertmanagerConfig);
        let read = configs.filter(|config| chosen(inventory, config) != Chosen::ByNone);
        let objects = read.filter_map(|config| {
            Some(Self {
                owner: config.index(),
                held: Held::Spec(config.spec()?),
            })
        });
        let holders = [(Kind::ConfigMap, "data"), (Kind::Secret, "stringData")];
        let texts = holders.into_iter().flat_map(|(kind, field)| {
            let entries = move |holder: &Resource<'s>| {
                let data = holder.node.get(field).into_iter();
                let owner = holder.index();
                data.flat_map(Node::entries)
                    .map(move |entry| (owner, entry))
            };
            inventory.of_kind(kind).flat_map(entries)
        });
        let texts = texts
            .filter(|(_, entry)| matches!(entry.name(), "alertmanager.yaml" | "alertmanager.yml"));
        let texts = texts.filter_map(|(owner, entry)| {
            let held = Held::Text(Box::new(Text::read(inventory.sources(), entry)?));
            Some(Self { owner, held })
        });
        objects
            .chain(texts)
            .filter(|routing| routing.route().is_some())
            .collect()
    }

    fn root(&self) -> Option<Node<'_>> {
        match &self.held {
            Held::Spec(spec) => Some(*spec),
            Held::Text(text) => text.root(),
        }
    }

    /// The topmost route.
    pub(crate) fn route(&self) -> Option<Node<'_>> {
        self.root()?.get("route").filter(|route| route.is_mapping())
    }

    /// Every route, the topmost first.
    pub(crate) fn routes(&self) -> Vec<Node<'_>> {
        let mut routes: Vec<_> = self.route().into_iter().collect();
        let mut next = 0;
        while let Some(route) = routes.get(next) {
            let children = route.get("routes").into_iter().flat_map(Node::items);
            let children: Vec<_> = children.filter(|child| child.is_mapping()).collect();
            routes.extend(children);
            next += 1;
        }
        routes
    }

    /// The receivers, each with its name.
    pub(crate) fn receivers(&self) -> impl Iterator<Item = (&str, Node<'_>)> {
        let receivers = self.root().and_then(|root| root.get("receivers"));
        receivers
            .into_iter()
            .flat_map(Node::items)
            .filter_map(|receiver| Some((receiver.get("name")?.text()?, receiver)))
    }

    /// The receiver of a name.
    pub(crate) fn receiver(&self, name: &str) -> Option<Node<'_>> {
        self.receivers()
            .find(|(own, _)| *own == name)
            .map(|(_, receiver)| receiver)
    }

    /// The names of all receivers that may get an alert of a severity.
    pub(crate) fn reached(&self, severity: &str) -> Vec<&str> {
        let mut reached = Vec::new();
        if let Some(route) = self.route() {
            descend(route, None, severity, &mut reached);
        }
        reached
    }

    /// A place in it as a place in its object.
    pub(crate) fn place<'a>(&'a self, place: impl Into<Place<'a>>, name: &'a str) -> Place<'a> {
        match &self.held {
            Held::Spec(_) => place.into(),
            Held::Text(text) => text.place(place.into(), name),
        }
    }

    /// Where a node of it stands.
    pub(crate) fn span(&self, node: Node<'_>) -> Span {
        match &self.held {
            Held::Spec(_) => node.span(),
            Held::Text(text) => text.span(node),
        }
    }
}

/// The receiver that a route names.
pub(crate) fn receiver_of(route: Node<'_>) -> Option<&str> {
    route
        .get("receiver")
        .and_then(Node::text)
        .filter(|name| !name.is_empty())
}

/// A receiver that sends somewhere: `slack_configs`, `slackConfigs` and their like, not empty.
pub(crate) fn sends(receiver: Node<'_>) -> bool {
    receiver.entries().any(|entry| {
        let name = entry.name();
        (name.ends_with("_configs") || name.ends_with("Configs")) && !entry.value.is_empty()
    })
}

/// A name that says that what comes here is dropped on purpose.
pub(crate) fn drops_by_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "null",
        "none",
        "blackhole",
        "black-hole",
        "devnull",
        "dev-null",
        "drop",
        "noop",
        "void",
        "silen",
        "ignore",
    ]
    .iter()
    .any(|word| name.contains(word))
}

/// Adds what a route may hand an alert to. A child without a receiver has its parent's.
fn descend<'a>(
    route: Node<'a>,
    inherited: Option<&'a str>,
    severity: &str,
    reached: &mut Vec<&'a str>,
) {
    let receiver = receiver_of(route).or(inherited);
    let mut taken = Answer::No;
    for child in route.get("routes").into_iter().flat_map(Node::items) {
        let answer = matches(child, severity);
        if answer == Answer::No {
            continue;
        }
        descend(child, receiver, severity, reached);
        taken = taken.max(answer);
        if answer == Answer::Yes && child.get("continue").and_then(Node::bool) != Some(true) {
            break;
        }
    }
    if taken != Answer::Yes {
        reached.extend(receiver);
    }
}

/// Whether a route matches alerts of a severity. A route without matchers matches all.
fn matches(route: Node<'_>, severity: &str) -> Answer {
    let list = |key| route.get(key).into_iter().flat_map(Node::items);
    let map = |key| route.get(key).into_iter().flat_map(Node::entries);
    let written = list("matchers").map(|matcher| match matcher.text() {
        Some(text) => matcher_text(text, severity),
        None => matcher_object(matcher, severity),
    });
    let equal = map("match").map(|entry| {
        judge(
            entry.name(),
            "=",
            entry.value.text().unwrap_or_default(),
            severity,
        )
    });
    let like = map("match_re").map(|entry| {
        judge(
            entry.name(),
            "=~",
            entry.value.text().unwrap_or_default(),
            severity,
        )
    });
    written
        .chain(equal)
        .chain(like)
        .min()
        .unwrap_or(Answer::Yes)
}

/// `severity="critical"`, `{severity=~"warning|info", team="a"}`.
fn matcher_text(text: &str, severity: &str) -> Answer {
    let text = text.trim().trim_start_matches('{').trim_end_matches('}');
    let mut quoted = false;
    let parts = text.split(|c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    });
    let answers = parts.filter(|part| !part.trim().is_empty()).map(|part| {
        let Some(at) = part.find(['=', '!']) else {
            return Answer::Maybe;
        };
        let (name, rest) = part.split_at(at);
        let operator = ["=~", "!~", "!=", "="]
            .into_iter()
            .find(|operator| rest.starts_with(operator));
        let Some(operator) = operator else {
            return Answer::Maybe;
        };
        let value = rest[operator.len()..].trim().trim_matches('"');
        judge(name.trim().trim_matches('"'), operator, value, severity)
    });
    answers.min().unwrap_or(Answer::Yes)
}

/// `{name: severity, value: critical, matchType: "="}` of an `AlertmanagerConfig`.
fn matcher_object(matcher: Node<'_>, severity: &str) -> Answer {
    let text = |key| matcher.get(key).and_then(Node::text).unwrap_or_default();
    let operator = match text("matchType") {
        "" if matcher.get("regex").and_then(Node::bool) == Some(true) => "=~",
        "" => "=",
        operator => operator,
    };
    judge(text("name"), operator, text("value"), severity)
}

fn judge(name: &str, operator: &str, value: &str, severity: &str) -> Answer {
    let like = || match alternatives(value) {
        Some(words)
            if words
                .iter()
                .any(|word| matches!(*word, ".*" | ".+") || *word == severity) =>
        {
            Answer::Yes
        }
        Some(_) => Answer::No,
        None => Answer::Maybe,
    };
    let not = |answer| match answer {
        Answer::Yes => Answer::No,
        Answer::Maybe => Answer::Maybe,
        Answer::No => Answer::Yes,
    };
    let equal = if value == severity {
        Answer::Yes
    } else {
        Answer::No
    };
    match operator {
        _ if name != "severity" => Answer::Maybe,
        "=" => equal,
        "!=" => not(equal),
        "=~" => like(),
        "!~" => not(like()),
        _ => Answer::Maybe,
    }
}

/// The words of an expression that is nothing but `a|b|c`; `None` for any other.
fn alternatives(expression: &str) -> Option<Vec<&str>> {
    let inner = expression.trim_start_matches('^').trim_end_matches('$');
    let inner = inner
        .strip_prefix("(?:")
        .or_else(|| inner.strip_prefix('('))
        .and_then(|inner| inner.strip_suffix(')'))
        .unwrap_or(inner);
    let plain = |word: &&str| {
        matches!(*word, ".*" | ".+")
            || word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    };
    let words: Vec<_> = inner.split('|').collect();
    words.iter().all(plain).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matchers_are_read_in_every_spelling() {
        let cases = [
            (r#"severity="critical""#, "critical", Answer::Yes),
            ("severity = critical", "warning", Answer::No),
            (r#"severity!="critical""#, "warning", Answer::Yes),
            (r#"severity=~"warning|info""#, "info", Answer::Yes),
            (r#"severity=~"^(warning|info)$""#, "critical", Answer::No),
            (r#"severity=~"crit.*""#, "critical", Answer::Maybe),
            (r#"severity!~"info""#, "critical", Answer::Yes),
            (
                r#"{severity="critical",team="a,b"}"#,
                "critical",
                Answer::Maybe,
            ),
            (r#"{severity="critical",team="a,b"}"#, "info", Answer::No),
            (r#"alertname="Watchdog""#, "none", Answer::Maybe),
            ("nonsense", "info", Answer::Maybe),
            ("", "info", Answer::Yes),
        ];
        for (text, severity, expected) in cases {
            assert_eq!(matcher_text(text, severity), expected, "{text} {severity}");
        }
    }
}
