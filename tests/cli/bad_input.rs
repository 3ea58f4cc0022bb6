//! What cannot be read has an entry of its own, the rest is checked, and nothing panics.

use crate::support::{Folder, HARMLESS, PRIVILEGED};

const RULE: &str = "container-privileged";

/// Runs over a bad file beside a good one; the good one is always judged.
fn beside(name: &str, bytes: &[u8]) -> crate::support::Run {
    let folder = Folder::with(&[("zzz.yaml", PRIVILEGED)]);
    folder.write(name, bytes);
    let run = folder.check(RULE, &[]);
    assert!(
        run.rules().contains(&RULE.to_owned()),
        "{name}: the file beside it was not judged: {run:?}"
    );
    assert_eq!(run.code, 1, "findings win over what was not checked");
    run
}

fn entry(name: &str, reason: &str) -> Vec<(String, String)> {
    vec![(name.to_owned(), reason.to_owned())]
}

#[test]
fn binary_text_and_other_encodings_are_told_apart() {
    assert_eq!(
        beside("a.yaml", b"\x00\x01\x02apiVersion").not_checked(),
        entry("a.yaml", "binary")
    );
    assert_eq!(
        beside("a.yaml", b"kind: \xff\xfe\n").not_checked(),
        entry("a.yaml", "not-utf-8")
    );
    assert_eq!(
        beside("a.yaml", b"\xff\xfek\x00").not_checked(),
        entry("a.yaml", "not-utf-8")
    );
}

#[test]
fn a_huge_file_is_refused_without_being_read() {
    let folder = Folder::with(&[("zzz.yaml", PRIVILEGED)]);
    let path = folder.write("huge.yaml", b"");
    std::fs::OpenOptions::new()
        .write(true)
        .open(path)
        .unwrap()
        .set_len(2 << 30)
        .unwrap();
    let run = folder.check(RULE, &[]);
    assert_eq!(run.not_checked(), entry("huge.yaml", "too-large"));
    assert_eq!(run.rules(), [RULE]);
}

#[test]
fn a_missing_path_is_said() {
    let run =
        Folder::with(&[("zzz.yaml", PRIVILEGED)]).check(RULE, &["zzz.yaml", "no/such/folder"]);
    assert_eq!(
        (run.not_checked(), run.code),
        (entry("no/such/folder", "missing"), 1)
    );
    let run = Folder::with(&[]).check(RULE, &["no/such/folder"]);
    assert_eq!(
        (run.not_checked(), run.code),
        (entry("no/such/folder", "missing"), 2)
    );
}

#[test]
fn nothing_to_check_is_not_clean() {
    let run = Folder::with(&[]).check(RULE, &[]);
    assert_eq!(
        (run.not_checked(), run.code),
        (entry(".", "nothing-to-check"), 2)
    );
    let run = Folder::with(&[("values.yaml", "a: 1\n")]).check(RULE, &[]);
    assert_eq!(run.code, 2, "{run:?}");
}

#[test]
#[cfg(unix)]
fn links_that_lead_nowhere_or_back_are_said() {
    use std::os::unix::fs::symlink;
    let folder = Folder::with(&[("sub/zzz.yaml", PRIVILEGED)]);
    symlink("..", folder.path().join("sub/up")).unwrap();
    symlink("loop.yaml", folder.path().join("loop.yaml")).unwrap();
    symlink("gone", folder.path().join("dangling.yaml")).unwrap();
    symlink("sub/zzz.yaml", folder.path().join("same.yaml")).unwrap();
    let run = folder.check(RULE, &[]);
    let mut expected = entry("dangling.yaml", "symlink-loop");
    expected.extend(entry("loop.yaml", "symlink-loop"));
    expected.extend(entry("sub/up", "symlink-loop"));
    assert_eq!(run.not_checked(), expected);
    assert_eq!(
        run.rules(),
        [RULE],
        "a file is judged once, however many links lead to it"
    );
}

#[test]
#[cfg(unix)]
fn a_pipe_is_not_read() {
    let folder = Folder::with(&[("zzz.yaml", PRIVILEGED)]);
    let status = std::process::Command::new("mkfifo")
        .arg(folder.path().join("pipe.yaml"))
        .status()
        .unwrap();
    assert!(status.success());
    let run = folder.check(RULE, &["zzz.yaml", "pipe.yaml"]);
    assert_eq!(run.not_checked(), entry("pipe.yaml", "unreadable"));
}

#[test]
fn templates_are_not_judged() {
    let run = beside(
        "a.yaml",
        b"apiVersion: v1\nkind: {{ .Values.kind }}\n{{- if .Values.x }}\nmetadata: x\n{{- end }}\n",
    );
    assert_eq!(run.not_checked(), entry("a.yaml", "template"));
    let folder = Folder::with(&[
        (
            "app/Chart.yaml",
            "apiVersion: v2\nname: app\nversion: 0.1.0\n",
        ),
        ("app/values.yaml", "image: x\n"),
        ("app/templates/deployment.yaml", "kind: {{ .x }}\n"),
        ("zzz.yaml", PRIVILEGED),
    ]);
    let run = folder.check(RULE, &[]);
    assert_eq!(
        (run.not_checked(), run.rules()),
        (entry("app/Chart.yaml", "chart"), vec![RULE.to_owned()])
    );
}

#[test]
fn a_broken_document_does_not_hide_the_others() {
    let text = format!("{HARMLESS}---\napiVersion: v1\nkind: [\n---\n{PRIVILEGED}");
    let folder = Folder::with(&[("a.yaml", &text)]);
    let run = folder.run(&[
        "check",
        "--format",
        "json",
        "--rule",
        RULE,
        "--rule",
        "yaml-invalid",
    ]);
    assert_eq!(run.rules(), ["yaml-invalid", RULE]);
    assert_eq!(run.json()["summary"]["resources"], 2);
}

#[test]
fn shapes_that_no_object_has_are_survived() {
    for text in [
        "apiVersion: v1\nkind: Pod\nmetadata: text\nspec: [1]\n",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: [x], labels: 3, annotations: yes}\nspec: {template: {metadata: null, spec: {containers: {a: b}, volumes: 1, initContainers: [null, 1, []]}}}\n",
        "apiVersion: {a: b}\nkind: [x]\n",
        "- 1\n- 2\n",
        "just text\n",
        "apiVersion: v1\nkind: List\nitems: nope\n",
        "apiVersion: v1\nkind: List\nitems: [null, {kind: Pod}, {apiVersion: v1, kind: List, items: []}]\n",
        "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: [a], ports: {x: y}}\n",
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n}\nspec: {podSelector: 1, ingress: {from: x}, egress: [null]}\n",
    ] {
        let folder = Folder::with(&[("a.yaml", text)]);
        let run = folder.run(&["check", "--format", "json", "--all-rules"]);
        assert!(matches!(run.code, 0..=2), "{text:?}: {run:?}");
    }
}

#[test]
fn deep_wide_and_repeating_texts_end_in_a_clear_error() {
    let deep = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\ndata: {}1{}\n",
        "[".repeat(5000),
        "]".repeat(5000)
    );
    let bomb = (1..12).fold("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned(), |text, level| {
        let before = level - 1;
        format!("{text}a{level}: &a{level} [{}]\n", vec![format!("*a{before}"); 10].join(", "))
    });
    for text in [deep, bomb] {
        let run = Folder::with(&[("a.yaml", &text)]).check("yaml-invalid", &[]);
        assert_eq!(run.rules(), ["yaml-invalid"]);
    }
    let stream = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n".repeat(100);
    let run = Folder::with(&[("a.yaml", &stream)]).check("yaml-invalid", &[]);
    assert_eq!(run.json()["summary"]["resources"], 100);
}

#[test]
fn standard_input_is_a_file_like_others() {
    let folder = Folder::with(&[]);
    let run = folder.run_with(
        &["check", "--format", "json", "--rule", RULE, "-"],
        &[],
        PRIVILEGED,
    );
    assert_eq!((run.rules(), run.code), (vec![RULE.to_owned()], 1));
    assert_eq!(run.json()["findings"][0]["location"]["file"], "<stdin>");
    let run = folder.run_with(&["check", "--format", "json", "--rule", RULE, "-"], &[], "");
    assert_eq!(run.code, 2);
}

#[test]
fn a_json_manifest_is_read_and_other_json_is_not() {
    let folder = Folder::with(&[
        (
            "pod.json",
            r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": {"containers": [{"name": "a", "image": "a:1", "securityContext": {"privileged": true}}]}}"#,
        ),
        ("tsconfig.json", "{ // a comment\n \"a\": 1, }"),
        (
            "bom.yaml",
            &format!("\u{feff}{}", PRIVILEGED.replace('\n', "\r\n")),
        ),
    ]);
    let run = folder.run(&[
        "check",
        "--format",
        "json",
        "--rule",
        RULE,
        "--rule",
        "yaml-invalid",
    ]);
    assert_eq!(run.rules(), [RULE, RULE]);
    assert_eq!(run.json()["findings"][0]["location"]["line"], 11);
}
