//! Runs rules over an inventory.

use crate::config::Config;
use crate::exemption::Exemptions;
use crate::plan::{Plan, severity};
use crate::schema::Undescribed;
use crate::unknown::UnknownKinds;
use foldhash::HashMap;
use plimsoll_yaml::Use;

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
    // In place: on a large repository the findings are most of what a run holds.
    let settled = found.into_iter();
    let settled = settled.filter_map(|finding| settle(finding, sources, deployed, config, options));
    report.findings = settled.collect();
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
    let about = leftover::findings(exemptions, inventory, config, options).into_iter();
    let about = about.filter_map(|finding| settle(finding, sources, deployed, config, options));
    let before = report.findings.len();
    report.findings.extend(about);
    if report.findings.len() > before {
        finding::merge(&mut report.findings, sources);
    }
}

/// Gives a finding the severity that it has where it is; `None` where its rule is off.
fn settle(
    mut finding: Box<Finding>,
    sources: &Sources,
    deployed: &Deployed,
    config: &Config,
    options: &Options,
) -> Option<Box<Finding>> {
    let rule = finding.rule.id;
    // In each root it has the severity of its environment; a root where it is off is none where it holds.
    if finding.roots().is_empty() {
        let path = sources.path(finding.primary.source);
        let level = config.level(rule, path, finding.namespace());
        finding.severity = severity(&finding, level, options)?;
        return Some(finding);
    }
    let (mut roots, mut worst) = (finding.roots().to_vec(), None);
    roots.retain(|root| {
        let root = deployed.root(*root);
        let level = config.level_of_root(rule, &root.name, &root.folder);
        let own = severity(&finding, level, options);
        worst = worst.max(own);
        own.is_some()
    });
    finding.severity = worst?;
    finding.keep_roots(roots);
    Some(finding)
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
    let mut seen = HashMap::default();
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
