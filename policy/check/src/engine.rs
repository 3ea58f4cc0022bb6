//! Runs rules over an inventory.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use plimsoll_yaml::Span;
use rayon::prelude::*;

use crate::config::{Config, Level};
use crate::context::Found;
use crate::exemption::Exemptions;
use crate::report::{NotChecked, Reason};
use crate::source::Origin;
use crate::{Check, Context, Date, Finding, Inventory, Item, Kind, Report, Rule, Sources, rules};

/// What a run is asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// Run the rules that are off by default, too.
    pub all_rules: bool,
    /// Run these rules only, on by default or not.
    pub rules: Vec<&'static str>,
    /// Run the rules of these items only.
    pub items: Vec<Item>,
    /// Report only what lies in these sources, by path; the others are context.
    pub report_only: Option<Vec<String>>,
    /// The date that exemptions are held against.
    pub today: Date,
}

/// Checks sources: every rule that is on, over every object.
pub fn check(sources: &Sources, config: &Config, options: &Options) -> Report {
    let inventory = Inventory::new(sources, config);
    let plan = Plan::new(config, options);
    let found = plan.run(&inventory, config);
    let mut report = Report {
        not_checked: found.not_checked,
        ..Report::default()
    };
    report.not_checked.extend(fragments(sources));
    report.not_checked.extend(inventory.unknown_kinds(config));
    report.counts.files = sources.iter().len();
    report.counts.other_files = inventory.other_files();
    report.counts.resources = inventory.resources().len();
    report.counts.rules = plan.count;
    sift(
        &mut report,
        found.findings,
        &inventory,
        config,
        options,
        &plan,
    );
    if let Some(only) = &options.report_only {
        let wanted = |path: &str| only.iter().any(|own| own == path);
        report
            .findings
            .retain(|finding| wanted(&sources.get(finding.primary.source).path));
        report
            .suppressed
            .retain(|finding| wanted(&sources.get(finding.primary.source).path));
        report.not_checked.retain(|entry| wanted(&entry.file));
    }
    report
}

fn fragments(sources: &Sources) -> impl Iterator<Item = NotChecked> + '_ {
    sources.iter().filter_map(|source| match &source.origin {
        Origin::Fragment(reason) => Some(reason.clone()),
        Origin::Objects | Origin::Configuration => None,
    })
}

/// Settles severities, sorts, tells equal fingerprints apart, and takes out what is excused.
fn sift(
    report: &mut Report,
    found: Vec<Finding>,
    inventory: &Inventory<'_>,
    config: &Config,
    options: &Options,
    plan: &Plan,
) {
    let sources = inventory.sources();
    let settle = |mut finding: Finding| {
        let severity = plan.severity(
            &finding,
            &sources.get(finding.primary.source).path,
            config,
            options,
        )?;
        finding.severity = severity;
        Some(finding)
    };
    report.findings = found.into_iter().filter_map(settle).collect();
    report.sort();
    number_twins(&mut report.findings);
    let mut exemptions = Exemptions::read(sources, config);
    let mut kept = Vec::with_capacity(report.findings.len());
    for mut finding in std::mem::take(&mut report.findings) {
        match exemptions.excuse(&finding, sources, config, options.today) {
            Some(suppression) => {
                finding.suppressed = Some(Box::new(suppression));
                report.suppressed.push(finding);
            }
            None => kept.push(finding),
        }
    }
    report.findings = kept;
    let about = Plan::about_exemptions(&exemptions, inventory, config, options);
    report.findings.extend(about.into_iter().filter_map(settle));
    report.sort();
}

/// The same fault of two objects of one name gets two fingerprints, by order.
fn number_twins(findings: &mut [Finding]) {
    let mut seen = std::collections::HashMap::with_capacity(findings.len());
    for finding in findings {
        let count = seen.entry(finding.fingerprint).or_insert(0_u64);
        finding.fingerprint ^= count.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        *count += 1;
    }
}

/// The rules of a run, sorted by what they look at.
struct Plan {
    count: usize,
    sources: Vec<&'static Rule>,
    every: Vec<&'static Rule>,
    by_kind: Vec<Vec<&'static Rule>>,
    workloads: Vec<&'static Rule>,
    containers: Vec<&'static Rule>,
    inventory: Vec<&'static Rule>,
}

impl Plan {
    fn new(config: &Config, options: &Options) -> Self {
        let mut plan = Self {
            count: 0,
            sources: Vec::new(),
            every: Vec::new(),
            by_kind: vec![Vec::new(); Kind::COUNT],
            workloads: Vec::new(),
            containers: Vec::new(),
            inventory: Vec::new(),
        };
        for rule in rules::RULES
            .iter()
            .filter(|rule| runs(rule, config, options))
        {
            plan.count += 1;
            match rule.check {
                Check::Source(_) => plan.sources.push(rule),
                Check::EveryResource(_) => plan.every.push(rule),
                Check::Resource(kinds, _) => kinds
                    .iter()
                    .for_each(|kind| plan.by_kind[*kind as usize].push(rule)),
                Check::Workload(_) => plan.workloads.push(rule),
                Check::Container(_) => plan.containers.push(rule),
                Check::Inventory(_) => plan.inventory.push(rule),
                Check::Exemptions => {}
            }
        }
        plan
    }

    /// The severity of a finding in a file; `None` if its rule is off there.
    fn severity(
        &self,
        finding: &Finding,
        path: &str,
        config: &Config,
        options: &Options,
    ) -> Option<crate::Severity> {
        let (rule, own) = (finding.rule, finding.severity);
        let named = options.rules.contains(&rule.id);
        match config.level(rule.id, path) {
            Some(Level::Off) => named.then_some(own),
            Some(Level::At(severity)) => Some(severity),
            Some(Level::On) => Some(own),
            None => (rule.default || options.all_rules || named).then_some(own),
        }
    }

    fn run(&self, inventory: &Inventory<'_>, config: &Config) -> Found {
        let sources: Vec<_> = inventory.sources().iter().collect();
        let mut found = in_chunks(&sources, |source, step| {
            step.each(
                &self.sources,
                inventory,
                config,
                source.tree.source(),
                |cx, check| match check {
                    Check::Source(check) => check(cx, source),
                    _ => unreachable!("sorted by kind of check"),
                },
            );
        });
        found.append(in_chunks(inventory.resources(), |resource, step| {
            let place = resource.node.span().source;
            for rules in [&self.every, &self.by_kind[resource.kind as usize]] {
                step.each(rules, inventory, config, place, |cx, check| match check {
                    Check::EveryResource(check) | Check::Resource(_, check) => check(cx, resource),
                    _ => unreachable!("sorted by kind of check"),
                });
            }
        }));
        found.append(in_chunks(inventory.workloads(), |workload, step| {
            let place = workload.object.span().source;
            step.each(
                &self.workloads,
                inventory,
                config,
                place,
                |cx, check| match check {
                    Check::Workload(check) => check(cx, workload),
                    _ => unreachable!("sorted by kind of check"),
                },
            );
            for container in &workload.containers {
                step.each(
                    &self.containers,
                    inventory,
                    config,
                    place,
                    |cx, check| match check {
                        Check::Container(check) => check(cx, workload, container),
                        _ => unreachable!("sorted by kind of check"),
                    },
                );
            }
        }));
        found.append(in_chunks(&self.inventory, |rule, step| {
            step.each(
                std::slice::from_ref(rule),
                inventory,
                config,
                plimsoll_yaml::SourceId(0),
                |cx, check| match check {
                    Check::Inventory(check) => check(cx),
                    _ => unreachable!("sorted by kind of check"),
                },
            );
        }));
        found
    }

    /// Exemptions that say nothing, met nothing, or are past their day.
    fn about_exemptions(
        exemptions: &Exemptions,
        inventory: &Inventory<'_>,
        config: &Config,
        options: &Options,
    ) -> Vec<Finding> {
        let step = Step::default();
        let report = |id: &str, span: Span, message: String| {
            if let Some(rule) = rules::find(id).filter(|rule| runs(rule, config, options)) {
                let cx = Context {
                    inventory,
                    config,
                    rule,
                    severity: rule.severity,
                    found: &step.0,
                };
                cx.report_source(span, message).file();
            }
        };
        for malformed in &exemptions.malformed {
            report(
                "exemption-invalid",
                malformed.span,
                malformed.message.clone(),
            );
        }
        for allow in exemptions.allows() {
            let ran = allow
                .rules
                .iter()
                .any(|id| rules::find(id).is_some_and(|rule| runs(rule, config, options)));
            let rules = allow.rules.join(", ");
            if !config.inline_exemptions {
                report(
                    "exemption-invalid",
                    allow.span,
                    "the configuration does not let comments excuse findings".into(),
                );
            } else if let Some(until) = allow.until.filter(|until| *until < options.today) {
                report(
                    "exemption-expired",
                    allow.span,
                    format!("this exemption from {rules} ended on {until}"),
                );
            } else if ran && !allow.used {
                report(
                    "exemption-unused",
                    allow.span,
                    format!("this exemption from {rules} excuses nothing here"),
                );
            }
        }
        for (exemption, used) in exemptions.configured(config) {
            let ran = rules::find(exemption.rule).is_some_and(|rule| runs(rule, config, options));
            if let Some(expires) = exemption.expires.filter(|expires| *expires < options.today) {
                report(
                    "exemption-expired",
                    exemption.span,
                    format!("this exemption from {} ended on {expires}", exemption.rule),
                );
            } else if ran && !used {
                report(
                    "exemption-unused",
                    exemption.span,
                    format!(
                        "this exemption from {} excuses nothing in what was checked",
                        exemption.rule
                    ),
                );
            }
        }
        step.0.into_inner().findings
    }
}

/// Whether a rule runs at all; where, [`Plan::severity`] says.
fn runs(rule: &Rule, config: &Config, options: &Options) -> bool {
    let named = options.rules.contains(&rule.id);
    let in_environment = || {
        config
            .environments
            .iter()
            .flat_map(|environment| &environment.rules)
    };
    let set = |setting: &crate::config::RuleSetting| {
        setting.rule == rule.id && setting.level != Level::Off
    };
    let on = match config
        .rules
        .iter()
        .rev()
        .find(|setting| setting.rule == rule.id)
    {
        Some(setting) => setting.level != Level::Off,
        None => rule.default || options.all_rules,
    };
    let wanted = named || (options.rules.is_empty() && (on || in_environment().any(set)));
    wanted && (options.items.is_empty() || options.items.contains(&rule.item))
}

/// Where the rules of one chunk put what they find.
#[derive(Default)]
struct Step(RefCell<Found>);

impl Step {
    /// Calls each rule's function. A panic in one becomes an entry of the report, and the others go on.
    fn each<'s>(
        &self,
        rules: &[&'static Rule],
        inventory: &Inventory<'s>,
        config: &Config,
        source: plimsoll_yaml::SourceId,
        call: impl Fn(&Context<'_, 's>, Check),
    ) {
        for rule in rules {
            let cx = Context {
                inventory,
                config,
                rule,
                severity: rule.severity,
                found: &self.0,
            };
            if catch_unwind(AssertUnwindSafe(|| call(&cx, rule.check))).is_err() {
                self.0.borrow_mut().not_checked.push(NotChecked {
                    file: inventory.sources().get(source).path.to_string(),
                    reason: Reason::Internal,
                    detail: format!("the rule {} panicked on an object of this file; this is a fault of plimsoll, please report it", rule.id),
                    place: None,
                });
            }
        }
    }
}

impl Found {
    fn append(&mut self, mut other: Found) {
        self.findings.append(&mut other.findings);
        self.not_checked.append(&mut other.not_checked);
    }
}

/// Below this, starting threads costs more than they save.
const WORTH_THREADS: usize = 64;

/// Calls a function on every item, on all cores where that is worth it, and keeps what it found in order.
fn in_chunks<T: Sync>(items: &[T], call: impl Fn(&T, &Step) + Sync) -> Found {
    let chunk = |items: &[T]| {
        let step = Step::default();
        items.iter().for_each(|item| call(item, &step));
        step.0.into_inner()
    };
    if items.len() < WORTH_THREADS {
        return chunk(items);
    }
    let chunks: Vec<Found> = items.par_chunks(WORTH_THREADS).map(chunk).collect();
    let mut all = Found::default();
    chunks.into_iter().for_each(|found| all.append(found));
    all
}
