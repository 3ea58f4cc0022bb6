use super::*;
use crate::kustomize::testing::{covered, objects};

/// Renames as a `namePrefix` does.
fn rename(object: &mut Object<'static>, prefix: &str) {
    object.remember();
    let span = name_span(object);
    object.history.prefixes.push(prefix.to_owned().into());
    let name = format!("{prefix}{}", object.name());
    object.set_metadata("name", name, span);
}

fn fixed(text: &str, prefixes: &[&str]) -> Result<Objects<'static>> {
    let mut objects = objects(text);
    for (object, prefix) in objects.list.iter_mut().zip(prefixes) {
        if !prefix.is_empty() {
            rename(object, prefix);
        }
    }
    fix(&mut objects, &Config::builtin())?;
    Ok(objects)
}

const CONFIG_MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n---\n";

fn pod(name: &str, config_map: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{volumes: [{{configMap: {{name: {config_map}}}}}]}}\n"
    )
}

fn volume<'v>(objects: &'v Objects<'static>, at: usize) -> &'v Value<'static> {
    let volumes = objects.list[at].value.at(&["spec", "volumes"]).unwrap();
    volumes.items()[0].at(&["configMap", "name"]).unwrap()
}

#[test]
fn a_name_follows_its_object_and_stands_where_that_is_named() {
    let text = format!("{CONFIG_MAP}{}", pod("p", "cm"));
    let objects = fixed(&text, &["a-", ""]).unwrap();
    let name = volume(&objects, 1);
    assert_eq!(name.text(), Some("a-cm"));
    assert_eq!(covered(&text, name.origin.span), "cm");
    assert_eq!(name.origin.span, name_span(&objects.list[0]));
    let history = &objects.list[0].history;
    assert!(history.annotated && &*history.referred_by[0].name == "p");
}

#[test]
fn what_is_not_changed_is_not_copied() {
    let text = format!("{CONFIG_MAP}{}", pod("p", "other"));
    let mut objects = objects(&text);
    rename(&mut objects.list[0], "a-");
    let before = objects.list[1].value.clone();
    fix(&mut objects, &Config::builtin()).unwrap();
    let (Content::Map(before), Content::Map(after)) =
        (&before.content, &objects.list[1].value.content)
    else {
        panic!("an object is a map");
    };
    assert!(std::sync::Arc::ptr_eq(before, after));
}

#[test]
fn of_two_candidates_the_one_of_the_same_kustomization_is_meant() {
    let text = format!("{CONFIG_MAP}{CONFIG_MAP}{}", pod("p", "cm"));
    let objects = fixed(&text, &["a-", "b-", "b-"]).unwrap();
    assert_eq!(volume(&objects, 2).text(), Some("b-cm"));
    // Without a prefix of its own it could mean either, and with another it means none.
    let objects = fixed(&text, &["a-", "b-", ""]).unwrap();
    assert_eq!(volume(&objects, 2).text(), Some("cm"));
}

#[test]
fn a_suffix_that_only_one_side_has_does_not_part_them() {
    let text = format!("{CONFIG_MAP}{CONFIG_MAP}{}", pod("p", "cm"));
    let mut objects = objects(&text);
    rename(&mut objects.list[0], "a-");
    rename(&mut objects.list[1], "b-");
    rename(&mut objects.list[2], "a-");
    objects.list[1].history.suffixes.push("-x".into());
    objects.list[2].history.suffixes.push("-y".into());
    fix(&mut objects, &Config::builtin()).unwrap();
    assert_eq!(volume(&objects, 2).text(), Some("a-cm"));
}

#[test]
fn two_that_could_be_meant_are_a_fault() {
    let text = format!("{CONFIG_MAP}{CONFIG_MAP}{}", pod("p", "cm"));
    let mut objects = objects(&text);
    for (object, name) in objects.list.iter_mut().zip(["x", "y"]) {
        object.remember();
        let span = name_span(object);
        object.set_metadata("name", name, span);
    }
    let fault = fix(&mut objects, &Config::builtin()).unwrap_err();
    assert!(fault.message.contains("2 objects could be"), "{fault:?}");
    assert_eq!(fault.related.len(), 2);
    assert_eq!(covered(&text, fault.span.unwrap()), "cm");
}

#[test]
fn another_namespace_is_out_of_reach() {
    let there = CONFIG_MAP.replace("name: cm", "name: cm, namespace: there");
    let objects = fixed(&format!("{there}{}", pod("p", "cm")), &["a-"]).unwrap();
    assert_eq!(volume(&objects, 1).text(), Some("cm"));
}

const BINDING: &str = "\
apiVersion: v1
kind: ServiceAccount
metadata: {name: sa, namespace: one}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: sa, namespace: two}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b, namespace: one}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
subjects:
- {kind: ServiceAccount, name: sa, namespace: two}
- {kind: ServiceAccount, name: sa}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: r}
";

#[test]
fn subjects_name_accounts_of_other_namespaces() {
    let text = BINDING.replace("- {kind: ServiceAccount, name: sa}\n", "");
    let objects = fixed(&text, &["a-", "b-"]).unwrap();
    let subject = &objects.list[2].value.get("subjects").unwrap().items()[0];
    assert_eq!(subject.get("name").unwrap().text(), Some("b-sa"));
}

#[test]
fn a_namespace_is_written_where_none_was() {
    let text = BINDING.replace("- {kind: ServiceAccount, name: sa, namespace: two}\n", "");
    let objects = fixed(&text, &["a-"]).unwrap();
    let subject = &objects.list[2].value.get("subjects").unwrap().items()[0];
    assert_eq!(subject.get("name").unwrap().text(), Some("a-sa"));
    assert_eq!(subject.get("namespace").unwrap().text(), Some("one"));
}

#[test]
fn a_role_reference_names_the_kind_it_means() {
    let text = BINDING.replace("- {kind: ServiceAccount, name: sa}\n", "");
    let objects = fixed(&text, &["", "", "", "a-"]).unwrap();
    let name = objects.list[2].value.at(&["roleRef", "name"]).unwrap();
    assert_eq!(name.text(), Some("r"));
    let text = text.replace("kind: Role,", "kind: ClusterRole,");
    let objects = fixed(&text, &["", "", "", "a-"]).unwrap();
    let name = objects.list[2].value.at(&["roleRef", "name"]).unwrap();
    assert_eq!(name.text(), Some("a-r"));
}

#[test]
fn lists_of_names_are_mended_name_by_name() {
    let text = format!(
        "{CONFIG_MAP}apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {{name: r}}\n\
         rules: [{{resourceNames: [x, cm, null]}}, {{verbs: [get]}}]\n"
    );
    let objects = fixed(&text, &["a-"]).unwrap();
    let rules = objects.list[1].value.get("rules").unwrap();
    let names = rules.items()[0].get("resourceNames").unwrap();
    assert_eq!(names.items()[1].text(), Some("a-cm"));
    assert_eq!(names.items()[0].text(), Some("x"));
}

#[test]
fn an_object_that_moves_is_found_where_it_is() {
    let text = format!("{CONFIG_MAP}{}", pod("p", "cm"));
    let mut objects = objects(&text);
    rename(&mut objects.list[0], "a-");
    let mut index = Index::of(&objects);
    let span = name_span(&objects.list[0]);
    objects.list[0].set_metadata("namespace", "there", span);
    index.refresh(0, &objects.list[0]);
    let reach = index.reach(1, &objects.list[1]).unwrap();
    assert!(index.named("ConfigMap", "cm", &reach).is_empty());
}
