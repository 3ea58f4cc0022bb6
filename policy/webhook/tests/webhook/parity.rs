//! One verdict: what `check` says of every example of every rule's page, and of the objects that `gitops/` deploys, is
//! what the webhook says of each object when it comes.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crate::support::{Folder, review, to_json};
use plimsoll_check::{
    Check, Config, Date, Deployed, Finding, Findings, Options, Root, Rule, Source, Sources, check,
    rules::RULES,
};
use plimsoll_render::kustomize::{self, Kustomize};
use plimsoll_render::roots::discover;
use plimsoll_render::{Repository, tree};
use plimsoll_webhook::admission::{Request, Verdict, judge};
use plimsoll_webhook::policy::{Policy, Settings};
use plimsoll_webhook::view::{Others, Surroundings};
use plimsoll_yaml::{Limits, SourceId, Tree};
use serde_json::Value;

/// A finding, whatever it is: `rule path: message`.
pub(crate) fn said(finding: &Finding) -> String {
    format!(
        "{} {}: {}",
        finding.rule.id,
        finding.path(),
        finding.message()
    )
}

pub(crate) fn today() -> Date {
    Date::new(2026, 11, 1).unwrap()
}

fn options() -> Options {
    Options {
        all_rules: true,
        rules: Vec::new(),
        items: Vec::new(),
        report_only: None,
        today: today(),
    }
}

pub(crate) fn policy(config: &str) -> Policy {
    let settings = Settings {
        all_rules: true,
        ..Settings::default()
    };
    Policy::read("page", config, &settings).unwrap()
}

fn parse(texts: &[String]) -> Sources {
    let parse = |(id, text): (u32, &String)| {
        let tree = Tree::parse(SourceId(id), text.as_str(), &Limits::default());
        Source::new(format!("{id:03}.yaml"), tree)
    };
    Sources::new((0..).zip(texts).map(parse).collect())
}

/// Rules that say of one object what is so of several together: here of the first, or the last, of a repository, and
/// there of the one that comes.
pub(crate) const OF_SEVERAL: [&str; 7] = [
    "autoscaler-duplicate",
    "image-policy-not-enforced",
    "kind-unknown",
    "networkpolicy-default-deny-missing",
    "object-duplicate",
    "pdb-blocks-eviction",
    "service-selector-ambiguous",
];

/// What rules say of objects; what they say of files nobody asks the webhook.
fn of_objects(findings: &Findings) -> BTreeSet<String> {
    let asked = |rule: &Rule| {
        !matches!(
            rule.check,
            Check::Source(_) | Check::Rendering | Check::Exemptions
        )
    };
    let own = findings
        .iter()
        .filter(|finding| finding.resource.is_some() && asked(finding.rule));
    own.map(|finding| said(finding))
        .filter(|said| of_one(said))
        .collect()
}

pub(crate) fn of_one(said: &str) -> bool {
    let rule = said.split(' ').next().unwrap_or_default();
    !OF_SEVERAL.contains(&rule)
}

pub(crate) fn verdict(policy: &Policy, object: &Value, surroundings: &Surroundings) -> Verdict {
    let body = review(object, None);
    let request = Request::read(body.as_bytes()).unwrap();
    judge(policy, &request, surroundings, today()).unwrap()
}

/// What the webhook says of all objects, each among the others, and what it excuses.
pub(crate) fn through_webhook(
    policy: &Policy,
    objects: &[Value],
    other: impl Fn(&Value) -> Value,
) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for (at, object) in objects.iter().enumerate() {
        let others = objects.iter().enumerate().filter(|(other, _)| *other != at);
        let others: Vec<Arc<str>> = others
            .map(|(_, object)| other(object).to_string().into())
            .collect();
        let settings = |text: &&Arc<str>| {
            ["\"kind\":\"Namespace\"", "\"kind\":\"LimitRange\""]
                .iter()
                .any(|kind| text.contains(kind))
        };
        let surroundings = Surroundings {
            namespace: Some(others.iter().filter(settings).cloned().collect()),
            others: Ok(Others {
                texts: others,
                rules: Arc::new(policy.gate.choose(|_| true, |_| true)),
                not_asked: 0,
                unknown: "".into(),
                until: None,
            }),
        };
        let verdict = verdict(policy, object, &surroundings);
        all.extend(verdict.findings().map(said).filter(|said| of_one(said)));
    }
    all
}

pub(crate) struct Example {
    pub(crate) page: &'static str,
    pub(crate) config: String,
    pub(crate) text: &'static str,
}

pub(crate) fn examples() -> Vec<Example> {
    let mut examples = Vec::new();
    for rule in RULES {
        let mut config = String::new();
        let mut blocks = rule.docs.split("```");
        blocks.next();
        while let (Some(block), after) = (blocks.next(), blocks.next()) {
            match block.split_once('\n') {
                Some(("yaml config", text)) => text.clone_into(&mut config),
                // Several files are about what files have to do with each other.
                Some(("yaml fails" | "yaml passes", text)) if !text.contains("# file: ") => {
                    let config = config.clone();
                    examples.push(Example {
                        page: rule.id,
                        config,
                        text,
                    });
                }
                _ => {}
            }
            if after.is_none() {
                break;
            }
        }
    }
    examples
}

#[test]
fn every_page_says_the_same_through_the_webhook() {
    let (mut pages, mut count, mut differences) = (0, 0, Vec::new());
    for example in examples() {
        let tree = Tree::parse(SourceId(0), example.text, &Limits::default());
        let roots = tree.documents().filter_map(|document| document.root);
        let objects: Vec<Value> = roots.map(to_json).filter(Value::is_object).collect();
        // The same objects as files: what YAML can say and JSON cannot never reaches the API server.
        let texts: Vec<String> = objects.iter().map(Value::to_string).collect();
        let config = Tree::parse(SourceId(0), example.config.as_str(), &Limits::default());
        let config = Config::read(&config).unwrap();
        let report = check(&parse(&texts), &Deployed::default(), &config, &options());
        let (expected, found) = (
            of_objects(&report.findings),
            through_webhook(&policy(&example.config), &objects, Value::clone),
        );
        pages += 1;
        count += objects.len();
        let lost = expected
            .difference(&found)
            .map(|said| format!("{}: only check: {said}", example.page));
        differences.extend(lost);
        let more = found
            .difference(&expected)
            .map(|said| format!("{}: only the webhook: {said}", example.page));
        differences.extend(more);
    }
    println!(
        "{pages} examples, {count} objects, {} differences",
        differences.len()
    );
    assert!(count > 1000, "only {count} objects");
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

/// The objects that a tree deploys, by the roots that deploy them.
fn rendered(sources: &Sources, folder: &Folder) -> Deployed {
    let repository = Repository::new(sources, folder);
    let kustomize = Kustomize::new(&repository, kustomize::Options::default());
    let roots = discover(&kustomize, &[])
        .roots
        .into_iter()
        .map(|root| Root {
            name: root.name,
            folder: root.folder,
            declared_at: root.declared_at,
            parent: None,
            cluster: root.cluster,
            namespace: root.namespace,
            incomplete: false,
            tree: tree(&root.objects),
            given: Vec::new(),
        });
    Deployed {
        roots: roots.collect(),
        ..Deployed::default()
    }
}

#[test]
fn what_gitops_deploys_is_admitted_as_check_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../gitops");
    let config = std::fs::read_to_string(folder.join(".plimsoll.yaml")).unwrap();
    let folder = Folder::read(&folder);
    let sources = folder.sources();
    let deployed = rendered(&sources, &folder);
    let (mut objects, mut denied) = (0, Vec::new());
    let policy = Policy::read("gitops/.plimsoll.yaml", &config, &Settings::default()).unwrap();
    for root in &deployed.roots {
        for node in root.tree.documents().filter_map(|document| document.root) {
            objects += 1;
            let verdict = verdict(&policy, &to_json(node), &Surroundings::default());
            denied.extend(verdict.blocking.iter().map(|finding| said(finding)));
            denied.extend(verdict.told().map(said));
        }
    }
    println!("{objects} objects of {} roots", deployed.roots.len());
    assert!(objects > 100, "only {objects} objects");
    assert!(
        denied.is_empty(),
        "check has nothing to say, and the webhook has\n{}",
        denied.join("\n")
    );
}
