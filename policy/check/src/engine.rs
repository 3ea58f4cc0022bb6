//! Runs rules over an inventory.

use std::collections::HashMap;

use crate::config::Config;
use crate::exemption::Exemptions;
use crate::plan::{Plan, severity};
use crate::source::Origin;
use crate::{Date, Finding, Findings, Inventory, Item, Report, Sources, finding, leftover};

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
    let mut report = Report::default();
    let unknown = inventory.unknown_kinds(config);
    report.add_not_checked(found.not_checked.into_iter().chain(unknown));
    report.counts.files = sources
        .iter()
        .filter(|source| source.origin != Origin::Configuration)
        .count();
    report.counts.other_files = inventory.other_files();
    report.counts.resources = inventory.resources().len();
    report.counts.rules = plan.count;
    sift(&mut report, found.findings, &inventory, config, options);
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

/// Settles severities, sorts, tells equal fingerprints apart, and takes out what is excused.
fn sift(
    report: &mut Report,
    found: Findings,
    inventory: &Inventory<'_>,
    config: &Config,
    options: &Options,
) {
    let sources = inventory.sources();
    let settle = |mut finding: Box<Finding>| {
        let path = &sources.get(finding.primary.source).path;
        finding.severity = severity(&finding, path, config, options)?;
        Some(finding)
    };
    // In place: on a large repository the findings are most of what a run holds.
    report.findings = found.into_iter().filter_map(settle).collect();
    finding::merge(&mut report.findings);
    number_twins(&mut report.findings);
    let mut exemptions = Exemptions::read(sources, config);
    let excused = report.findings.extract_if(.., |finding| {
        let suppression = exemptions.excuse(finding, sources, config, options.today);
        if let Some(suppression) = suppression {
            finding.suppress(suppression);
        }
        finding.suppressed().is_some()
    });
    report.suppressed = excused.collect();
    let about = leftover::findings(&exemptions, inventory, config, options);
    if !about.is_empty() {
        report.findings.extend(about.into_iter().filter_map(settle));
        finding::merge(&mut report.findings);
    }
}

/// The same fault of two objects of one name gets two fingerprints, by order.
fn number_twins(findings: &mut [Box<Finding>]) {
    // Nearly none is there twice. A bit for some of its digits tells most of those that are alone, in little memory.
    let bits = (findings.len() * 16).next_power_of_two().max(64);
    let (mut once, mut twice) = (vec![0_u64; bits / 64], vec![0_u64; bits / 64]);
    let bit_of = |fingerprint: u64| {
        let bit = fingerprint as usize % bits;
        (bit / 64, 1 << (bit % 64))
    };
    for finding in &*findings {
        let (word, bit) = bit_of(finding.fingerprint);
        twice[word] |= once[word] & bit;
        once[word] |= bit;
    }
    let mut seen = HashMap::new();
    let may_be_twins = |finding: &&mut Box<Finding>| {
        let (word, bit) = bit_of(finding.fingerprint);
        twice[word] & bit != 0
    };
    for finding in findings.iter_mut().filter(may_be_twins) {
        let count = seen.entry(finding.fingerprint).or_insert(0_u64);
        finding.fingerprint ^= count.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        *count += 1;
    }
}
