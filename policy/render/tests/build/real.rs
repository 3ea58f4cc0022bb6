//! What `kubectl kustomize` says.

use std::process::{Command, Output};

use crate::case::{Case, Outcome, difference as lines};

/// Whether there is a kubectl with the kustomize that is rebuilt here.
pub(crate) fn is_there() -> bool {
    let version = Command::new("kubectl")
        .args(["version", "--client"])
        .output();
    version.is_ok_and(|said| {
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        said.contains("Kustomize Version: v5.5.")
    })
}

fn build(case: &Case) -> Output {
    let folder = tempfile::tempdir().expect("a folder to write to");
    for (path, bytes) in case.memory().0 {
        let path = folder.path().join(path);
        let inside = path.parent().expect("a file lies in a folder");
        std::fs::create_dir_all(inside).expect("its folder");
        std::fs::write(path, bytes).expect("the file");
    }
    let root = folder.path().join(case.root());
    let output = Command::new("kubectl").arg("kustomize").arg(root).output();
    output.expect("kubectl runs")
}

/// What it prints, with the version of the release that kubectl is built with; kubectl does not know it.
fn released(printed: &[u8]) -> String {
    String::from_utf8_lossy(printed).replace("kustomize-(devel)", "kustomize-v5.5.0")
}

/// How what kustomize says differs from what a case expects. Nothing is asked where something is not rendered here: it
/// could be fetched, or run.
pub(crate) fn difference(case: &Case) -> Option<String> {
    let expected = &case.expected;
    let fetched = case
        .memory()
        .0
        .keys()
        .any(|path| path.starts_with("copies/"));
    if fetched || (!expected.faults.is_empty() && !expected.broken) {
        return None;
    }
    let output = build(case);
    let said = String::from_utf8_lossy(&output.stderr);
    if expected.broken {
        let name = &case.name;
        return output
            .status
            .success()
            .then(|| format!("{name}: kustomize builds it"));
    }
    let printed = released(&output.stdout);
    if !output.status.success() {
        return Some(format!("{}: kustomize: {said}", case.name));
    }
    (printed != expected.printed)
        .then(|| format!("{}\n{}", case.name, lines(&expected.printed, &printed)))
}

/// An outcome with what kustomize prints, where it builds.
pub(crate) fn printed(case: &Case, found: &Outcome) -> Outcome {
    let mut outcome = found.clone();
    let fetched = case
        .memory()
        .0
        .keys()
        .any(|path| path.starts_with("copies/"));
    if found.faults.is_empty() && !fetched {
        let output = build(case);
        let said = if output.status.success() {
            output.stdout
        } else {
            output.stderr
        };
        outcome.printed = released(&said);
    }
    outcome
}
