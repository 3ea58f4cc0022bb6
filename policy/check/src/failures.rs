//! Roots that could not be rendered, as findings.

use std::cell::RefCell;
use std::collections::BTreeMap;

use foldhash::HashSet;
use plimsoll_yaml::Span;

use crate::config::Config;
use crate::context::Found;
use crate::deployed::{Deployed, Failure};
use crate::plan::runs;
use crate::{Context, Finding, Findings, Inventory, Options, rules};

/// Rules that say the same of an entry that fails, and say it better.
const BETTER: &[&str] = &["gitops-path-missing", "yaml-invalid"];

/// Adds a finding for each entry that fails, unless there is one already.
pub(crate) fn add(
    findings: &mut Findings,
    inventory: &Inventory<'_>,
    deployed: &Deployed,
    config: &Config,
    options: &Options,
) {
    let better: HashSet<Span> = findings
        .iter()
        .filter(|finding| BETTER.contains(&finding.rule.id))
        .map(|finding| finding.primary)
        .collect();
    let is_said = |finding: &Finding| {
        let related = finding.related().iter().map(|label| label.span);
        std::iter::once(finding.primary)
            .chain(related)
            .any(|place| better.contains(&place))
    };
    let new = self::findings(inventory, deployed, config, options);
    findings.extend(new.into_iter().filter(|finding| !is_said(finding)));
}

/// One finding for each entry that fails, with the roots that it fails in.
fn findings(
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
