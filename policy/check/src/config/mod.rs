//! The configuration, `.plimsoll.yaml`, read with its places so that its faults print like findings.

mod entries;
mod facts;
mod nearest;
mod read;

use globset::{Glob, GlobMatcher};
use plimsoll_yaml::Span;

use crate::{Date, Kind, Resource, Severity};

pub use facts::{FactField, FactValue, Facts};
pub(crate) use nearest::closest;
pub use read::{ConfigError, KEYS};

/// What a rule is set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Does not run.
    Off,
    /// Runs with its own severity.
    On,
    /// Runs with this one.
    At(Severity),
}

/// A setting of one rule.
#[derive(Clone, Debug)]
pub struct RuleSetting {
    /// The rule's id; it exists.
    pub rule: &'static str,
    /// What it is set to.
    pub level: Level,
}

/// Overrides for the files of one environment.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// Which files are its, and which roots, by their folders.
    pub paths: Vec<Pattern>,
    /// Which roots are its, by their names.
    pub roots: Vec<Pattern>,
    /// Which namespaces are its: an object that comes alone, to the API server, has neither a path nor a root.
    pub namespaces: Vec<Pattern>,
    /// What is different there.
    pub rules: Vec<RuleSetting>,
}

impl Environment {
    /// Whether a namespace is of this environment.
    pub fn holds(&self, namespace: &str) -> bool {
        !namespace.is_empty() && self.namespaces.iter().any(|own| own.matches(namespace))
    }

    /// Whether a root is of this environment.
    pub fn is_of(&self, name: &str, folder: &str) -> bool {
        let within = format!("{folder}/kustomization.yaml");
        self.roots.iter().any(|pattern| pattern.matches(name))
            || self
                .paths
                .iter()
                .any(|pattern| pattern.matches(folder) || pattern.matches(&within))
    }
}

/// A glob, with the text it was made from.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As written.
    pub text: String,
    matcher: GlobMatcher,
}

impl Pattern {
    /// Reads a glob (`*`, `**`, `?`, `[…]`, `{a,b}`).
    pub fn new(text: &str) -> Result<Self, String> {
        let glob = Glob::new(text).map_err(|error| error.kind().to_string())?;
        Ok(Self {
            text: text.to_owned(),
            matcher: glob.compile_matcher(),
        })
    }

    /// Whether it matches a path or a name.
    pub fn matches(&self, text: &str) -> bool {
        self.matcher.is_match(text)
    }
}

/// Which objects an exemption or a declaration is about. What is not said matches everything.
#[derive(Clone, Debug, Default)]
pub struct ObjectPattern {
    /// The kind, exactly.
    pub kind: Option<String>,
    /// The namespace.
    pub namespace: Option<Pattern>,
    /// The name.
    pub name: Option<Pattern>,
}

impl ObjectPattern {
    /// Whether it is about an object of a kind, namespace and name.
    pub fn matches(&self, kind: &str, namespace: &str, name: &str) -> bool {
        self.kind.as_deref().is_none_or(|own| own == kind)
            && self
                .namespace
                .as_ref()
                .is_none_or(|own| own.matches(namespace))
            && self.name.as_ref().is_none_or(|own| own.matches(name))
    }
}

/// An exemption: findings of a rule that do not count, with the reason.
#[derive(Clone, Debug)]
pub struct Exemption {
    /// The rule's id.
    pub rule: &'static str,
    /// The objects.
    pub objects: ObjectPattern,
    /// The files.
    pub path: Option<Pattern>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// Where it stands in the configuration.
    pub span: Span,
}

/// A kind whose objects hold pod templates.
#[derive(Clone, Debug)]
pub struct PodTemplates {
    /// The API group; empty for the core group.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// Dotted paths to the templates (each with `metadata` and `spec`). None: the kind runs no pods.
    pub paths: Vec<String>,
}

/// The configuration of a run.
#[derive(Clone, Debug)]
pub struct Config {
    /// The version of Kubernetes that the repository is for: major and minor.
    pub kubernetes: (u16, u16),
    /// Settings of rules; the last one counts.
    pub rules: Vec<RuleSetting>,
    /// Overrides by path, the last that matches first.
    pub environments: Vec<Environment>,
    /// Numbers and names that rules go by.
    pub facts: Facts,
    /// What is excused.
    pub exemptions: Vec<Exemption>,
    /// Objects that exist elsewhere.
    pub external: Vec<ObjectPattern>,
    /// Kinds that hold pod templates.
    pub pod_templates: Vec<PodTemplates>,
    /// Files that are not read at all.
    pub ignore: Vec<Pattern>,
    /// Whether comments may excuse findings.
    pub inline_exemptions: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            kubernetes: (1, 34),
            rules: Vec::new(),
            environments: Vec::new(),
            facts: Facts::default(),
            exemptions: Vec::new(),
            external: Vec::new(),
            pod_templates: Vec::new(),
            ignore: Vec::new(),
            inline_exemptions: true,
        }
    }
}

impl Config {
    /// What a rule is set to for an object of a namespace (empty for none) in a file; `None` where the configuration says
    /// nothing.
    pub fn level(&self, rule: &str, path: &str, namespace: &str) -> Option<Level> {
        self.level_where(rule, |environment| {
            environment.paths.iter().any(|p| p.matches(path)) || environment.holds(namespace)
        })
    }

    /// What a rule is set to for the objects of a root; `None` where the configuration says nothing. A finding of several
    /// roots has an object in several namespaces, so these do not count here.
    pub fn level_of_root(&self, rule: &str, name: &str, folder: &str) -> Option<Level> {
        self.level_where(rule, |environment| environment.is_of(name, folder))
    }

    fn level_where(&self, rule: &str, is_of: impl Fn(&Environment) -> bool) -> Option<Level> {
        let environments = self
            .environments
            .iter()
            .rev()
            .filter(|environment| is_of(environment));
        let settings = environments
            .map(|environment| &environment.rules)
            .chain(std::iter::once(&self.rules));
        settings
            .flat_map(|rules| rules.iter().rev())
            .find(|setting| setting.rule == rule)
            .map(|setting| setting.level)
    }

    /// Whether an object is declared to exist elsewhere.
    pub fn is_external(&self, kind: &str, namespace: &str, name: &str) -> bool {
        self.external
            .iter()
            .any(|pattern| pattern.matches(kind, namespace, name))
    }

    /// Whether the configuration says what an object of an unknown kind runs.
    pub fn knows_kind(&self, resource: &Resource<'_>) -> bool {
        resource.kind != Kind::Other
            || self
                .pod_templates
                .iter()
                .any(|named| named.kind == resource.kind_name && named.group == resource.group())
    }
}
