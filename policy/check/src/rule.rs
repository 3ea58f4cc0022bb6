//! What a rule is: data, and one plain function.

use crate::{Container, Context, Kind, Resource, Source, Workload};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Will hurt some day.
    Warning,
    /// Must not go to production.
    Error,
}

impl Severity {
    /// All, from the mildest.
    pub const ALL: [Self; 3] = [Self::Info, Self::Warning, Self::Error];

    /// `info`, `warning`, `error`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// By its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.name() == name)
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// An item of the production checklist, or one of the groups that stand beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "`title` says what each is")]
pub enum Item {
    Autoscaling,
    Resources,
    Probes,
    Logging,
    Metrics,
    Dashboards,
    Alerts,
    Rbac,
    NetworkPolicies,
    Secrets,
    Backups,
    DisasterRecovery,
    Cost,
    Security,
    Documentation,
    Reliability,
    References,
    Correctness,
}

impl Item {
    /// All, in the checklist's order.
    pub const ALL: [Self; 18] = [
        Self::Autoscaling,
        Self::Resources,
        Self::Probes,
        Self::Logging,
        Self::Metrics,
        Self::Dashboards,
        Self::Alerts,
        Self::Rbac,
        Self::NetworkPolicies,
        Self::Secrets,
        Self::Backups,
        Self::DisasterRecovery,
        Self::Cost,
        Self::Security,
        Self::Documentation,
        Self::Reliability,
        Self::References,
        Self::Correctness,
    ];

    /// Its number on the checklist; `None` for the groups beside it.
    pub fn number(self) -> Option<u8> {
        let number = self as u8 + 1;
        (number <= 15).then_some(number)
    }

    /// The short name that the command line and the reports use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Autoscaling => "autoscaling",
            Self::Resources => "resources",
            Self::Probes => "probes",
            Self::Logging => "logging",
            Self::Metrics => "metrics",
            Self::Dashboards => "dashboards",
            Self::Alerts => "alerts",
            Self::Rbac => "rbac",
            Self::NetworkPolicies => "network-policies",
            Self::Secrets => "secrets",
            Self::Backups => "backups",
            Self::DisasterRecovery => "disaster-recovery",
            Self::Cost => "cost",
            Self::Security => "security",
            Self::Documentation => "documentation",
            Self::Reliability => "reliability",
            Self::References => "references",
            Self::Correctness => "correctness",
        }
    }

    /// The checklist's own words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Autoscaling => "horizontal autoscaling configured",
            Self::Resources => "resource limits on all containers",
            Self::Probes => "health checks (liveness and readiness)",
            Self::Logging => "structured logging",
            Self::Metrics => "metrics endpoint exposed",
            Self::Dashboards => "Prometheus and Grafana dashboards",
            Self::Alerts => "alerts configured",
            Self::Rbac => "RBAC roles defined",
            Self::NetworkPolicies => "network policies applied",
            Self::Secrets => "secrets externalised",
            Self::Backups => "database backups automated",
            Self::DisasterRecovery => "disaster recovery tested",
            Self::Cost => "cost monitoring enabled",
            Self::Security => "security scanning in CI, non-root images",
            Self::Documentation => "documentation up to date",
            Self::Reliability => "survives rollouts, drains and failures",
            Self::References => "what it names exists",
            Self::Correctness => "Kubernetes accepts it",
        }
    }

    /// By its number or its short name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| {
            item.name() == text
                || item
                    .number()
                    .is_some_and(|number| number.to_string() == text)
        })
    }
}

/// A published standard that asks for what a rule checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standard {
    /// Pod Security Standards, profile `baseline`.
    PssBaseline,
    /// Pod Security Standards, profile `restricted`.
    PssRestricted,
    /// CIS Kubernetes Benchmark, with the recommendation's number.
    Cis(&'static str),
    /// NSA and CISA Kubernetes Hardening Guide.
    Nsa,
}

impl std::fmt::Display for Standard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::PssBaseline => f.write_str("pss-baseline"),
            Self::PssRestricted => f.write_str("pss-restricted"),
            Self::Cis(number) => write!(f, "cis-{number}"),
            Self::Nsa => f.write_str("nsa"),
        }
    }
}

/// How much of what is deployed a rule has to see before it can tell that an object is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Needs {
    /// The object.
    Object,
    /// What its namespace says for all objects in it, too: the Namespace itself and its `LimitRange`s. They are there
    /// before the object is, or they do not hold for it.
    Namespace,
    /// Other objects, which may come after it: the Service of a Deployment, say.
    Repository,
}

impl Needs {
    /// `object`, `namespace`, `repository`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Namespace => "namespace",
            Self::Repository => "repository",
        }
    }
}

/// What a rule looks at: the engine calls the function once for each.
#[derive(Clone, Copy)]
pub enum Check {
    /// Each source, as read.
    Source(fn(&Context<'_, '_>, &Source)),
    /// Each object of the kinds.
    Resource(&'static [Kind], for<'s> fn(&Context<'_, 's>, &Resource<'s>)),
    /// Each object.
    EveryResource(for<'s> fn(&Context<'_, 's>, &Resource<'s>)),
    /// Each pod template.
    Workload(for<'s> fn(&Context<'_, 's>, &Workload<'s>)),
    /// Each container of each pod template.
    Container(for<'s> fn(&Context<'_, 's>, &Workload<'s>, &Container<'s>)),
    /// The whole repository, once.
    Inventory(fn(&Context<'_, '_>)),
    /// The exemptions of the run, which only the engine sees.
    Exemptions,
    /// What could not be rendered, which whoever renders says.
    Rendering,
}

/// A rule.
pub struct Rule {
    /// Kebab-case, named for the bad thing, never reused.
    pub id: &'static str,
    /// The checklist's item.
    pub item: Item,
    /// Unless the configuration says otherwise.
    pub severity: Severity,
    /// On unless the configuration says otherwise; the others need `--all-rules` or a line in the configuration.
    pub default: bool,
    /// What it has to see.
    pub needs: Needs,
    /// The first release that has it.
    pub since: &'static str,
    /// The bad thing in one line.
    pub summary: &'static str,
    /// What to do about it, in one line, where a finding does not say more.
    pub help: &'static str,
    /// Who else asks for it.
    pub standards: &'static [Standard],
    /// Its page, which is also its test.
    pub docs: &'static str,
    /// The function.
    pub check: Check,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rule({})", self.id)
    }
}
