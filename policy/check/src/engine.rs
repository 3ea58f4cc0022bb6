//! Runs rules over an inventory.

use crate::config::Config;
use crate::exemption::Exemptions;
use crate::plan::{Plan, severity};
use crate::schema::Undescribed;
use crate::unknown::UnknownKinds;
use foldhash::HashMap;
use plimsoll_yaml::Use;
use rayon::prelude::*;

use crate::clusters::clusters;
use crate::holds::{self, Spread};
use crate::{
    Date, Deployed, Finding, Findings, Inventory, Item, Report, Sources, failures, finding,
    leftover,
};

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

/// Checks what is deployed: every rule that is on, over every object of the sources as they stand and of the rendered
/// roots, cluster by cluster.
pub fn check(sources: &Sources, deployed: &Deployed, config: &Config, options: &Options) -> Report {
    let plan = Plan::new(config, options);
    let mut report = Report::default();
    // There is at least one cluster.
    let Some((inventory, mut findings)) = judge(sources, deployed, config, &plan, &mut report)
    else {
        return report;
    };
    failures::add(&mut findings, &inventory, deployed, config, options);
    count(&mut report, &inventory, deployed);
    report.counts.rules = plan.count;
    let names = deployed.roots.iter().map(|root| root.shown(config));
    report.roots = names.collect();
    let exemptions = sift(&mut report, findings, sources, deployed, config, options);
    add_leftovers(
        &mut report,
        &exemptions,
        &inventory,
        deployed,
        config,
        options,
    );
    if let Some(only) = &options.report_only {
        let wanted = |path: &str| only.iter().any(|own| own == path);
        report
            .findings
            .retain(|finding| wanted(sources.path(finding.primary.source)));
        report
            .suppressed
            .retain(|finding| wanted(sources.path(finding.primary.source)));
        report.not_checked.retain(|entry| wanted(&entry.file));
    }
    report
}

/// Runs the rules over each cluster, and makes one finding of those that say the same. Gives back the objects of the first
/// cluster, for what is the same in all.
fn judge<'s>(
    sources: &'s Sources,
    deployed: &'s Deployed,
    config: &Config,
    plan: &Plan,
    report: &mut Report,
) -> Option<(Inventory<'s>, Findings)> {
    let (mut spread, mut found) = (Spread::default(), Vec::new());
    let mut unknown = UnknownKinds::default();
    let mut undescribed = Undescribed::default();
    let mut first = None;
    for roots in clusters(deployed, config) {
        let parts = roots.iter().map(|root| (*root, deployed.root(*root)));
        let parts: Vec<_> = parts.collect();
        let inventory = Inventory::of_cluster(sources, &parts, config);
        let of_cluster = plan.run(&inventory, config, first.is_none());
        unknown.add(&inventory, config);
        undescribed.add(&inventory);
        report.add_not_checked(of_cluster.not_checked);
        found.push(of_cluster.findings);
        if !deployed.roots.is_empty() {
            spread.add(&inventory, &roots);
        }
        first.get_or_insert(inventory);
    }
    report.add_not_checked(unknown.entries(sources));
    report.counts.without_schema = undescribed.count();
    Some((first?, holds::unite(found, &spread, deployed)))
}

/// Says how much was looked at.
fn count(report: &mut Report, inventory: &Inventory<'_>, deployed: &Deployed) {
    let files = inventory.sources().iter();
    let as_they_stand = inventory.resources().iter();
    let rendered = deployed.roots.iter();
    report.counts.roots = deployed.roots.len();
    report.counts.files = files
        .filter(|source| source.used() != Use::Configuration)
        .count();
    report.counts.other_files = inventory.other_files();
    report.counts.resources = as_they_stand
        .filter(|resource| resource.root.is_none())
        .count()
        + rendered
            .map(|root| root.tree.documents().len())
            .sum::<usize>();
}

/// Settles severities, sorts, tells equal fingerprints apart, and takes out what is excused. Gives back what excuses.
pub(crate) fn sift(
    report: &mut Report,
    found: Findings,
    sources: &Sources,
    deployed: &Deployed,
    config: &Config,
    options: &Options,
) -> Exemptions {
    report.findings = settle_all(found, sources, deployed, config, options);
    finding::merge(&mut report.findings, sources);
    number_twins(&mut report.findings);
    let mut exemptions = Exemptions::read(sources, config);
    let any = exemptions.are_any();
    let excused = report.findings.extract_if(.., |finding| {
        if !any {
            return false;
        }
        let suppression = exemptions.excuse(finding, sources, config, options.today);
        if let Some(suppression) = suppression {
            finding.suppress(suppression);
        }
        finding.suppressed().is_some()
    });
    report.suppressed = excused.collect();
    exemptions
}

/// Adds what is to be said of the exemptions themselves.
fn add_leftovers(
    report: &mut Report,
    exemptions: &Exemptions,
    inventory: &Inventory<'_>,
    deployed: &Deployed,
    config: &Config,
    options: &Options,
) {
    let sources = inventory.sources();
    let about = leftover::findings(exemptions, inventory, config, options);
    let about = settle_all(about, sources, deployed, config, options);
    let before = report.findings.len();
    report.findings.extend(about);
    if report.findings.len() > before {
        finding::merge(&mut report.findings, sources);
    }
}

/// Below this, starting threads costs more than they save.
const WORTH_THREADS: usize = 1024;

/// Gives findings the severities that they have where they are, and leaves out those whose rules are off there. In place: on
/// a large repository the findings are most of what a run holds.
fn settle_all(
    mut found: Findings,
    sources: &Sources,
    deployed: &Deployed,
    config: &Config,
    options: &Options,
) -> Findings {
    let one = |finding: &mut Box<Finding>| settle(finding, sources, deployed, config, options);
    if found.len() < WORTH_THREADS {
        found.retain_mut(one);
        return found;
    }
    let on: Vec<bool> = found.par_iter_mut().map(one).collect();
    let mut on = on.into_iter();
    found.retain(|_| on.next().unwrap_or(true));
    found
}

/// Gives a finding the severity that it has where it is; false where its rule is off.
fn settle(
    finding: &mut Finding,
    sources: &Sources,
    deployed: &Deployed,
    config: &Config,
    options: &Options,
) -> bool {
    let rule = finding.rule.id;
    // In each root it has the severity of its environment; a root where it is off is none where it holds.
    if finding.roots().is_empty() {
        let path = sources.path(finding.primary.source);
        let level = config.level(rule, path, finding.namespace());
        let own = severity(finding, level, options);
        finding.severity = own.unwrap_or(finding.severity);
        return own.is_some();
    }
    let (mut roots, mut worst) = (finding.roots().to_vec(), None);
    roots.retain(|root| {
        let root = deployed.root(*root);
        let level = config.level_of_root(rule, &root.name, &root.folder);
        let own = severity(finding, level, options);
        worst = worst.max(own);
        own.is_some()
    });
    finding.severity = worst.unwrap_or(finding.severity);
    finding.keep_roots(roots);
    worst.is_some()
}

/// The same fault of two objects of one name gets two fingerprints, by order.
fn number_twins(findings: &mut [Box<Finding>]) {
    // Nearly none is there twice. Three bits of a word, which its digits choose, tell most of those that are alone, in a byte
    // for each finding.
    let mut met = vec![0_u64; (findings.len() / 8).next_power_of_two()];
    let mut counts = HashMap::default();
    for finding in &*findings {
        let digits = finding.fingerprint;
        let bits = 1 << (digits & 63) | 1 << (digits >> 6 & 63) | 1 << (digits >> 12 & 63);
        let at = (digits >> 18) as usize % met.len();
        if met[at] & bits == bits {
            counts.insert(digits, 0_u64);
        }
        met[at] |= bits;
    }
    if counts.is_empty() {
        return;
    }
    for finding in findings {
        if let Some(count) = counts.get_mut(&finding.fingerprint) {
            finding.fingerprint ^= count.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            *count += 1;
        }
    }
}
