//! What is wrong, and where.

use std::sync::Arc;

use plimsoll_yaml::Span;

use crate::{Date, ResourceName, Rule, Severity};

/// A place with what it is to the finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What, in a lowercase fragment.
    pub text: Box<str>,
}

/// Why a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The comment's place, or none for an exemption in the configuration.
    pub comment: Option<Span>,
    /// Why, in the words of whoever wrote it.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it holds.
    pub expires: Option<Date>,
}

/// One thing that is wrong. It owns what it says, but for the rule.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// The rule's severity, as configured.
    pub severity: Severity,
    /// Names the object and says what is wrong.
    pub message: Box<str>,
    /// What to write instead.
    pub help: Box<str>,
    /// The object; none for a fault of a file.
    pub resource: Option<Arc<ResourceName>>,
    /// The field in the object: `spec.template.spec.containers[0].resources`. Empty for the object itself.
    pub path: Box<str>,
    /// The place that has to change.
    pub primary: Span,
    /// Other places that explain it.
    pub related: Box<[Label]>,
    /// The same for the same fault of the same object, wherever it moves: 16 hexadecimal digits when printed.
    pub fingerprint: u64,
    /// Why it does not count, if it does not.
    pub suppressed: Option<Box<Suppression>>,
}

/// Many findings: each stays where it was made while lists of them are joined and sorted. A large repository has a
/// hundred thousand.
pub type Findings = Vec<Box<Finding>>;

impl Finding {
    /// What to write instead: the finding's own words, or its rule's.
    pub fn help(&self) -> &str {
        if self.help.is_empty() {
            self.rule.help
        } else {
            &self.help
        }
    }
}
