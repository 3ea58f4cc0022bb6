//! Every format says the same, and says it as its readers want it.

use jsonschema::validator_for;
use serde_json::Value;

use crate::support::{Folder, HARMLESS, PRIVILEGED};

const UNICODE: &str = "apiVersion: v1
kind: Pod
metadata:
  name: debug # ünïcödé, before the fault
spec:
  containers:
    - {name: shell, image: \"日本:1\", securityContext: {privileged: true}}
";

fn mixed() -> Folder {
    Folder::with(&[
        ("a/privileged.yaml", PRIVILEGED),
        ("a/excused.yaml", &PRIVILEGED.replace("privileged: true", "privileged: true # plimsoll: allow(container-privileged) needs the device until 2999-12-31")),
        ("b/with space/ünï.yaml", UNICODE),
        ("b/broken.yaml", "apiVersion: v1\nkind: [\n"),
        ("b/service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: nobody}}\n"),
        ("chart/Chart.yaml", "name: chart\nversion: 1.0.0\napiVersion: v2\n"),
        ("chart/templates/x.yaml", "kind: {{ .Values.kind }}\n"),
        ("c.yaml", HARMLESS),
    ])
}

fn valid(schema: &Value, instance: &Value) {
    let validator = validator_for(schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(instance)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn json_is_what_its_schema_says() {
    let folder = mixed();
    let schema: Value = serde_json::from_str(&folder.run(&["schema", "report"]).stdout).unwrap();
    for arguments in [
        &["check", "--format", "json", "--all-rules"][..],
        &["check", "--format", "json", "c.yaml"],
    ] {
        valid(&schema, &folder.run(arguments).json());
    }
}

#[test]
fn json_counts_characters_and_names_the_field() {
    let run = mixed().check("container-privileged", &["b"]);
    let finding = &run.json()["findings"][0];
    assert_eq!(finding["location"]["file"], "b/with space/ünï.yaml");
    assert_eq!(
        (
            finding["location"]["line"].as_u64(),
            finding["location"]["column"].as_u64()
        ),
        (Some(7), Some(66))
    );
    assert_eq!(
        finding["path"],
        "spec.containers[0].securityContext.privileged"
    );
    assert_eq!(finding["resource"]["name"], "debug");
}

#[test]
fn what_is_excused_is_shown_as_excused() {
    let report = mixed().check("container-privileged", &["a"]).json();
    let excused: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| !finding["suppressed"].is_null())
        .collect();
    assert_eq!(excused.len(), 1);
    assert_eq!(excused[0]["suppressed"]["reason"], "needs the device");
    assert_eq!(excused[0]["suppressed"]["expires"], "2999-12-31");
    assert_eq!(
        (
            report["summary"]["findings"]["error"].as_u64(),
            report["summary"]["suppressed"].as_u64()
        ),
        (Some(1), Some(1))
    );
}

#[test]
fn sarif_is_what_its_schema_says() {
    let schema: Value =
        serde_json::from_str(include_str!("../schemas/sarif-schema-2.1.0.json")).unwrap();
    let folder = mixed();
    let log = folder
        .run(&["check", "--format", "sarif", "--all-rules"])
        .json();
    valid(&schema, &log);
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    let privileged = results
        .iter()
        .find(|result| {
            result["ruleId"] == "container-privileged" && result["suppressions"].is_null()
        })
        .unwrap();
    let index = usize::try_from(privileged["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(
        run["tool"]["driver"]["rules"][index]["id"],
        "container-privileged"
    );
    let place = &privileged["locations"][0]["physicalLocation"];
    assert_eq!(
        (
            place["artifactLocation"]["uri"].as_str(),
            place["region"]["startLine"].as_u64()
        ),
        (Some("a/privileged.yaml"), Some(11))
    );
    assert!(privileged["partialFingerprints"]["plimsoll/v1"].is_string());
    assert!(results.iter().any(
        |result| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            == "b/with%20space/%C3%BCn%C3%AF.yaml"
    ));
    assert!(
        run["invocations"][0]["toolExecutionNotifications"]
            .to_string()
            .contains("chart/Chart.yaml")
    );
}

#[test]
fn github_prints_commands_and_writes_the_summary() {
    let folder = mixed();
    let summary = folder.path().join("summary.md");
    std::fs::write(&summary, "before\n").unwrap();
    let run = folder.run_with(
        &["check", "--format", "github", "a", "chart"],
        &[("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())],
        "",
    );
    let command = run
        .stdout
        .lines()
        .find(|line| line.contains("title=container-privileged"))
        .unwrap();
    assert!(
        command
            .starts_with("::error file=a/privileged.yaml,line=11,endLine=11,col=21,endColumn=25,"),
        "{command}"
    );
    assert!(command.contains("%0Ahelp: "), "{command}");
    assert!(
        run.stdout.contains("::warning file=chart/Chart.yaml"),
        "{}",
        run.stdout
    );
    let written = std::fs::read_to_string(summary).unwrap();
    assert!(
        written.starts_with("before\n## Plimsoll: ")
            && written.contains("`a/privileged.yaml:11:21`"),
        "{written}"
    );
}

#[test]
fn junit_counts_what_it_holds() {
    let run = mixed().run(&["check", "--format", "junit"]);
    let count = |needle: &str| run.stdout.matches(needle).count();
    let head = run.stdout.lines().nth(1).unwrap();
    assert!(
        head.contains(&format!("tests=\"{}\"", count("<testcase"))),
        "{head}"
    );
    assert!(
        head.contains(&format!("failures=\"{}\"", count("<failure"))),
        "{head}"
    );
    assert!(count("<skipped") >= 1);
    assert_eq!(count("<testsuite "), count("</testsuite>"));
    let clean = Folder::with(&[("c.yaml", HARMLESS)]).run(&[
        "check",
        "--format",
        "junit",
        "--rule",
        "container-privileged",
    ]);
    assert!(
        clean.stdout.contains("tests=\"1\" failures=\"0\""),
        "{}",
        clean.stdout
    );
}

#[test]
fn markdown_keeps_the_text_of_manifests_as_text() {
    let folder = Folder::with(&[(
        "x.yaml",
        &PRIVILEGED.replace("name: shell", "name: \"<img src=x>@everyone|\""),
    )]);
    let run = folder.run(&[
        "check",
        "--format",
        "markdown",
        "--rule",
        "container-privileged",
    ]);
    assert!(
        !run.stdout.contains("<img") && !run.stdout.contains("@everyone"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("container-privileged (1)"));
}

#[test]
fn people_see_the_line_and_what_to_write() {
    let run = mixed().run(&[
        "check",
        "a/privileged.yaml",
        "--rule",
        "container-privileged",
    ]);
    for part in [
        "container `shell` is privileged",
        "a/privileged.yaml:11:21",
        "privileged: true",
        "help:",
        "1 error in 1 file and 1 object",
    ] {
        assert!(
            run.stdout.contains(part),
            "{part:?} is not in\n{}",
            run.stdout
        );
    }
    assert!(!run.stdout.contains('\u{1b}'), "colours in a pipe");
}

#[test]
fn colours_come_when_asked_for() {
    let folder = mixed();
    let check = ["check", "a", "--rule", "container-privileged"];
    assert!(
        folder
            .run(&[&check[..], &["--color", "always"]].concat())
            .stdout
            .contains('\u{1b}')
    );
    assert!(
        folder
            .run_with(&check, &[("CLICOLOR_FORCE", "1")], "")
            .stdout
            .contains('\u{1b}')
    );
    assert!(
        !folder
            .run_with(&check, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], "")
            .stdout
            .contains('\u{1b}')
    );
}

#[test]
fn thousands_of_findings_stay_readable() {
    let folder = Folder::with(&[]);
    for index in 0..3000 {
        folder.write(
            &format!("pods/{index:04}.yaml"),
            PRIVILEGED
                .replace("name: debug", &format!("name: debug-{index}"))
                .as_bytes(),
        );
    }
    let run = folder.run(&["check", "--rule", "container-privileged"]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.lines().count() < 60,
        "{} lines",
        run.stdout.lines().count()
    );
    assert!(
        run.stdout.contains("3000 findings") && run.stdout.contains("and 2994 more"),
        "{}",
        run.stdout
    );
}

#[test]
fn several_formats_go_to_their_files() {
    let folder = mixed();
    let run = folder.run(&[
        "check", "a", "--format", "json", "--output", "r.json", "--format", "sarif", "--output",
        "r.sarif", "--format", "human",
    ]);
    assert!(run.stdout.contains("container `shell` is privileged"));
    for file in ["r.json", "r.sarif"] {
        let text = std::fs::read_to_string(folder.path().join(file)).unwrap();
        assert!(serde_json::from_str::<Value>(&text).is_ok(), "{file}");
    }
}

#[test]
fn the_report_does_not_depend_on_threads() {
    let folder = Folder::with(&[]);
    for index in 0..200 {
        folder.write(
            &format!("{index}.yaml"),
            PRIVILEGED
                .replace("name: debug", &format!("name: d{}", index % 7))
                .as_bytes(),
        );
    }
    let arguments = ["check", "--format", "json", "--all-rules"];
    let one = folder.run_with(&arguments, &[("RAYON_NUM_THREADS", "1")], "");
    for _ in 0..3 {
        assert_eq!(
            folder
                .run_with(&arguments, &[("RAYON_NUM_THREADS", "4")], "")
                .stdout,
            one.stdout
        );
    }
}

#[test]
fn a_fingerprint_stays_when_lines_move() {
    let fingerprint = |text: &str| {
        let run = Folder::with(&[("x.yaml", text)]).check("container-privileged", &[]);
        run.json()["findings"][0]["fingerprint"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let first = fingerprint(PRIVILEGED);
    assert_eq!(fingerprint(&format!("# a comment\n\n{PRIVILEGED}")), first);
    let second_container = PRIVILEGED.replace(
        "  containers:\n",
        "  containers:\n    - {name: first, image: a:1}\n",
    );
    assert_eq!(fingerprint(&second_container), first);
    assert_ne!(
        fingerprint(&PRIVILEGED.replace("name: debug", "name: other")),
        first
    );
}
