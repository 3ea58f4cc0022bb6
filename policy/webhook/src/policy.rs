//! What is enforced: the configuration that `plimsoll check` reads, with its rules sorted, and how much of it blocks.

use std::path::Path;

use plimsoll_check::config::ConfigError;
use plimsoll_check::{Config, Date, Gate, Options, Severity};
use plimsoll_yaml::{Limits, Source, SourceId, Tree};
use sha2::{Digest, Sha256};

use crate::admission::OnUpdate;

/// What is said where the webhook is started, and not in the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Findings at or above this block; `None`: nothing does.
    pub fail_on: Option<Severity>,
    /// Which findings block an update.
    pub on_update: OnUpdate,
    /// Whether rules that look at other objects block as well.
    pub repository_rules_deny: bool,
    /// The rules that are off by default run, too.
    pub all_rules: bool,
    /// The users whose objects are made from others that were judged.
    pub controllers: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            fail_on: Some(Severity::Error),
            on_update: OnUpdate::NewOnly,
            repository_rules_deny: false,
            all_rules: false,
            controllers: CONTROLLERS.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Who makes Pods, `ReplicaSet`s and Jobs in a cluster: the controller manager's controllers, each with an account of
/// its own or all as the manager itself.
pub const CONTROLLERS: [&str; 8] = [
    "system:serviceaccount:kube-system:replicaset-controller",
    "system:serviceaccount:kube-system:deployment-controller",
    "system:serviceaccount:kube-system:statefulset-controller",
    "system:serviceaccount:kube-system:daemon-set-controller",
    "system:serviceaccount:kube-system:job-controller",
    "system:serviceaccount:kube-system:cronjob-controller",
    "system:serviceaccount:kube-system:replication-controller",
    "system:kube-controller-manager",
];

/// A policy in force.
#[derive(Debug)]
pub struct Policy {
    /// The rules, sorted.
    pub gate: Gate,
    /// What is said beside the configuration.
    pub settings: Settings,
    /// Which configuration, and which rules: 12 hexadecimal digits.
    pub digest: String,
    /// What the configuration says that cannot hold for an object that comes alone.
    pub notes: Vec<String>,
}

/// Why a configuration is not put in force.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// It cannot be read.
    #[error("{path}: {error}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// It says something wrong.
    #[error("{0}")]
    Wrong(String),
}

impl Policy {
    /// The policy of a configuration file, or the default where there is none.
    pub fn load(path: Option<&Path>, settings: &Settings) -> Result<Self, PolicyError> {
        let Some(path) = path else {
            return Self::read("", "", settings);
        };
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| PolicyError::Unreadable {
            path: shown.clone(),
            error,
        })?;
        Self::read(&shown, &text, settings)
    }

    /// The policy of a configuration's text.
    pub fn read(path: &str, text: &str, settings: &Settings) -> Result<Self, PolicyError> {
        let tree = Tree::parse(SourceId(0), text, &Limits::default());
        let config = match Config::read(&tree) {
            Ok(config) => config,
            Err(errors) => return Err(PolicyError::Wrong(described(path, tree, &errors))),
        };
        let notes = notes(&config);
        let options = Options {
            all_rules: settings.all_rules,
            rules: Vec::new(),
            items: Vec::new(),
            report_only: None,
            // Each question has its own.
            today: Date::from_days(0).ok_or_else(|| PolicyError::Wrong("no first day".into()))?,
        };
        Ok(Self {
            digest: digest(text, settings),
            gate: Gate::new(config, options),
            settings: settings.clone(),
            notes,
        })
    }

    /// Whether findings of a severity block.
    pub fn blocks(&self, severity: Severity) -> bool {
        self.settings.fail_on.is_some_and(|least| severity >= least)
    }
}

/// Each error with its line and column, and what to write instead.
fn described(path: &str, tree: Tree, errors: &[ConfigError]) -> String {
    let source = Source::new(path, tree);
    let lines = errors.iter().map(|error| {
        let at = source.position(error.span.start);
        let place = format!("{path}:{}:{}", at.line, at.column);
        match error.help.as_str() {
            "" => format!("{place}: {}", error.message),
            help => format!("{place}: {}; {help}", error.message),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn digest(text: &str, settings: &Settings) -> String {
    let mut hash = Sha256::new();
    hash.update(env!("CARGO_PKG_VERSION"));
    hash.update(text);
    hash.update(format!("{settings:?}"));
    let digest = hash.finalize();
    let (first, _) = digest.split_at(6);
    let number = first
        .iter()
        .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{number:012x}")
}

/// An object that comes alone has neither a path nor a root.
fn notes(config: &Config) -> Vec<String> {
    let environments = config
        .environments
        .iter()
        .filter(|environment| environment.namespaces.is_empty());
    let environments = environments.map(|environment| {
        let name = &environment.name;
        format!(
            "environment `{name}` names no namespaces, so what it sets does not hold at admission"
        )
    });
    let exemptions = config
        .exemptions
        .iter()
        .filter(|exemption| exemption.path.is_some());
    let exemptions = exemptions.map(|exemption| {
        let rule = exemption.rule;
        format!("an exemption from {rule} is for a path, so it does not hold at admission; name a resource instead")
    });
    environments.chain(exemptions).collect()
}
