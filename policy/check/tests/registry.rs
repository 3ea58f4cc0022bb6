//! What holds for every rule of the registry.

use std::collections::BTreeSet;
use std::path::Path;

use plimsoll_check::rules::{RULES, find};

#[test]
fn ids_are_sorted_unique_and_kebab_case() {
    for pair in RULES.windows(2) {
        assert!(
            pair[0].id < pair[1].id,
            "{} stands before {}",
            pair[0].id,
            pair[1].id
        );
    }
    for rule in RULES {
        let kebab = rule.id.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
        assert!(kebab, "{} is not kebab-case", rule.id);
        assert!(find(rule.id).is_some_and(|found| std::ptr::eq(found, *rule)));
    }
}

#[test]
fn ids_name_the_bad_thing() {
    for rule in RULES {
        for prefix in [
            "no-",
            "disallow-",
            "require-",
            "ensure-",
            "check-",
            "use-",
            "avoid-",
            "must-",
        ] {
            assert!(
                !rule.id.starts_with(prefix),
                "{} is an order; name the bad thing",
                rule.id
            );
        }
    }
}

#[test]
fn texts_are_lowercase_fragments_without_a_full_stop() {
    for rule in RULES {
        for text in [rule.summary, rule.help] {
            assert!(
                !text.is_empty() && !text.ends_with('.'),
                "{}: {text:?}",
                rule.id
            );
            let first = text.split(' ').next().unwrap_or_default();
            let upper = first.chars().next().is_some_and(char::is_uppercase);
            let proper = first.chars().filter(|c| c.is_uppercase()).count() > 1
                || [
                    "Service",
                    "Secret",
                    "Pod",
                    "Alertmanager",
                    "Kubernetes",
                    "Prometheus",
                    "Ingress",
                    "Role",
                    "Job",
                    "Namespace",
                    "Deployment",
                ]
                .contains(&first);
            assert!(
                !upper || proper,
                "{}: {text:?} begins with a capital",
                rule.id
            );
        }
        assert!(
            rule.summary.len() <= 110,
            "{}: the summary is longer than a line",
            rule.id
        );
    }
}

#[test]
fn every_file_of_the_folder_is_a_rule_or_its_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let expected: BTreeSet<String> = RULES
        .iter()
        .flat_map(|rule| ["rs", "md"].map(|kind| format!("{}.{kind}", rule.id.replace('-', "_"))))
        .collect();
    let found: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read"))
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(found, expected);
}
