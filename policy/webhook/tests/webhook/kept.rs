//! What is kept of a cluster is enough: what rules say of the objects of every page with all of the others at hand, they
//! say with what the view keeps of them, and each with the kinds alone that it is said to look at.

use std::collections::BTreeSet;
use std::sync::Arc;

use plimsoll_check::{Kind, Needs, Scope, rules::RULES};
use plimsoll_webhook::admission::{Request, judge};
use plimsoll_webhook::policy::Policy;
use plimsoll_webhook::view::kinds::WATCHED;
use plimsoll_webhook::view::sees::{Sees, finds_by_others};
use plimsoll_webhook::view::{About, Caps, Others, Surroundings, View, project};
use plimsoll_yaml::{Limits, SourceId, Tree};
use serde_json::{Value, json};

use crate::parity::{OF_SEVERAL, examples, of_one, policy, said, through_webhook, today, verdict};
use crate::support::{review, to_json};

fn text_of(object: &Value, path: &str) -> String {
    let text = object.pointer(path).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

fn kind_of(object: &Value) -> Kind {
    let api_version = text_of(object, "/apiVersion");
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    Kind::of(group, &text_of(object, "/kind"))
}

/// Objects as they are in a cluster: every namespace is there, and has the account that is made with it.
fn in_cluster(objects: Vec<Value>) -> Vec<Value> {
    let mut objects: Vec<_> = objects.into_iter().map(stored).collect();
    let used: BTreeSet<_> = objects
        .iter()
        .map(|object| text_of(object, "/metadata/namespace"))
        .collect();
    for namespace in used.into_iter().filter(|namespace| !namespace.is_empty()) {
        let has = |kind: &str, within: &str, name: &str| {
            objects.iter().any(|object| {
                text_of(object, "/kind") == kind
                    && text_of(object, "/metadata/name") == name
                    && text_of(object, "/metadata/namespace") == within
            })
        };
        let made = [
            (!has("Namespace", "", &namespace)).then(|| {
                json!({
                    "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace},
                })
            }),
            (!has("ServiceAccount", &namespace, "default")).then(|| {
                json!({
                    "apiVersion": "v1", "kind": "ServiceAccount",
                    "metadata": {"name": "default", "namespace": namespace},
                })
            }),
        ];
        objects.extend(made.into_iter().flatten());
    }
    objects
}

/// Whatever else makes pods is known by its metadata alone: as little is given to the rules on the other side.
fn as_others(object: &Value) -> Value {
    let mut object = object.clone();
    let kind = object
        .pointer("/kind")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let bare = ["Pod", "ReplicaSet", "ReplicationController"].contains(&kind);
    if let Some(fields) = object.as_object_mut().filter(|_| bare) {
        fields.remove("spec");
    }
    object
}

/// An object as the API server has it: in a namespace, if it can be in one.
fn stored(mut object: Value) -> Value {
    let named = !text_of(&object, "/metadata/name").is_empty();
    let bare = text_of(&object, "/metadata/namespace").is_empty();
    if named && bare && kind_of(&object).scope() == Scope::Namespaced {
        object["metadata"]["namespace"] = "default".into();
    }
    object
}

/// A view of a cluster that holds some objects: of them, what would be kept.
fn view_of(objects: &[Value]) -> Option<View> {
    let view = View::new(Caps::default(), false);
    for watched in WATCHED {
        let mut names = BTreeSet::new();
        let mut kept = Vec::new();
        for object in objects.iter().filter(|own| kind_of(own) == watched.kind) {
            // What is no object of this kind, or is there twice, is in no cluster.
            let object = project(watched, object).ok()?;
            let name = (object.namespace.clone(), object.name.clone());
            if object.name.is_empty() || !names.insert(name) {
                return None;
            }
            kept.push(object);
        }
        view.fill(watched.kind, &kept);
    }
    Some(view)
}

/// Whether a rule can be asked of a cluster.
fn is_asked(said: &str) -> bool {
    let id = said.split(' ').next().unwrap_or_default();
    let rule = RULES.iter().find(|rule| rule.id == id).unwrap();
    rule.needs != Needs::Repository || Sees::of(rule).is_some()
}

/// What the webhook says of all objects, each with what is kept of the others.
fn through_view(policy: &Arc<Policy>, objects: &[Value], view: &View) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for object in objects {
        let body = review(object, None);
        let request = Request::read(body.as_bytes()).unwrap();
        let about = About {
            kind: Kind::of(&request.kind.group, &request.kind.kind),
            namespace: &request.namespace,
            name: &request.name,
            text: request.object.unwrap().get(),
        };
        let surroundings = view.around(policy, about, None);
        assert!(surroundings.others.is_ok());
        let verdict = judge(policy, &request, &surroundings, today()).unwrap();
        all.extend(verdict.findings().map(said).filter(|said| of_one(said)));
    }
    all
}

/// Rules that are silent in a repository about what an operator may make.
const OPERATED: [&str; 4] = [
    "configmap-secret-ref-missing",
    "env-host-unresolved",
    "pdb-selects-nothing",
    "service-selects-nothing",
];

/// What the rule of a page says where there are only objects of the kinds that it is said to look at.
fn by_its_own_kinds(policy: &Policy, objects: &[Value], page: &str) -> Option<BTreeSet<String>> {
    let rule = RULES.iter().find(|rule| rule.id == page).unwrap();
    let sees =
        Sees::of(rule).filter(|_| !OF_SEVERAL.contains(&page) && !OPERATED.contains(&page))?;
    let mut all = BTreeSet::new();
    for (at, object) in objects
        .iter()
        .enumerate()
        .filter(|(_, own)| sees.says_of(rule, kind_of(own)))
    {
        let others = objects.iter().enumerate().filter(|(other, _)| *other != at);
        let others = others.filter(|(_, other)| sees.kinds().any(|own| own == kind_of(other)));
        let texts = others.filter_map(|(_, other)| {
            let watched = WATCHED
                .iter()
                .find(|watched| watched.kind == kind_of(other))?;
            project(watched, other).unwrap().text
        });
        let surroundings = Surroundings {
            namespace: None,
            others: Ok(Others {
                texts: texts.collect(),
                rules: Arc::new(policy.gate.choose(|own| own.id == page, finds_by_others)),
                not_asked: 0,
                unknown: "".into(),
                until: None,
            }),
        };
        let verdict = verdict(policy, object, &surroundings);
        let own = verdict.findings().filter(|finding| finding.rule.id == page);
        all.extend(own.map(said));
    }
    Some(all)
}

#[test]
fn every_page_says_the_same_with_what_is_kept_of_the_others() {
    let (mut count, mut asked, mut differences) = (0, BTreeSet::new(), Vec::new());
    for example in examples() {
        let tree = Tree::parse(SourceId(0), example.text, &Limits::default());
        let roots = tree.documents().filter_map(|document| document.root);
        let objects = in_cluster(roots.map(to_json).filter(Value::is_object).collect());
        let Some(view) = view_of(&objects) else {
            continue;
        };
        let policy = Arc::new(policy(&example.config));
        let full: BTreeSet<_> = through_webhook(&policy, &objects, as_others)
            .into_iter()
            .filter(|said| is_asked(said))
            .collect();
        let kept = through_view(&policy, &objects, &view);
        count += objects.len();
        let rules = kept
            .iter()
            .map(|said| said.split(' ').next().unwrap_or_default().to_owned());
        asked.extend(rules.filter(|id| {
            RULES
                .iter()
                .any(|rule| rule.id == id && rule.needs == Needs::Repository)
        }));
        let alone = by_its_own_kinds(&policy, &objects, example.page);
        let own = full
            .iter()
            .filter(|said| said.split(' ').next() == Some(example.page));
        let own: BTreeSet<_> = own.cloned().collect();
        if let Some(alone) = alone.filter(|alone| *alone != own) {
            differences.push(format!(
                "{}: with its own kinds {alone:?} instead of {own:?}",
                example.page
            ));
        }
        let lost = full.difference(&kept);
        differences
            .extend(lost.map(|said| format!("{}: not with what is kept: {said}", example.page)));
        // What an operator makes of its resources is in a cluster itself, and not on a page.
        let operated =
            |said: &&String| OPERATED.iter().any(|id| said.split(' ').next() == Some(id));
        let more = kept.difference(&full).filter(|said| !operated(said));
        differences
            .extend(more.map(|said| format!("{}: only with what is kept: {said}", example.page)));
    }
    println!(
        "{count} objects, {} repository rules, {} differences",
        asked.len(),
        differences.len()
    );
    assert!(count > 1000, "only {count} objects");
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
    let all: BTreeSet<_> = RULES
        .iter()
        .filter(|rule| Sees::of(rule).is_some() && !OF_SEVERAL.contains(&rule.id))
        .map(|rule| rule.id.to_owned())
        .collect();
    let silent: Vec<_> = all.difference(&asked).collect();
    assert!(
        silent.is_empty(),
        "no page shows what these say with what is kept: {silent:?}"
    );
}
