//! What came of judging an object.

use plimsoll_check::{Finding, Findings, Needs, NotChecked, Severity};

use super::exempt::Pass;
use crate::policy::Policy;

/// What is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Nothing is wrong.
    #[default]
    Allow,
    /// It may be stored, and its author is told something.
    Warn,
    /// It may not be stored.
    Deny,
    /// It was not judged.
    Pass,
}

impl Decision {
    /// As metrics and logs have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
            Self::Pass => "skip",
        }
    }

    pub(super) fn of(verdict: &Verdict) -> Self {
        if !verdict.blocking.is_empty() {
            Self::Deny
        } else if verdict.told().next().is_some() || !verdict.undecided.is_empty() {
            Self::Warn
        } else {
            Self::Allow
        }
    }
}

/// Which findings block an update.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum OnUpdate {
    /// Those that the object did not have before.
    #[default]
    NewOnly,
    /// All, as on creation.
    All,
}

/// What came of judging an object.
#[derive(Debug, Default)]
pub struct Verdict {
    /// What is answered.
    pub decision: Decision,
    /// Why it was not judged.
    pub pass: Option<Pass>,
    /// What it may not be stored with.
    pub blocking: Findings,
    /// What would block if it had not been there before.
    pub old: Findings,
    /// What is said, and does not block.
    pub warnings: Findings,
    /// What would block if it were known what the namespace says.
    pub unsure: Findings,
    /// What is excused.
    pub excused: Findings,
    /// What rules could not decide.
    pub undecided: Vec<NotChecked>,
    /// How many rules panicked.
    pub panics: usize,
    /// How many rules were not asked, since what they look at is not known here.
    pub not_asked: usize,
    /// What that is.
    pub why_not_asked: String,
}

impl Verdict {
    pub(super) fn passed(pass: Pass) -> Self {
        Self {
            decision: Decision::Pass,
            pass: Some(pass),
            ..Self::default()
        }
    }

    /// Tells what blocks from what is only said. `sure`: what the namespace says is known.
    pub(super) fn sort(&mut self, findings: Findings, policy: &Policy, sure: bool) {
        for finding in findings {
            if !policy.blocks(finding.severity) {
                self.warnings.push(finding);
            } else if finding.rule.needs == Needs::Namespace && !sure {
                self.unsure.push(finding);
            } else {
                self.blocking.push(finding);
            }
        }
    }

    /// What rules say that look at other objects: these may come after this one, so by default they only warn.
    pub(super) fn add_of_others(&mut self, findings: Findings, policy: &Policy) {
        for finding in findings {
            if policy.settings.repository_rules_deny && policy.blocks(finding.severity) {
                self.blocking.push(finding);
            } else {
                self.warnings.push(finding);
            }
        }
    }

    /// What is said beside a denial or instead of one, the worst first.
    pub fn told(&self) -> impl Iterator<Item = &Finding> {
        let said = [&self.unsure, &self.old, &self.warnings];
        let of = move |severity: Severity| {
            let all = said.into_iter().flatten().map(|finding| &**finding);
            all.filter(move |finding| finding.severity == severity)
        };
        Severity::ALL.into_iter().rev().flat_map(of)
    }

    /// All findings that count, those that block first.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        let blocking = self.blocking.iter().map(|finding| &**finding);
        blocking.chain(self.told())
    }
}
