//! What the webhook asks gives what a check of the whole repository gives: every example of every rule's page, object by
//! object.

use std::collections::BTreeSet;

use plimsoll_check::{
    Check, Config, Date, Deployed, Gate, Needs, Options, Report, Rule, Source, Sources, check,
    rules::RULES,
};
use plimsoll_yaml::{Limits, SourceId, Tree};

/// A finding without its place: an object stands elsewhere when it comes alone.
type Said = (String, String, String, String);

fn options() -> Options {
    Options {
        all_rules: true,
        rules: Vec::new(),
        items: Vec::new(),
        report_only: None,
        today: today(),
    }
}

fn today() -> Date {
    Date::new(2026, 11, 1).expect("the day exists")
}

fn sources(texts: &[&str]) -> Sources {
    let parse = |(id, text): (u32, &&str)| {
        let tree = Tree::parse(SourceId(id), *text, &Limits::default());
        Source::new(format!("{id:03}.yaml"), tree)
    };
    Sources::new((0..).zip(texts).map(parse).collect())
}

fn said(report: &Report, needs: &[Needs]) -> BTreeSet<Said> {
    // What is said of a file is not asked of an object.
    let asked =
        |rule: &Rule| needs.contains(&rule.needs) && !matches!(rule.check, Check::Source(_));
    let own = report.findings.iter().filter(|finding| asked(finding.rule));
    let of_objects = own.filter(|finding| finding.resource.is_some());
    let said = of_objects.map(|finding| {
        let object = finding.resource.as_ref().map(ToString::to_string);
        (
            finding.rule.id.to_owned(),
            object.unwrap_or_default(),
            finding.path().to_owned(),
            finding.message().into_owned(),
        )
    });
    said.collect()
}

/// The examples of all pages with their rule's id and configuration, each as its documents.
fn examples() -> Vec<(&'static str, String, Vec<&'static str>)> {
    let mut examples = Vec::new();
    for rule in RULES {
        let mut config = String::new();
        let mut fence: Option<&str> = None;
        let mut from = 0;
        let mut at = 0;
        for line in rule.docs.split_inclusive('\n') {
            match (line.trim_end().strip_prefix("```"), fence) {
                (Some(""), Some(info)) => {
                    let text = &rule.docs[from..at];
                    match info {
                        "yaml config" => text.clone_into(&mut config),
                        "yaml fails" | "yaml passes" => {
                            examples.push((
                                rule.id,
                                config.clone(),
                                text.split("\n---\n").collect(),
                            ));
                        }
                        _ => {}
                    }
                    fence = None;
                }
                (Some(info), None) => (fence, from) = (Some(info), at + line.len()),
                _ => {}
            }
            at += line.len();
        }
    }
    examples
}

/// Where an object that comes alone is judged otherwise than among all, by rules that say that they need no others.
fn differences(needs: &[Needs], context: impl Fn(&str) -> bool) -> (usize, Vec<String>) {
    let mut differences = Vec::new();
    let mut objects = 0;
    for (page, config, texts) in examples() {
        // Examples of several files are about what files have to do with each other.
        if texts.iter().any(|text| text.contains("# file: ")) {
            continue;
        }
        let tree = Tree::parse(SourceId(0), config, &Limits::default());
        let config = Config::read(&tree).expect("the page's configuration is right");
        let all = check(&sources(&texts), &Deployed::default(), &config, &options());
        let gate = Gate::new(config, options());
        let mut alone = BTreeSet::new();
        for at in 0..texts.len() {
            let seen = texts.iter().enumerate();
            let seen = seen.filter(|(other, text)| *other == at || context(text));
            let (places, seen): (Vec<_>, Vec<_>) = seen.map(|(place, text)| (place, *text)).unzip();
            let about = places
                .iter()
                .position(|place| *place == at)
                .expect("it is among them");
            let about = SourceId(about as u32);
            let report = gate.judge(&sources(&seen), about, needs, today());
            objects += report.counts.resources;
            alone.extend(said(&report, needs));
        }
        let all = said(&all, needs);
        differences.extend(
            all.difference(&alone)
                .map(|said| format!("{page}: only among all: {said:?}")),
        );
        differences.extend(
            alone
                .difference(&all)
                .map(|said| format!("{page}: only alone: {said:?}")),
        );
    }
    (objects, differences)
}

#[test]
fn rules_that_need_the_object_alone_say_the_same_of_it_alone() {
    let (objects, differences) = differences(&[Needs::Object], |_| false);
    assert!(objects > 500, "only {objects} objects were judged");
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

#[test]
fn rules_that_need_the_namespace_say_the_same_with_its_settings() {
    let settings = |text: &str| {
        ["kind: Namespace", "kind: LimitRange"]
            .iter()
            .any(|kind| text.contains(kind))
    };
    let (_, differences) = differences(&[Needs::Namespace], settings);
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

#[test]
fn rules_that_need_others_say_the_same_among_them() {
    let (_, differences) = differences(&[Needs::Repository], |_| true);
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}
