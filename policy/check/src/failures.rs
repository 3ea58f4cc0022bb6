//! Roots that could not be rendered, as findings.

use std::cell::RefCell;
use std::collections::BTreeMap;

use plimsoll_yaml::Span;

use crate::config::Config;
use crate::context::Found;
use crate::deployed::{Deployed, Failure};
use crate::plan::runs;
use crate::{Context, Findings, Inventory, Options, rules};

/// One finding for each entry that fails, with the roots that it fails in.
pub(crate) fn findings(
    inventory: &Inventory<'_>,
    deployed: &Deployed,
    config: &Config,
    options: &Options,
) -> Findings {
    let Some(rule) = rules::find("render-failed").filter(|rule| runs(rule, config, options)) else {
        return Findings::new();
    };
    let mut by_place: BTreeMap<(Span, &str), Vec<&Failure>> = BTreeMap::new();
    for failure in &deployed.failures {
        by_place
            .entry((failure.span, &failure.message))
            .or_default()
            .push(failure);
    }
    let found = RefCell::new(Found::default());
    let cx = Context {
        inventory,
        config,
        rule,
        severity: rule.severity,
        found: &found,
    };
    for ((span, message), failures) in &by_place {
        let mut draft = cx.report_source(*span, *message);
        if !failures[0].help.is_empty() {
            draft = draft.help(failures[0].help.as_str());
        }
        for (related, text) in &failures[0].related {
            draft = draft.related_span(*related, text.as_str());
        }
        draft.file();
    }
    let mut findings = found.into_inner().findings;
    for (finding, failures) in findings.iter_mut().zip(by_place.values()) {
        for failure in failures {
            finding.add_root(failure.root);
        }
    }
    findings
}
