use super::fake::run;

fn application(name: &str, spec: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
{spec}
---
"
    )
}

fn own(name: &str, path: &str) -> String {
    let source = format!("  source: {{repoURL: 'git@example.com:own', path: {path}}}");
    application(name, &source)
}

#[test]
fn applications_of_applications_end() {
    let seen = run(&format!(
        "== apps/a.yaml\n{}== apps/b.yaml\n{}== other/c.yaml\n{}",
        own("a", "apps"),
        own("b", "other"),
        own("c", "apps"),
    ));
    assert_eq!(
        seen.roots,
        "Application a [apps] < c: argocd/a argocd/b
Application b [other] < a: argocd/c
Application c [apps] < b: argocd/a argocd/b
"
    );
    assert_eq!(seen.requests, ["apps: a.yaml b.yaml", "other: c.yaml"]);
}

#[test]
fn a_source_with_only_a_ref_deploys_nothing() {
    let spec = "  destination: {namespace: ns, server: https://c}
  sources:
  - {repoURL: 'https://example.com/own', ref: values}
  - {repoURL: 'https://example.com/own', path: one}
  - {repoURL: 'https://charts.example.org', chart: redis}
  - {repoURL: 'https://elsewhere.example.org/x', path: one}
  - {repoURL: 'https://example.com/own', path: two, directory: {recurse: true, exclude: '{x/*,*.json}'}}";
    let seen = run(&format!(
        "== a.yaml\n{}== one/kustomization.yaml\nresources: [o.yaml]\n== one/o.yaml\nkind: ConfigMap\nmetadata: {{name: o}}
== two/t.yaml\napiVersion: v1\nkind: Namespace\nmetadata: {{name: t}}\n== two/x/u.yaml\nkind: ConfigMap
== two/v/values.yaml\na: 1\n== two/v/w.yml\nkind: ConfigMap\nmetadata: {{name: w, namespace: other}}\n",
        application("all", spec)
    ));
    assert_eq!(seen.roots, "Application all [one]: ns/o t other/w\n");
    assert_eq!(seen.requests, ["one:", "two: t.yaml v/w.yml"]);
    assert_eq!(
        seen.faults,
        [
            "all: Unsupported: chart redis of https://charts.example.org is not rendered",
            "all: Remote: `one` of https://elsewhere.example.org/x is not rendered: that is another repository"
        ]
    );
}

#[test]
fn the_tool_is_told_by_the_files_and_by_overrides() {
    let seen = run(&format!(
        "== a.yaml\n{}{}{}== chart/Chart.yaml\nname: c\n== plain/a.yaml\nkind: ConfigMap\nmetadata: {{name: a}}
== k/kustomization.yaml\nresources: []\n== k/.argocd-source-k.yaml\nkustomize: {{images: ['a=b:1'], namePrefix: p-}}\n",
        own("chart", "chart"),
        own("k", "k"),
        own("missing", "missing"),
    ));
    assert_eq!(seen.requests, ["k: images namePrefix"]);
    assert_eq!(
        seen.faults,
        [
            "chart: Unsupported: the chart in chart is not rendered",
            "missing: Broken: there is no folder `missing` in this repository"
        ]
    );
}

fn set(generators: &str, go: bool, name: &str, path: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: set, namespace: argocd}}
spec:
  goTemplate: {go}
  generators:
{generators}
  template:
    metadata: {{name: '{name}'}}
    spec:
      source: {{repoURL: https://example.com/own, path: '{path}'}}
      destination: {{namespace: '{name}'}}
"
    )
}

const TREE: &str = "== apps/a/x.yaml
kind: ConfigMap
metadata: {name: x}
== apps/ä/x.yaml
kind: ConfigMap
metadata: {name: x}
== apps/not/x.yaml
kind: ConfigMap
metadata: {name: x}
== apps/a/config.json
{\"cluster\": {\"name\": \"eu\"}, \"n\": 1}
";

fn roots(generators: &str, go: bool, name: &str, path: &str) -> String {
    let set = set(generators, go, name, path);
    let seen = run(&format!("== set.yaml\n{set}{TREE}"));
    seen.roots + &seen.faults.join("\n")
}

#[test]
fn directories_become_applications_but_for_those_left_out() {
    let directories = "  - git:
      repoURL: https://example.com/own.git
      directories: [{path: 'apps/*'}, {path: apps/not, exclude: true}]";
    let both = "Application set-a [apps/a]: set-a/x\nApplication set-ä [apps/ä]: set-ä/x\n";
    assert_eq!(
        roots(directories, false, "set-{{path.basename}}", "{{path}}"),
        both
    );
    assert_eq!(
        roots(
            directories,
            true,
            "set-{{.path.basename}}",
            "{{ index .path.segments 0 }}/{{.path.basename}}"
        ),
        both
    );
}

#[test]
fn files_lists_and_their_products_become_applications() {
    let files = "{git: {repoURL: https://example.com/own, files: [{path: 'apps/**/config.json'}]}}";
    let list = "{list: {elements: [{env: dev}, {env: prod}]}}";
    let matrix = format!("  - matrix: {{generators: [{files}, {list}]}}");
    assert_eq!(
        roots(&matrix, false, "{{cluster.name}}-{{env}}", "{{path}}"),
        "Application eu-dev [apps/a]: eu-dev/x\nApplication eu-prod [apps/a]: eu-prod/x\n"
    );
    let merged = format!(
        "  - merge: {{mergeKeys: [env], generators: [{list}, {{list: {{elements: [{{env: prod, at: a}}]}}}}]}}
    selector: {{matchLabels: {{env: prod}}}}"
    );
    assert_eq!(
        roots(&merged, true, "{{.env}}", "apps/{{.at}}"),
        "Application prod [apps/a]: prod/x\n"
    );
}

#[test]
fn what_only_a_cluster_knows_stands_for_every_folder() {
    let clusters = "  - clusters: {values: {part: apps}}";
    assert_eq!(
        roots(clusters, false, "{{name}}", "{{values.part}}/{{name}}"),
        "Application set (apps/a) [apps/a]: {{name}}/x
Application set (apps/not) [apps/not]: {{name}}/x
Application set (apps/ä) [apps/ä]: {{name}}/x
set (apps/a): Unsupported: the generator `clusters` asks the clusters of Argo CD, so its parameters are not known"
    );
    let faults = roots(clusters, false, "{{name}}", "gone/{{name}}");
    assert!(
        faults.contains("the path `gone/{{name}}` has a parameter in it"),
        "{faults}"
    );
}
