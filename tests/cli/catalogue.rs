//! Rules, pages, completions and the manual page.

use serde_json::Value;

use crate::support::Folder;

#[test]
fn every_rule_that_is_listed_is_explained() {
    let folder = Folder::with(&[]);
    let rules: Value = serde_json::from_str(&folder.run(&["rules", "--json"]).stdout).unwrap();
    let rules = rules.as_array().unwrap();
    assert!(!rules.is_empty());
    let table = folder.run(&["rules"]).stdout;
    for rule in rules {
        let id = rule["id"].as_str().unwrap();
        assert!(
            table.contains(&format!("  {id} ")),
            "{id} is not in the table"
        );
    }
    let page = folder.run(&["explain", "container-privileged"]).stdout;
    for part in [
        "# container-privileged",
        "On by default",
        "item 14, security",
        "pss-baseline",
        "```yaml fails",
        "## When to exempt",
    ] {
        assert!(page.contains(part), "{part:?} is not in\n{page}");
    }
    assert!(
        folder
            .run(&["explain", "container-privilege"])
            .stderr
            .contains("did you mean `container-privileged`?")
    );
}

#[test]
fn items_narrow_the_list() {
    let folder = Folder::with(&[]);
    let by_number = folder.run(&["rules", "--item", "3"]).stdout;
    assert_eq!(by_number, folder.run(&["rules", "--item", "probes"]).stdout);
    assert!(
        by_number.contains("probe-liveness-missing") && !by_number.contains("container-privileged")
    );
}

#[test]
fn completions_and_the_manual_page_know_the_commands() {
    let folder = Folder::with(&[]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(
            folder
                .run(&["completions", shell])
                .stdout
                .contains("fail-on"),
            "{shell}"
        );
    }
    let page = folder.run(&["man"]).stdout;
    assert!(
        page.starts_with(".ie") || page.contains(".TH plimsoll"),
        "{page}"
    );
}
