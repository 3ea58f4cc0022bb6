//! Reading: every key is known, every value is what it should be, or there is an error at its place.

use plimsoll_yaml::{Entry, Node, Span, Tree};

use super::nearest::closest;
use super::{Config, Environment, Level, Pattern, RuleSetting};
use crate::Severity;
use crate::rules;

/// The keys of the configuration, each with what it is for.
pub const KEYS: &[(&str, &str)] = &[
    ("version", "The version of this format: 1."),
    (
        "kubernetes",
        "The version of Kubernetes that the repository is for, `1.34` say.",
    ),
    (
        "rules",
        "Rules by id: `off`, `on`, `error`, `warning` or `info`.",
    ),
    (
        "environments",
        "Environments by name, each with `paths` (globs) and the `rules` that differ there.",
    ),
    ("facts", "Numbers and names that rules go by."),
    (
        "exemptions",
        "What is excused: `rule`, `reason`, and optionally `resource`, `path`, `owner`, `expires`.",
    ),
    (
        "external",
        "Objects that exist elsewhere: `kind`, `namespace`, `name` (globs).",
    ),
    (
        "podTemplates",
        "Kinds that hold pod templates: `group`, `kind`, `paths`. No path: the kind runs no pods.",
    ),
    ("ignore", "Globs of files that are not read."),
    (
        "inlineExemptions",
        "Whether comments (`# plimsoll: allow(…)`) may excuse findings: true or false.",
    ),
];

/// One fault of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub help: String,
}

impl Config {
    /// Reads a configuration. All its faults are returned, not only the first.
    pub fn read(tree: &Tree) -> Result<Self, Vec<ConfigError>> {
        let mut reader = Reader {
            config: Self::default(),
            errors: Vec::new(),
        };
        for error in tree.errors() {
            reader.error(error.span, error.message.clone(), "mend the YAML");
        }
        let mut roots = tree.documents().filter_map(|document| document.root);
        if let Some(root) = roots.next() {
            reader.root(root);
        }
        if let Some(second) = roots.next() {
            reader.error(
                second.span().start_point(),
                "a second document".into(),
                "a configuration is one document",
            );
        }
        if reader.errors.is_empty() {
            Ok(reader.config)
        } else {
            Err(reader.errors)
        }
    }
}

/// Reads one configuration, and gathers its faults.
pub(super) struct Reader {
    pub(super) config: Config,
    pub(super) errors: Vec<ConfigError>,
}

impl Reader {
    pub(super) fn error(&mut self, span: Span, message: String, help: impl Into<String>) {
        self.errors.push(ConfigError {
            span,
            message,
            help: help.into(),
        });
    }

    pub(super) fn expected(&mut self, node: Node<'_>, what: &str) {
        let span = if node.is_mapping() || node.is_sequence() {
            node.span().start_point()
        } else {
            node.span()
        };
        self.error(
            span,
            format!("expected {what}, found {}", node.kind().name()),
            format!("write {what}"),
        );
    }

    pub(super) fn unknown(&mut self, key: Node<'_>, known: &[&str]) {
        let name = key.text().unwrap_or_default();
        let help = match closest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known keys: {}", known.join(", ")),
        };
        self.error(key.span(), format!("unknown key `{name}`"), help);
    }

    fn root(&mut self, root: Node<'_>) {
        if root.is_null() {
            return;
        }
        if !root.is_mapping() {
            return self.expected(root, "a map");
        }
        for entry in root.entries() {
            self.key(entry);
        }
    }

    fn key(&mut self, Entry { key, value }: Entry<'_>) {
        match key.text().unwrap_or_default() {
            "version" if value.int() == Some(1) => {}
            "version" => self.expected(value, "1, the only version there is"),
            "kubernetes" => match value.text().and_then(version) {
                Some(version) => self.config.kubernetes = version,
                None => self.expected(value, "a version such as \"1.34\", in quotes"),
            },
            "rules" => self.config.rules = self.rules(value),
            "environments" => self.environments(value),
            "facts" => self.facts(value),
            "exemptions" => self.each(value, |reader, item| {
                let exemption = reader.exemption(item);
                reader.config.exemptions.extend(exemption);
            }),
            "external" => self.each(value, |reader, item| {
                let pattern = reader.object(item);
                reader.config.external.push(pattern);
            }),
            "podTemplates" => self.each(value, |reader, item| {
                let named = reader.pod_templates(item);
                reader.config.pod_templates.extend(named);
            }),
            "ignore" => self.config.ignore = self.patterns(value),
            "inlineExemptions" => match value.bool() {
                Some(allowed) => self.config.inline_exemptions = allowed,
                None => self.expected(value, "true or false"),
            },
            _ => {
                let known: Vec<_> = KEYS.iter().map(|(name, _)| *name).collect();
                self.unknown(key, &known);
            }
        }
    }

    fn each(&mut self, list: Node<'_>, mut read: impl FnMut(&mut Self, Node<'_>)) {
        if !list.is_sequence() && !list.is_null() {
            return self.expected(list, "a list");
        }
        for item in list.items() {
            if item.is_mapping() {
                read(self, item);
            } else {
                self.expected(item, "a map");
            }
        }
    }

    fn rules(&mut self, map: Node<'_>) -> Vec<RuleSetting> {
        if !map.is_mapping() && !map.is_null() {
            self.expected(map, "a map of rule ids");
        }
        map.entries()
            .filter_map(|entry| self.rule_setting(entry))
            .collect()
    }

    fn rule_setting(&mut self, Entry { key, value }: Entry<'_>) -> Option<RuleSetting> {
        let rule = self.rule_id(key)?;
        // YAML reads a bare `on` or `off` as a boolean.
        let level = match (value.bool(), value.text()) {
            (Some(true), _) => Level::On,
            (Some(false), _) => Level::Off,
            (None, Some(text)) if Severity::parse(text).is_some() => {
                Level::At(Severity::parse(text)?)
            }
            _ => {
                self.expected(value, "off, on, error, warning or info");
                return None;
            }
        };
        Some(RuleSetting { rule, level })
    }

    pub(super) fn rule_id(&mut self, node: Node<'_>) -> Option<&'static str> {
        let id = node.text().unwrap_or_default();
        if let Some(rule) = rules::find(id) {
            return Some(rule.id);
        }
        let help = match rules::nearest(id) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`plimsoll rules` lists them all".to_owned(),
        };
        self.error(node.span(), format!("there is no rule `{id}`"), help);
        None
    }

    fn environments(&mut self, map: Node<'_>) {
        if !map.is_mapping() {
            return self.expected(map, "a map of environments");
        }
        for entry in map.entries() {
            let mut environment = Environment {
                name: entry.name().to_owned(),
                paths: Vec::new(),
                roots: Vec::new(),
                namespaces: Vec::new(),
                rules: Vec::new(),
            };
            if !entry.value.is_mapping() {
                self.expected(
                    entry.value,
                    "a map with `paths`, `roots` or `namespaces`, and `rules`",
                );
            }
            for field in entry.value.entries() {
                match field.name() {
                    "paths" => environment.paths = self.patterns(field.value),
                    "roots" => environment.roots = self.patterns(field.value),
                    "namespaces" => environment.namespaces = self.patterns(field.value),
                    "rules" => environment.rules = self.rules(field.value),
                    _ => self.unknown(field.key, &["paths", "roots", "namespaces", "rules"]),
                }
            }
            self.config.environments.push(environment);
        }
    }

    fn facts(&mut self, map: Node<'_>) {
        if !map.is_mapping() {
            return self.expected(map, "a map of facts");
        }
        for entry in map.entries() {
            match self.config.facts.set(entry.name(), entry.value) {
                Some(Ok(())) => {}
                Some(Err(what)) => self.expected(entry.value, what),
                None => {
                    let known: Vec<_> = super::Facts::FIELDS
                        .iter()
                        .map(|field| field.name)
                        .collect();
                    self.unknown(entry.key, &known);
                }
            }
        }
    }

    fn patterns(&mut self, list: Node<'_>) -> Vec<Pattern> {
        if !list.is_sequence() {
            self.expected(list, "a list of globs");
        }
        list.items().filter_map(|item| self.pattern(item)).collect()
    }

    pub(super) fn pattern(&mut self, node: Node<'_>) -> Option<Pattern> {
        let Some(text) = node.text() else {
            self.expected(node, "a glob");
            return None;
        };
        match Pattern::new(text) {
            Ok(pattern) => Some(pattern),
            Err(reason) => {
                self.error(
                    node.span(),
                    format!("`{text}` is no glob: {reason}"),
                    "`*` matches a name, `**` any folders",
                );
                None
            }
        }
    }
}

fn version(text: &str) -> Option<(u16, u16)> {
    let mut parts = text.trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
