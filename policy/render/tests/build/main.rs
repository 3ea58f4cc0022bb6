//! Kustomizations built from files in memory: what comes of them, where each part of it comes from, and what is said of
//! those that do not build. What is expected was printed by `kubectl kustomize`, and is again where there is one.

mod case;
mod hostile;
mod memory;
mod real;

use std::path::{Path, PathBuf};

use case::Case;
use memory::Memory;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/build/cases")
}

/// The files of cases, sorted.
fn files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).expect("the folder of cases");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("a file of cases").path())
        .collect();
    paths.sort();
    paths
}

/// `UPDATE_CASES=1 cargo test -p plimsoll-render --test build` writes what comes of the cases into their files: what
/// builds as kustomize prints it, the rest as it is here.
#[test]
fn cases_come_to_what_they_say() {
    #[expect(
        clippy::disallowed_methods,
        reason = "a switch for whoever works on the cases"
    )]
    let update = std::env::var("UPDATE_CASES").is_ok();
    let mut wrong = Vec::new();
    for path in files() {
        let text = std::fs::read_to_string(&path).unwrap();
        let cases = case::read(&text);
        let found: Vec<_> = cases.iter().map(Case::run).collect();
        if update {
            let written: Vec<_> = cases
                .iter()
                .zip(&found)
                .map(|(case, found)| case.written(&real::printed(case, found)))
                .collect();
            std::fs::write(&path, written.concat()).unwrap();
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let cases = cases.iter().zip(found);
        wrong.extend(
            cases
                .filter(|(case, found)| case.expected != *found)
                .map(|(case, found)| format!("{name}: {}\n{}", case.name, case.difference(&found))),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn kustomize_says_the_same() {
    if !real::is_there() {
        println!("skipped: there is no kubectl with kustomize v5.5 here");
        return;
    }
    let mut wrong = Vec::new();
    for path in files() {
        let text = std::fs::read_to_string(&path).unwrap();
        let differences = case::read(&text)
            .into_iter()
            .filter_map(|case| real::difference(&case));
        wrong.extend(differences.map(|difference| format!("{}: {difference}", path.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
