//! What Flux and Argo CD deploy is judged as they deploy it.

use crate::support::{Folder, HARMLESS, PRIVILEGED, Run};

const RULE: &str = "container-privileged";

const GIT: &str = "apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {url: 'ssh://git@example.com/org/repo', ref: {branch: main}, interval: 1m}
";

fn flux(name: &str, more: &str) -> String {
    format!(
        "apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: {name}, namespace: flux-system}}
spec:
  interval: 10m
  sourceRef: {{kind: GitRepository, name: flux-system}}
{more}"
    )
}

fn application(name: &str, more: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
  project: apps
  destination: {{server: 'https://kubernetes.default.svc', namespace: {name}}}
{more}"
    )
}

fn roots(run: &Run) -> Vec<String> {
    let report = run.json();
    let findings = report["findings"].as_array().unwrap();
    let roots = findings.iter().map(|finding| finding["roots"].to_string());
    roots.collect()
}

#[test]
fn flux_deploys_into_its_namespace_with_its_variables() {
    let pod = PRIVILEGED
        .replace("  namespace: tools\n", "")
        .replace("privileged: true", "privileged: ${privileged:=false}");
    let on = "  path: ./apps\n  prune: true\n  targetNamespace: tools\n  postBuild: {substitute: {privileged: 'true'}}\n";
    let folder = Folder::with(&[
        ("clusters/prod/git.yaml", GIT),
        ("clusters/prod/apps.yaml", &flux("apps", on)),
        ("apps/pod.yaml", &pod),
    ]);
    let run = folder.check(RULE, &[]);
    assert_eq!(run.rules(), [RULE]);
    let report = run.json();
    let finding = &report["findings"][0];
    assert_eq!(finding["location"]["file"], "apps/pod.yaml");
    assert_eq!(finding["resource"]["namespace"], "tools");
    assert_eq!(roots(&run), ["[\"apps\"]"]);
    // Without the variable nothing is wrong.
    let off = on.replace("'true'", "'false'");
    folder.write("clusters/prod/apps.yaml", flux("apps", &off).as_bytes());
    assert_eq!(folder.check(RULE, &[]).rules(), [""; 0]);
}

#[test]
fn argo_cd_deploys_what_it_names() {
    let source = "  source: {repoURL: 'https://example.com/org/repo', path: apps/tools, targetRevision: v1}\n";
    let folder = Folder::with(&[
        ("argocd/tools.yaml", &application("tools", source)),
        (
            "apps/tools/pod.yaml",
            &PRIVILEGED.replace("  namespace: tools\n", ""),
        ),
    ]);
    let run = folder.check(RULE, &[]);
    assert_eq!(run.rules(), [RULE]);
    assert_eq!(run.json()["findings"][0]["resource"]["namespace"], "tools");
    assert_eq!(roots(&run), ["[\"tools\"]"]);
}

#[test]
fn a_path_that_is_not_there_is_one_finding() {
    let source = |path: &str| {
        format!(
            "  source: {{repoURL: 'https://example.com/org/repo', path: {path}, targetRevision: main}}\n"
        )
    };
    let folder = Folder::with(&[
        ("argocd/a.yaml", &application("a", &source("apps/a"))),
        ("argocd/b.yaml", &application("b", &source("apps/gone"))),
        ("apps/a/config.yaml", HARMLESS),
    ]);
    let run = folder.run(&["check", "--format", "json"]);
    let about: Vec<_> = run
        .rules()
        .into_iter()
        .filter(|rule| matches!(&**rule, "gitops-path-missing" | "render-failed"))
        .collect();
    assert_eq!(about, ["gitops-path-missing"], "{run:?}");
}

#[test]
fn a_claim_is_deleted_by_what_deploys_it_wherever_its_file_is() {
    let claim = "apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
";
    let on = "  path: ./overlays/prod\n  prune: true\n  targetNamespace: app\n";
    let folder = Folder::with(&[
        ("clusters/prod/git.yaml", GIT),
        ("clusters/prod/app.yaml", &flux("app", on)),
        (
            "overlays/prod/kustomization.yaml",
            "resources: [../../base]\n",
        ),
        ("base/kustomization.yaml", "resources: [claim.yaml]\n"),
        ("base/claim.yaml", claim),
    ]);
    let run = folder.check("gitops-sync-unsafe", &[]);
    assert_eq!(run.rules(), ["gitops-sync-unsafe"]);
    let report = run.json();
    assert_eq!(report["findings"][0]["location"]["file"], "base/claim.yaml");
}

#[test]
fn one_release_in_two_clusters_is_one_entry() {
    let release = "apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: cache, namespace: app}
spec:
  interval: 1h
  chart: {spec: {chart: redis, version: 1.2.3, sourceRef: {kind: HelmRepository, name: charts}}}
";
    let on = "  path: ./apps\n  prune: true\n";
    let folder = Folder::with(&[
        ("clusters/prod/git.yaml", GIT),
        ("clusters/prod/apps.yaml", &flux("apps", on)),
        ("clusters/dev/git.yaml", GIT),
        ("clusters/dev/apps.yaml", &flux("apps", on)),
        ("apps/release.yaml", release),
    ]);
    let run = folder.check(RULE, &[]);
    let own = ("apps/release.yaml".to_owned(), "chart".to_owned());
    assert_eq!(run.not_checked(), [own], "{run:?}");
}
