//! What the documents say is so.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support::Folder;

const API: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  namespace: shop
spec:
  selector:
    matchLabels: {app: api}
  template:
    metadata:
      labels: {app: api}
    spec:
      containers:
        - name: api
          image: ghcr.io/acme/api:1.4.2
          resources:
            requests: {cpu: 100m, memory: 256Mi}
            limits: {cpu: \"1\"}
";

/// What the overlays of the README build upon.
const BASE: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  selector:
    matchLabels: {app: api}
  template:
    metadata:
      labels: {app: api}
    spec:
      containers:
        - name: api
          image: example.com/api:1.4.2
          securityContext:
            privileged: false
";
const COMPONENT: &str = "apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches: [{path: privileged.yaml}]
";
const PRIVILEGED: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  template:
    spec:
      containers:
        - name: api
          securityContext:
            privileged: true
";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// The run of the README, without its time.
fn without_time(text: &str) -> String {
    let line = |line: &str| match line
        .split_once(" rules, ")
        .or_else(|| line.split_once(" rule, "))
    {
        Some((before, _)) => before.to_owned(),
        None => line.trim_end().to_owned(),
    };
    text.trim().lines().map(line).collect::<Vec<_>>().join("\n")
}

/// That the README shows what a command prints in a folder.
fn is_shown(folder: &Folder, command: &str) {
    let args: Vec<&str> = command.split(' ').skip(1).collect();
    let printed = folder.run(&args).stdout;
    let readme = text("README.md");
    let (_, after) = readme.split_once(&format!("$ {command}\n")).unwrap();
    let (shown, _) = after.split_once("```").unwrap();
    assert_eq!(
        without_time(shown),
        without_time(&printed),
        "the README should show\n{printed}"
    );
}

#[test]
fn the_readme_shows_what_is_printed() {
    let one_file = Folder::with(&[("api.yaml", API)]);
    is_shown(
        &one_file,
        "plimsoll check api.yaml --rule memory-limit-missing",
    );
    let overlay = |name: &str, more: &str| {
        let file = format!("overlays/{name}/kustomization.yaml");
        (
            file,
            format!("namePrefix: {name}-\nresources: [../../base]\n{more}"),
        )
    };
    let takes_it = "components: [../../components/debug]\n";
    let mut files = vec![
        (
            "base/kustomization.yaml".to_owned(),
            "resources: [deployment.yaml]\n".to_owned(),
        ),
        ("base/deployment.yaml".to_owned(), BASE.to_owned()),
        (
            "components/debug/kustomization.yaml".to_owned(),
            COMPONENT.to_owned(),
        ),
        (
            "components/debug/privileged.yaml".to_owned(),
            PRIVILEGED.to_owned(),
        ),
    ];
    files.extend(
        [("dev", takes_it), ("staging", takes_it), ("prod", "")].map(|(n, m)| overlay(n, m)),
    );
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (&**p, &**t)).collect();
    is_shown(
        &Folder::with(&files),
        "plimsoll check . --rule container-privileged",
    );
}

#[test]
fn every_link_of_a_document_leads_somewhere() {
    let documents = [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "docs/durability.md",
        "docs/operating-sspp.md",
        "docs/performance.md",
        "docs/rendering.md",
        "gitops/README.md",
    ];
    for document in documents {
        let folder = root().join(document).parent().unwrap().to_owned();
        for target in text(document)
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split_once(')').map(|(target, _)| target.to_owned()))
        {
            let path = target.split('#').next().unwrap_or_default();
            if !path.is_empty() && !path.contains("://") {
                assert!(
                    folder.join(path).exists(),
                    "{document}: {target} leads nowhere"
                );
            }
        }
    }
}

#[test]
fn the_checker_needs_no_server_and_no_terminal() {
    let output = std::process::Command::new(env!("CARGO"))
        .args([
            "tree",
            "--package",
            "plimsoll-check",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--locked",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let tree = String::from_utf8(output.stdout).unwrap();
    let crates: BTreeSet<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(crates.contains("plimsoll-yaml"), "{tree}");
    for banned in ["tokio", "axum", "clap", "miette"] {
        assert!(!crates.contains(banned), "plimsoll-check pulls in {banned}");
    }
}

/// Rust files under a folder.
fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_source_file_is_in_the_module_tree() {
    for source in [
        "policy/yaml/src",
        "policy/check/src",
        "policy/cli/src",
        "tests/xtask/src",
        "tests/cli",
    ] {
        let mut files = Vec::new();
        rust_files(&root().join(source), &mut files);
        for file in files {
            let stem = file.file_stem().unwrap().to_str().unwrap();
            if matches!(stem, "lib" | "main") {
                continue;
            }
            // `a/mod.rs` is named where `a.rs` would be.
            let (name, folder) = match stem {
                "mod" => (
                    file.parent()
                        .unwrap()
                        .file_name()
                        .unwrap()
                        .to_str()
                        .unwrap(),
                    file.parent().unwrap().parent().unwrap(),
                ),
                _ => (stem, file.parent().unwrap()),
            };
            let parents = ["lib.rs", "main.rs", "mod.rs"]
                .map(|parent| folder.join(parent))
                .into_iter()
                .chain([folder.with_extension("rs")]);
            let named = |parent: PathBuf| {
                let text = std::fs::read_to_string(parent).unwrap_or_default();
                text.contains(&format!("mod {name};"))
                    || text.lines().any(|line| line == format!("    {name},"))
            };
            assert!(
                parents.into_iter().any(named),
                "{} is in no module tree",
                file.display()
            );
        }
    }
}
