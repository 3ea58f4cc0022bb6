//! `.plimsoll.yaml`: found upward, checked to the letter, and followed.

use jsonschema::validator_for;
use serde_json::Value;

use crate::support::{Folder, PRIVILEGED};

const RULE: &str = "container-privileged";

#[test]
fn faults_print_like_findings_all_at_once() {
    let folder = Folder::with(&[
        ("a.yaml", PRIVILEGED),
        (
            ".plimsoll.yaml",
            "version: 2
rule: {}
rules:
  container-privilegd: off
  container-privileged: sometimes
facts: {minReplica: 3, minReplicas: many}
exemptions:
  - rule: container-privileged
    expires: 2027-02-30
environments: {prod: {paths: [\"a[\"], rule: {}}}
kubernetes: latest
",
        ),
    ]);
    let run = folder.run(&["check"]);
    assert_eq!((run.code, run.stdout.as_str()), (3, ""));
    for part in [
        ".plimsoll.yaml:1:10",
        "unknown key `rule`",
        "did you mean `rules`?",
        "there is no rule `container-privilegd`",
        "did you mean `container-privileged`?",
        "off, on, error, warning or info",
        "did you mean `minReplicas`?",
        "a whole number, not negative",
        "an exemption without a reason",
        "a date that exists, such as 2027-01-31",
        "`a[` is no glob",
        "a version such as \"1.34\"",
    ] {
        assert!(
            run.stderr.contains(part),
            "{part:?} is not in\n{}",
            run.stderr
        );
    }
}

#[test]
fn it_is_found_upward_or_by_name() {
    let folder = Folder::with(&[
        ("deep/er/a.yaml", PRIVILEGED),
        (
            "deep/.plimsoll.yaml",
            "rules: {container-privileged: info}\n",
        ),
        ("other.yaml", "rules: {container-privileged: warning}\n"),
    ]);
    let severity = |arguments: &[&str]| {
        folder.check(RULE, arguments).json()["findings"][0]["severity"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(severity(&["deep/er"]), "info");
    assert_eq!(severity(&["deep/er/a.yaml"]), "info");
    assert_eq!(severity(&["deep/er", "--config", "other.yaml"]), "warning");
    assert_eq!(severity(&["."]), "error");
}

#[test]
fn rules_are_set_and_differ_by_environment() {
    let folder = Folder::with(&[
        ("dev/a.yaml", PRIVILEGED),
        ("prod/a.yaml", PRIVILEGED),
        (
            ".plimsoll.yaml",
            "rules: {container-privileged: warning}\nenvironments:\n  dev: {paths: [\"dev/**\"], rules: {container-privileged: off}}\n",
        ),
    ]);
    let report = folder
        .run(&["check", "--format", "json", "--item", "security"])
        .json();
    let found: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["rule"] == RULE)
        .collect();
    assert_eq!(found.len(), 1);
    assert_eq!(
        (
            found[0]["location"]["file"].as_str(),
            found[0]["severity"].as_str()
        ),
        (Some("prod/a.yaml"), Some("warning"))
    );
}

#[test]
fn an_exemption_excuses_what_it_names_until_its_day() {
    let with = |exemption: &str| {
        let folder = Folder::with(&[
            ("a.yaml", PRIVILEGED),
            (".plimsoll.yaml", &format!("exemptions:\n  - {exemption}\n")),
        ]);
        let run = folder.run(&[
            "check",
            "--format",
            "json",
            "--rule",
            RULE,
            "--rule",
            "exemption-unused",
            "--rule",
            "exemption-expired",
        ]);
        let report = run.json();
        let open: Vec<String> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|f| f["suppressed"].is_null())
            .map(|f| f["rule"].as_str().unwrap().to_owned())
            .collect();
        open
    };
    assert_eq!(
        with(
            "{rule: container-privileged, reason: r, resource: {kind: Pod, name: \"deb*\", namespace: tools}, expires: 2999-01-01}"
        ),
        [""; 0]
    );
    assert_eq!(
        with("{rule: container-privileged, reason: r, path: \"*.yaml\"}"),
        [""; 0]
    );
    assert_eq!(
        with("{rule: container-privileged, reason: r, resource: {name: other}}"),
        [RULE, "exemption-unused"]
    );
    assert_eq!(
        with("{rule: container-privileged, reason: r, expires: 2020-01-01}"),
        [RULE, "exemption-expired"]
    );
}

#[test]
fn comments_can_be_forbidden_to_excuse() {
    let excused = PRIVILEGED.replace(
        "privileged: true",
        "privileged: true # plimsoll: allow(container-privileged) needs it",
    );
    let folder = Folder::with(&[
        ("a.yaml", &excused),
        (".plimsoll.yaml", "inlineExemptions: false\n"),
    ]);
    let run = folder.run(&[
        "check",
        "--format",
        "json",
        "--rule",
        RULE,
        "--rule",
        "exemption-invalid",
    ]);
    assert_eq!(run.rules().len(), 2, "{run:?}");
}

#[test]
fn pod_templates_of_other_kinds_are_judged_when_named() {
    let custom = "apiVersion: acme.io/v1\nkind: Runner\nmetadata: {name: r}\nspec:\n  pod:\n    spec:\n      containers:\n        - {name: a, image: a:1, securityContext: {privileged: true}}\n";
    let folder = Folder::with(&[("a.yaml", custom)]);
    let run = folder.check(RULE, &[]);
    assert_eq!(
        (run.rules(), run.not_checked()),
        (
            vec![],
            vec![("a.yaml".to_owned(), "unknown-kind".to_owned())]
        )
    );
    folder.write(
        ".plimsoll.yaml",
        b"podTemplates:\n  - {group: acme.io, kind: Runner, paths: [spec.pod]}\n",
    );
    let run = folder.check(RULE, &[]);
    assert_eq!(
        (run.rules(), run.not_checked()),
        (vec![RULE.to_owned()], vec![])
    );
    assert_eq!(
        run.json()["findings"][0]["path"],
        "spec.pod.spec.containers[0].securityContext.privileged"
    );
}

#[test]
fn init_writes_what_check_reads_and_the_schema_accepts() {
    let folder = Folder::with(&[("a.yaml", PRIVILEGED)]);
    let before = folder.check(RULE, &[]).stdout;
    assert_eq!(folder.run(&["init"]).code, 0);
    assert_eq!(
        folder.check(RULE, &[]).stdout,
        before,
        "a fresh configuration changes nothing"
    );
    assert_eq!(folder.run(&["init"]).code, 3, "it is not overwritten");
    let schema: Value = serde_json::from_str(&folder.run(&["schema", "config"]).stdout).unwrap();
    let validator = validator_for(&schema).unwrap();
    let good = serde_json::json!({"version": 1, "rules": {"container-privileged": "off"}, "facts": {"minReplicas": 3}, "exemptions": [{"rule": "container-privileged", "reason": "r"}]});
    assert!(validator.is_valid(&good));
    for bad in [
        serde_json::json!({"rule": {}}),
        serde_json::json!({"rules": {"x": "off"}}),
        serde_json::json!({"exemptions": [{"rule": "container-privileged"}]}),
    ] {
        assert!(!validator.is_valid(&bad), "{bad}");
    }
    // Every line that is commented out is right when it is not: prose has one blank after its mark.
    let text = std::fs::read_to_string(folder.path().join(".plimsoll.yaml")).unwrap();
    let uncomment = |line: &str| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with(' ') || rest.starts_with("  ") => rest.to_owned(),
        _ => line
            .trim_end_matches(" {}")
            .trim_end_matches(" []")
            .to_owned(),
    };
    let uncommented: Vec<String> = text.lines().map(uncomment).collect();
    folder.write(".plimsoll.yaml", uncommented.join("\n").as_bytes());
    let run = folder.run(&["check", "--format", "json", "--rule", RULE]);
    assert_eq!(run.code, 1, "{}\n{}", run.stderr, uncommented.join("\n"));
}
