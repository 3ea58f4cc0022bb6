//! Exemptions that say nothing, met nothing, or are past their day: findings of their own.

use std::cell::RefCell;

use plimsoll_yaml::Span;

use crate::config::{Config, Exemption};
use crate::context::Found;
use crate::exemption::{Allow, Exemptions};
use crate::plan::runs;
use crate::{Context, Findings, Inventory, Options, rules};

/// What is to be said of the exemptions of a run, after every finding has been held against them.
pub(crate) fn findings(
    exemptions: &Exemptions,
    inventory: &Inventory<'_>,
    config: &Config,
    options: &Options,
) -> Findings {
    let leftover = Leftover {
        inventory,
        config,
        options,
        found: RefCell::default(),
    };
    for malformed in &exemptions.malformed {
        leftover.report(
            "exemption-invalid",
            malformed.span,
            malformed.message.clone(),
        );
    }
    for allow in exemptions.allows() {
        leftover.comment(allow);
    }
    for (exemption, used) in exemptions.configured(config) {
        leftover.entry(exemption, used);
    }
    leftover.found.into_inner().findings
}

struct Leftover<'a, 's> {
    inventory: &'a Inventory<'s>,
    config: &'a Config,
    options: &'a Options,
    found: RefCell<Found>,
}

impl Leftover<'_, '_> {
    fn report(&self, id: &str, span: Span, message: String) {
        if let Some(rule) = rules::find(id).filter(|rule| runs(rule, self.config, self.options)) {
            let Self {
                inventory,
                config,
                found,
                ..
            } = self;
            let cx = Context {
                inventory,
                config,
                rule,
                severity: rule.severity,
                found,
            };
            cx.report_source(span, message).file();
        }
    }

    /// A rule that did not run could not have met anything.
    fn ran(&self, id: &str) -> bool {
        rules::find(id).is_some_and(|rule| runs(rule, self.config, self.options))
    }

    fn comment(&self, allow: &Allow) {
        let rules = allow.rules.join(", ");
        if !self.config.inline_exemptions {
            let message = "the configuration does not let comments excuse findings";
            self.report("exemption-invalid", allow.span, message.to_owned());
        } else if let Some(until) = allow.until.filter(|until| *until < self.options.today) {
            self.report(
                "exemption-expired",
                allow.span,
                format!("this exemption from {rules} ended on {until}"),
            );
        } else if !allow.used && allow.rules.iter().any(|id| self.ran(id)) {
            self.report(
                "exemption-unused",
                allow.span,
                format!("this exemption from {rules} excuses nothing here"),
            );
        }
    }

    fn entry(&self, exemption: &Exemption, used: bool) {
        let rule = exemption.rule;
        if let Some(expires) = exemption
            .expires
            .filter(|expires| *expires < self.options.today)
        {
            self.report(
                "exemption-expired",
                exemption.span,
                format!("this exemption from {rule} ended on {expires}"),
            );
        } else if !used && self.ran(rule) {
            let message = format!("this exemption from {rule} excuses nothing in what was checked");
            self.report("exemption-unused", exemption.span, message);
        }
    }
}
