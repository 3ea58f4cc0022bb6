//! Which rules a run calls, and on what.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use plimsoll_yaml::{SourceId, Use};
use rayon::prelude::*;

use crate::config::{Config, Level, RuleSetting};
use crate::context::{Found, Kept};
use crate::report::{NotChecked, Reason};
use crate::{
    Check, Context, Finding, Inventory, Kind, Options, Resource, Rule, Severity, Workload, finding,
    rules,
};

/// The rules of a run, sorted by what they look at.
pub(crate) struct Plan {
    /// How many there are.
    pub(crate) count: usize,
    sources: Vec<&'static Rule>,
    every: Vec<&'static Rule>,
    by_kind: Vec<Vec<&'static Rule>>,
    workloads: Vec<&'static Rule>,
    containers: Vec<&'static Rule>,
    inventory: Vec<&'static Rule>,
}

impl Plan {
    /// Sorts the rules that run.
    pub(crate) fn new(config: &Config, options: &Options) -> Self {
        Self::of(config, options, |_| true)
    }

    /// Sorts those of the rules that run and are chosen.
    pub(crate) fn of(config: &Config, options: &Options, chosen: impl Fn(&Rule) -> bool) -> Self {
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
            .filter(|rule| chosen(rule) && runs(rule, config, options))
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
                Check::Exemptions | Check::Rendering => {}
            }
        }
        plan
    }

    /// Calls them all. The sources are those of all clusters: they are looked at with the first.
    pub(crate) fn run(&self, inventory: &Inventory<'_>, config: &Config, first: bool) -> Found {
        let sources = inventory.sources().iter();
        let sources: Vec<_> = sources
            .filter(|source| first && source.used() != Use::Data)
            .collect();
        let of_sources = || {
            in_chunks(&sources, WORTH_THREADS, |source, step| {
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
            })
        };
        let objects = inventory.resources();
        let of_objects = || {
            in_chunks(objects, WORTH_THREADS, |resource, step| {
                self.object(resource, inventory, config, step);
            })
        };
        let many = objects.len() >= WORTH_THREADS;
        let of_all = || self.inventory(inventory, config, many);
        // Rules about all objects build the indexes that other rules wait for: both begin at once.
        let (mut chunks, (found, about_all)) = if many {
            rayon::join(of_sources, || rayon::join(of_objects, of_all))
        } else {
            (of_sources(), (of_objects(), of_all()))
        };
        chunks.extend(found);
        chunks.extend(about_all);
        Found::joined(chunks)
    }

    /// The rules that look at all objects, each by itself where these are many.
    fn inventory(&self, inventory: &Inventory<'_>, config: &Config, many: bool) -> Vec<Found> {
        let at_once = if many { 1 } else { usize::MAX };
        in_chunks(&self.inventory, at_once, |rule, step| {
            step.each(
                std::slice::from_ref(rule),
                inventory,
                config,
                SourceId(0),
                |cx, check| match check {
                    Check::Inventory(check) => check(cx),
                    _ => unreachable!("sorted by kind of check"),
                },
            );
        })
    }

    /// Calls those that look at one object on the objects of one source, and those that look at all objects once: what
    /// these find elsewhere is for whoever calls to leave out.
    pub(crate) fn run_about(
        &self,
        inventory: &Inventory<'_>,
        config: &Config,
        about: SourceId,
    ) -> Found {
        let step = Step::default();
        for resource in inventory.objects_of(about) {
            self.object(resource, inventory, config, &step);
        }
        step.each(&self.inventory, inventory, config, about, |cx, check| {
            if let Check::Inventory(check) = check {
                check(cx);
            }
        });
        step.0.into_inner()
    }

    /// All of them, each once.
    pub(crate) fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        let lists = [
            &self.sources,
            &self.every,
            &self.workloads,
            &self.containers,
            &self.inventory,
        ];
        let by_kind = self.by_kind.iter().flatten();
        let by_kind: BTreeMap<_, _> = by_kind.map(|rule| (rule.id, *rule)).collect();
        let others = lists.into_iter().flatten().copied();
        others.chain(by_kind.into_values())
    }

    fn object<'s>(
        &self,
        resource: &Resource<'s>,
        inventory: &Inventory<'s>,
        config: &Config,
        step: &Step,
    ) {
        let place = resource.node.span().source;
        for rules in [&self.every, &self.by_kind[resource.kind as usize]] {
            step.each(rules, inventory, config, place, |cx, check| match check {
                Check::EveryResource(check) | Check::Resource(_, check) => check(cx, resource),
                _ => unreachable!("sorted by kind of check"),
            });
        }
        // While the object is still in the processor's cache. Its pod templates stand one after the other.
        if let Some(first) = inventory.workload_of(resource) {
            let from = inventory.workloads()[first.index.0 as usize..].iter();
            for workload in from.take_while(|next| next.resource == resource.index()) {
                self.workload(workload, inventory, config, step);
            }
        }
    }

    fn workload<'s>(
        &self,
        workload: &Workload<'s>,
        inventory: &Inventory<'s>,
        config: &Config,
        step: &Step,
    ) {
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
    }
}

/// The severity of a finding where its rule is set to a level; `None` if the rule is off there.
pub(crate) fn severity(
    finding: &Finding,
    level: Option<Level>,
    options: &Options,
) -> Option<Severity> {
    let (rule, own) = (finding.rule, finding.severity);
    let named = options.rules.contains(&rule.id);
    match level {
        Some(Level::Off) => named.then_some(own),
        Some(Level::At(severity)) => Some(severity),
        Some(Level::On) => Some(own),
        None => (rule.default || options.all_rules || named).then_some(own),
    }
}

/// Whether a rule runs at all; where, [`severity`] says.
pub(crate) fn runs(rule: &Rule, config: &Config, options: &Options) -> bool {
    let named = options.rules.contains(&rule.id);
    let in_environment = || {
        config
            .environments
            .iter()
            .flat_map(|environment| &environment.rules)
    };
    let set = |setting: &RuleSetting| setting.rule == rule.id && setting.level != Level::Off;
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
        source: SourceId,
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
                    file: inventory.sources().path(source).to_owned(),
                    reason: Reason::Internal,
                    detail: format!("the rule {} panicked on an object of this file", rule.id),
                    place: None,
                });
            }
        }
    }
}

impl Found {
    /// Adds what another step found.
    pub(crate) fn add(&mut self, mut other: Self) {
        self.findings.append(&mut other.findings);
        self.not_checked.append(&mut other.not_checked);
    }

    /// One list of many, allocated once: findings are most of what a run on a large repository holds.
    fn joined(chunks: Vec<Self>) -> Self {
        let mut all = Self::default();
        all.findings
            .reserve_exact(chunks.iter().map(|found| found.findings.len()).sum());
        for mut found in chunks {
            all.findings.append(&mut found.findings);
            all.not_checked.append(&mut found.not_checked);
        }
        all
    }
}

/// Below this, starting threads costs more than they save.
const WORTH_THREADS: usize = 64;

/// Calls a function on every item, so many at once, on all cores where there are more, and keeps what it found in order.
fn in_chunks<T: Sync>(items: &[T], at_once: usize, call: impl Fn(&T, &Step) + Sync) -> Vec<Found> {
    let chunk = |kept: &mut Kept, items: &[T]| {
        let step = Step::default();
        {
            let mut found = step.0.borrow_mut();
            found.kept = std::mem::take(kept);
            found.findings = std::mem::take(&mut found.kept.room);
        }
        let mut sorted = 0;
        for item in items {
            call(item, &step);
            // Few at a time, while they are still in the processor's cache: objects stand in the order of their places, so
            // what is found in one after the other is nearly in order as a whole.
            let findings = &mut step.0.borrow_mut().findings;
            finding::sort(&mut findings[sorted..]);
            sorted = findings.len();
        }
        let mut found = step.0.into_inner();
        *kept = std::mem::take(&mut found.kept);
        // A list of their size stays; the room serves the next ones.
        let mut room = std::mem::take(&mut found.findings);
        found.findings.reserve_exact(room.len());
        found.findings.append(&mut room);
        kept.room = room;
        found
    };
    if items.len() <= at_once {
        return vec![chunk(&mut Kept::default(), items)];
    }
    // What one thread says is shared between its chunks.
    let chunks = items.par_chunks(at_once);
    chunks.map_init(Kept::default, chunk).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Item, Needs, Sources};

    static PANICS: Rule = Rule {
        id: "rule-that-panics",
        item: Item::Correctness,
        severity: Severity::Error,
        default: true,
        needs: Needs::Object,
        since: "0.1.0",
        summary: "panics",
        help: "none",
        standards: &[],
        docs: "",
        check: Check::Inventory(|_| panic!("on purpose")),
    };

    #[test]
    fn a_panic_becomes_an_entry_that_names_the_rule() {
        let (sources, config) = (Sources::default(), Config::default());
        let inventory = Inventory::new(&sources, &config);
        let step = Step::default();
        step.each(
            &[&PANICS, &PANICS],
            &inventory,
            &config,
            SourceId(0),
            |cx, check| {
                if let Check::Inventory(check) = check {
                    check(cx);
                }
            },
        );
        let report = crate::Report {
            not_checked: step.0.into_inner().not_checked,
            ..crate::Report::default()
        };
        assert_eq!(report.not_checked.len(), 2, "the rules after it still run");
        assert!(report.not_checked[0].detail.contains("rule-that-panics"));
        assert_eq!(report.exit_code(None), 70);
    }
}
