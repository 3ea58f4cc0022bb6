//! Which files are read.

use crate::support::{Folder, HARMLESS, PRIVILEGED};

const RULE: &str = "container-privileged";

fn files(run: &crate::support::Run) -> Vec<String> {
    let report = run.json();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| finding["location"]["file"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn what_git_ignores_is_not_read() {
    let folder = Folder::with(&[
        (".gitignore", "generated/\n*.local.yaml\n!keep.local.yaml\n"),
        ("a.yaml", PRIVILEGED),
        ("b.yml", PRIVILEGED),
        ("c.local.yaml", PRIVILEGED),
        ("keep.local.yaml", PRIVILEGED),
        ("generated/d.yaml", PRIVILEGED),
        (".hidden/e.yaml", PRIVILEGED),
        (".git/f.yaml", PRIVILEGED),
        ("notes.txt", PRIVILEGED),
    ]);
    assert_eq!(
        files(&folder.check(RULE, &[])),
        [".hidden/e.yaml", "a.yaml", "b.yml", "keep.local.yaml"]
    );
    assert_eq!(
        files(&folder.check(RULE, &["generated/d.yaml", "notes.txt"])),
        ["generated/d.yaml", "notes.txt"],
        "what is named is read"
    );
}

#[test]
fn paths_are_shown_as_they_are_named() {
    let folder = Folder::with(&[("k8s/a.yaml", PRIVILEGED)]);
    assert_eq!(files(&folder.check(RULE, &["./k8s"])), ["k8s/a.yaml"]);
    assert_eq!(
        files(&folder.check(RULE, &["k8s/", "k8s/a.yaml"])),
        ["k8s/a.yaml"],
        "a file is judged once"
    );
}

#[test]
fn a_folder_is_the_same_however_it_is_written() {
    let folder = Folder::with(&[
        ("tree/base/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("tree/base/pod.yaml", PRIVILEGED),
        (
            "tree/overlays/dev/kustomization.yaml",
            "namePrefix: dev-\nresources: [../../base]\n",
        ),
    ]);
    let seen = |inner: &str, path: &str| {
        let run = folder.check_in(inner, RULE, &[path]);
        let summary = run.json()["summary"].clone();
        let counts =
            ["files", "resources", "roots", "not_checked"].map(|count| summary[count].clone());
        assert_eq!(counts, [3, 1, 1, 0], "{inner}: {path}: {run:?}");
        files(&run)
    };
    for path in [
        ".",
        "./",
        ".//",
        "base/..",
        "./base/.././",
        "overlays//dev/../..",
        "../tree",
    ] {
        assert_eq!(seen("tree", path), ["base/pod.yaml"], "{path}");
    }
    for path in ["tree", "tree//", "tree/.", ".//tree", "tree/base//.."] {
        assert_eq!(seen("", path), ["tree/base/pod.yaml"], "{path}");
    }
    // From inside, what lies here has one name only if that is the whole path.
    let real = folder.path().canonicalize().unwrap();
    let whole = real.join("tree/base/pod.yaml").to_str().unwrap().to_owned();
    for path in ["..", "../../tree"] {
        assert_eq!(seen("tree/overlays", path), [&*whole], "{path}");
    }
    assert_eq!(
        files(&folder.check_in("tree/overlays", RULE, &["../base/./"])),
        ["../base/pod.yaml"]
    );
}

#[test]
fn ignore_in_the_configuration_leaves_files_out() {
    let folder = Folder::with(&[
        ("a.yaml", PRIVILEGED),
        ("vendor/b.yaml", PRIVILEGED),
        (".plimsoll.yaml", "ignore: [\"vendor/**\"]\n"),
    ]);
    assert_eq!(files(&folder.check(RULE, &[])), ["a.yaml"]);
}

#[test]
fn context_is_read_and_only_named_files_are_reported() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: tools}\nspec: {selector: {app: a}}\n";
    let pod = PRIVILEGED.replace(
        "  namespace: tools\n",
        "  namespace: tools\n  labels: {app: a}\n",
    );
    let folder = Folder::with(&[
        ("svc.yaml", service),
        ("pod.yaml", &pod),
        ("other.yaml", PRIVILEGED),
        ("README.md", "text"),
    ]);
    let rules = [
        "check",
        "--format",
        "json",
        "--rule",
        RULE,
        "--rule",
        "service-selects-nothing",
    ];
    let alone = folder.run(&[&rules[..], &["svc.yaml"]].concat());
    assert_eq!(alone.rules(), ["service-selects-nothing"]);
    let in_context = folder.run(&[&rules[..], &["--context", ".", "svc.yaml"]].concat());
    assert_eq!((in_context.rules(), in_context.code), (vec![], 0));
    let bad = folder.run(&[&rules[..], &["--context", ".", "pod.yaml", "svc.yaml"]].concat());
    assert_eq!((files(&bad), bad.code), (vec!["pod.yaml".to_owned()], 1));
    let none = folder.run(&[&rules[..], &["--context", ".", "README.md"]].concat());
    assert_eq!((none.rules(), none.code), (vec![], 0));
}

#[test]
fn the_threshold_decides_the_exit_code() {
    let folder = Folder::with(&[("a.yaml", PRIVILEGED), ("b.yaml", HARMLESS)]);
    assert_eq!(folder.check(RULE, &["--fail-on", "never"]).code, 0);
    assert_eq!(folder.check(RULE, &["b.yaml"]).code, 0);
    folder.write(
        ".plimsoll.yaml",
        b"rules: {container-privileged: warning}\n",
    );
    assert_eq!(
        folder
            .run(&[
                "check",
                "--format",
                "json",
                "a.yaml",
                "--item",
                "14",
                "--fail-on",
                "error"
            ])
            .json()["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|f| f["severity"] == "error" && f["rule"] == RULE)
            .count(),
        0
    );
    assert_eq!(folder.check(RULE, &["--fail-on", "warning"]).code, 1);
    assert_eq!(folder.check(RULE, &["--fail-on", "error"]).code, 0);
}

#[test]
fn wrong_usage_ends_with_3() {
    let folder = Folder::with(&[("a.yaml", HARMLESS)]);
    for arguments in [
        &["check", "--no-such-option"][..],
        &["check", "--rule", "no-such-rule"],
        &["check", "--item", "16"],
        &["check", "--config", "gone.yaml"],
        &["check", "--output", "x.json", "--format", "json"],
        &["check", "--format", "json", "--format", "sarif"],
        &[
            "check",
            "--format",
            "json",
            "--output",
            "no/such/folder/x.json",
        ],
        &["explain", "no-such-rule"],
        &["frobnicate"],
    ] {
        let run = folder.run(arguments);
        assert_eq!(run.code, 3, "{arguments:?}: {run:?}");
        assert!(
            run.stdout.is_empty() && !run.stderr.is_empty(),
            "{arguments:?}: {run:?}"
        );
    }
    assert_eq!(folder.run(&["--help"]).code, 0);
    assert_eq!(
        folder.run(&["--version"]).stdout.trim(),
        concat!("plimsoll ", env!("CARGO_PKG_VERSION"))
    );
}
