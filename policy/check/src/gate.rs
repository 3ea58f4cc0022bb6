//! One object among others: what the admission webhook asks.
//!
//! The rules are those of [`check`](crate::check), and so are the configuration and its exemptions. What differs is what
//! can be seen: at the API server's door an object comes alone, or with what is known of the cluster, which may lack what
//! is created after it. A caller says how much there is to see, and only rules that need no more are asked.

use plimsoll_yaml::SourceId;

use crate::config::Config;
use crate::context::Found;
use crate::engine::sift;
use crate::plan::Plan;
use crate::{Date, Deployed, Inventory, Needs, Options, Report, Rule, Sources};

/// The rules that a configuration turns on, sorted once for any number of objects.
pub struct Gate {
    config: Config,
    options: Options,
    plans: [(Needs, Plan); 3],
}

impl Gate {
    /// Sorts the rules. What the options say of the date is left to each call.
    pub fn new(config: Config, options: Options) -> Self {
        let needs = [Needs::Object, Needs::Namespace, Needs::Repository];
        let plans = needs.map(|needs| {
            let plan = Plan::of(&config, &options, |rule| rule.needs == needs);
            (needs, plan)
        });
        Self {
            config,
            options,
            plans,
        }
    }

    /// The configuration that it goes by.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// How many rules of a kind are on.
    pub fn count(&self, needs: Needs) -> usize {
        let plans = self.plans.iter().filter(|(own, _)| *own == needs);
        plans.map(|(_, plan)| plan.count).sum()
    }

    /// The rules that are on and need to see so much.
    pub fn rules(&self, needs: Needs) -> impl Iterator<Item = &'static Rule> {
        let plans = self.plans.iter().filter(move |(own, _)| *own == needs);
        plans.flat_map(|(_, plan)| plan.rules())
    }

    /// Some of the rules that are on and look at other objects. Most are asked about the one object alone; those that
    /// are `by_others` find what is wrong with it when they are asked about another one.
    pub fn choose(
        &self,
        chosen: impl Fn(&Rule) -> bool,
        by_others: impl Fn(&Rule) -> bool,
    ) -> Chosen {
        let plan = |all: bool| {
            Plan::of(&self.config, &self.options, |rule| {
                rule.needs == Needs::Repository && chosen(rule) && by_others(rule) == all
            })
        };
        Chosen {
            of_one: plan(false),
            of_all: plan(true),
        }
    }

    /// Judges the objects of one source by the rules that need to see one of `needs`; the other sources are context, and
    /// have to hold what such rules look at. What is found in them is theirs, and left out.
    pub fn judge(
        &self,
        sources: &Sources,
        about: SourceId,
        needs: &[Needs],
        today: Date,
    ) -> Report {
        let plans = self.plans.iter().filter(|(own, _)| needs.contains(own));
        let plans = plans.map(|(needs, plan)| match needs {
            Needs::Object | Needs::Namespace => (Reach::About, plan),
            // What is wrong with an object may show when another one is looked at.
            Needs::Repository => (Reach::All, plan),
        });
        self.report(sources, about, plans, today)
    }

    /// Judges the objects of one source by chosen rules, which find in the other sources what they look at.
    pub fn judge_among(
        &self,
        sources: &Sources,
        about: SourceId,
        chosen: &Chosen,
        today: Date,
    ) -> Report {
        let plans = [(Reach::About, &chosen.of_one), (Reach::All, &chosen.of_all)];
        self.report(sources, about, plans.into_iter(), today)
    }

    fn report<'p>(
        &self,
        sources: &Sources,
        about: SourceId,
        plans: impl Iterator<Item = (Reach, &'p Plan)>,
        today: Date,
    ) -> Report {
        let inventory = Inventory::new(sources, &self.config);
        let mut found = Found::default();
        let mut report = Report::default();
        for (reach, plan) in plans.filter(|(_, plan)| plan.count > 0) {
            report.counts.rules += plan.count;
            found.add(match reach {
                Reach::About => plan.run_about(&inventory, &self.config, about),
                Reach::All => plan.run(&inventory, &self.config, false),
            });
        }
        found
            .findings
            .retain(|finding| finding.primary.source == about);
        report.add_not_checked(found.not_checked);
        report.counts.resources = inventory.objects_of(about).count();
        let options = Options {
            today,
            ..self.options.clone()
        };
        let (deployed, findings) = (Deployed::default(), found.findings);
        sift(
            &mut report,
            findings,
            sources,
            &deployed,
            &self.config,
            &options,
        );
        report
    }
}

/// Some of the rules of a gate, sorted once for any number of objects.
pub struct Chosen {
    of_one: Plan,
    of_all: Plan,
}

impl Chosen {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.of_one.count + self.of_all.count
    }
}

/// Which objects rules are asked about.
#[derive(Clone, Copy)]
enum Reach {
    About,
    All,
}

impl std::fmt::Debug for Chosen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Chosen").field(&self.count()).finish()
    }
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counts = self
            .plans
            .each_ref()
            .map(|(needs, plan)| (*needs, plan.count));
        f.debug_tuple("Gate").field(&counts).finish()
    }
}
