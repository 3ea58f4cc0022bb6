use super::fake::{run, run_with};

/// What `flux bootstrap` writes for a cluster.
fn bootstrap(cluster: &str) -> String {
    format!(
        "== clusters/{cluster}/flux-system/kustomization.yaml
resources: [gotk-sync.yaml]
== clusters/{cluster}/flux-system/gotk-sync.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: flux-system, namespace: flux-system}}
spec:
  path: ./clusters/{cluster}
  sourceRef: {{kind: GitRepository, name: flux-system}}
"
    )
}

fn flux(name: &str, rest: &str) -> String {
    format!(
        "apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: {name}, namespace: flux-system}}
spec:
  sourceRef: {{kind: GitRepository, name: flux-system}}
{rest}
"
    )
}

fn map(name: &str) -> String {
    format!("kind: ConfigMap\nmetadata: {{name: {name}}}\n")
}

#[test]
fn a_bootstrapped_cluster_deploys_itself() {
    let seen = run(&format!(
        "{}== clusters/a/apps.yaml
{}== apps/x.yaml
{}== apps/inner/kustomization.yaml
resources: [y.yaml]
== apps/inner/y.yaml
{}",
        bootstrap("a"),
        flux("apps", "  path: ./apps"),
        map("x"),
        map("y")
    ));
    assert_eq!(
        seen.roots,
        "FluxKustomization flux-system [clusters/a]: flux-system/apps flux-system/flux-system
FluxKustomization apps [apps] < flux-system: y x
"
    );
    assert_eq!(
        seen.requests,
        [
            "apps: inner x.yaml",
            "clusters/a/flux-system:",
            "clusters/a: apps.yaml flux-system"
        ]
    );
    assert_eq!(seen.faults, [""; 0]);
}

#[test]
fn namesakes_of_two_clusters_are_told_apart() {
    let both = bootstrap("a") + &bootstrap("b");
    let apps = flux("apps", "  path: ./apps/${CLUSTER}");
    let seen = run(&format!(
        "{both}== clusters/a/apps.yaml\n{apps}== clusters/b/apps.yaml\n{apps}"
    ));
    assert_eq!(
        seen.roots,
        "FluxKustomization flux-system (clusters/a/flux-system/gotk-sync.yaml) [clusters/a]: flux-system/apps flux-system/flux-system
FluxKustomization flux-system (clusters/b/flux-system/gotk-sync.yaml) [clusters/b]: flux-system/apps flux-system/flux-system
FluxKustomization apps (clusters/a/apps.yaml) [] < flux-system (clusters/a/flux-system/gotk-sync.yaml):
FluxKustomization apps (clusters/b/apps.yaml) [] < flux-system (clusters/b/flux-system/gotk-sync.yaml):
"
    );
    assert_eq!(
        seen.faults[0],
        "apps (clusters/a/apps.yaml): Unsupported: the path `./apps/${CLUSTER}` has a variable in it that is not known here"
    );
}

#[test]
fn a_parent_gives_values_to_the_paths_of_its_children() {
    let seen = run(&format!(
        "== clusters/a.yaml
{}== clusters/settings.yaml
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings, namespace: flux-system}}
data: {{CLUSTER: prod, REPLICAS: \"3\"}}
== all/apps.yaml
{}== apps/prod/a.yaml
kind: Deployment
metadata: {{name: \"${{CLUSTER:=x}}-a\"}}
",
        flux(
            "all",
            "  path: all\n  postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}"
        ),
        flux("apps", "  path: ./apps/${CLUSTER}"),
    ));
    // The apps themselves have no variables, so theirs stay.
    assert_eq!(
        seen.roots,
        "FluxKustomization all [all]: flux-system/apps
FluxKustomization apps [apps/prod] < all: ${CLUSTER:=x}-a
"
    );
}

#[test]
fn variables_that_are_not_to_be_had_are_named() {
    let from = "  path: apps
  postBuild:
    substitute: {KNOWN: '1'}
    substituteFrom:
    - {kind: Secret, name: secrets}
    - {kind: ConfigMap, name: nowhere, optional: true}";
    let seen = run(&format!(
        "== a.yaml
{}== secrets.yaml
kind: Secret
metadata: {{name: secrets, namespace: flux-system}}
stringData: {{TOKEN: ENC[x]}}
sops: {{mac: x}}
== apps/a.yaml
kind: ConfigMap
metadata: {{name: a}}
data: {{a: \"${{KNOWN}} ${{TOKEN}} ${{HOST}} ${{PORT:-80}}\"}}
",
        flux("all", from)
    ));
    assert_eq!(
        seen.faults,
        ["all: Unsupported: variables that are not known stay as they are written: HOST, TOKEN"]
    );
}

#[test]
fn a_missing_path_and_another_repository_are_faults() {
    let other = "apiVersion: kustomize.toolkit.fluxcd.io/v1beta2
kind: Kustomization
metadata: {name: other}
spec: {path: apps, sourceRef: {kind: OCIRepository, name: oci}}
";
    let seen = run(&format!(
        "== a.yaml\n{}---\n{other}== apps/x.yaml\n{}",
        flux("gone", "  path: ./gone"),
        map("x")
    ));
    assert_eq!(
        seen.faults,
        [
            "gone: Broken: there is no folder `./gone` in this repository",
            "other: Remote: it is built from OCIRepository oci, which is not this repository"
        ]
    );
}

#[test]
fn a_generated_kustomization_leaves_out_what_flux_leaves_out() {
    let seen = run(&format!(
        "== .sourceignore
/apps/secret/
*.tmp.yaml
== a.yaml
{}== apps/.sops.yaml
creation_rules: []
== apps/values.yaml
replicas: 1
== apps/b.yaml
{}== apps/b.tmp.yaml
{}== apps/secret/c.yaml
{}== apps/deep/er/.sourceignore
!*.tmp.yaml
== apps/deep/er/d.tmp.yaml
{}",
        flux("all", "  path: ./apps"),
        map("b"),
        map("tmp"),
        map("c"),
        map("d"),
    ));
    assert_eq!(seen.requests, ["apps: b.yaml deep/er/d.tmp.yaml"]);
    assert_eq!(
        seen.faults,
        ["all: Broken: Flux takes in apps/values.yaml here, and that holds no Kubernetes object"]
    );
}

#[test]
fn what_is_added_is_passed_on_and_labels_go_on_everything() {
    let spec = "  path: apps
  targetNamespace: ns
  namePrefix: p-
  components: [../part, ../gone]
  ignoreMissingComponents: true
  commonMetadata: {labels: {team: a}}";
    let text = format!(
        "== a.yaml\n{}== part/x.txt\n== apps/b.yaml\n{}",
        flux("all", spec),
        map("b")
    );
    let seen = run_with(&text, |deployed| {
        let label = deployed.roots[0].objects[0]
            .value
            .at(&["metadata", "labels", "team"]);
        assert_eq!(label.unwrap().text(), Some("a"));
    });
    assert_eq!(
        seen.requests,
        ["apps: namespace namePrefix components b.yaml"]
    );
    assert_eq!(seen.roots, "FluxKustomization all [apps]: ns/b\n");
}

#[test]
fn an_artifact_is_followed_to_the_folders_it_is_copied_from() {
    let seen = run("== clusters/a/artifacts.yaml
kind: ArtifactGenerator
metadata: {name: g}
spec:
  artifacts:
  - name: apps
    copy:
    - {from: '@mono/apps/base/**', to: '@artifact/base/'}
    - {from: '@mono/apps/staging/**', to: '@artifact/staging/'}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps}
spec: {path: ./staging, sourceRef: {kind: ExternalArtifact, name: apps}}
== apps/staging/a.yaml
kind: ConfigMap
metadata: {name: a}
");
    assert_eq!(seen.roots, "FluxKustomization apps [apps/staging]: a\n");
}

#[test]
fn a_chart_is_a_root_that_is_not_rendered() {
    let seen = run("== a.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: a, namespace: n}
spec: {chart: {spec: {chart: podinfo, sourceRef: {kind: HelmRepository, name: podinfo}}}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: own, namespace: n}
spec: {chart: {spec: {chart: ./charts/own, sourceRef: {kind: GitRepository, name: flux-system}}}}
== charts/own/Chart.yaml
name: own
");
    assert_eq!(
        seen.faults,
        [
            "a: Unsupported: chart podinfo of HelmRepository podinfo is not rendered",
            "own: Unsupported: the chart in charts/own is not rendered"
        ]
    );
}

/// Clusters share what they deploy, and each has settings of its own.
#[test]
fn an_object_that_two_clusters_share_is_two_roots() {
    let cluster = |name: &str| {
        format!(
            "== clusters/{name}/kustomization.yaml
resources: [settings.yaml, ../../shared]
== clusters/{name}/settings.yaml
kind: ConfigMap
metadata: {{name: settings, namespace: flux-system}}
data: {{CLUSTER: {name}}}
"
        )
    };
    let from = "  path: apps
  postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}";
    let seen = run(&format!(
        "{}{}== shared/kustomization.yaml\nresources: [apps.yaml]\n== shared/apps.yaml\n{}== apps/a.yaml\n{}",
        cluster("a"),
        cluster("b"),
        flux("apps", from),
        "kind: ConfigMap\nmetadata:\n  name: on-${CLUSTER}\n",
    ));
    assert_eq!(
        seen.roots,
        "Kustomization clusters/a [clusters/a]: flux-system/settings flux-system/apps
Kustomization clusters/b [clusters/b]: flux-system/settings flux-system/apps
FluxKustomization apps < clusters/a [apps] < clusters/a: on-a
FluxKustomization apps < clusters/b [apps] < clusters/b: on-b
"
    );
    assert_eq!(
        seen.requests,
        ["apps: a.yaml", "clusters/a:", "clusters/b:"]
    );
}

/// What deploys itself with changes is deployed as it is changed.
#[test]
fn what_stands_in_a_file_and_is_rendered_counts_as_it_is_rendered() {
    let spec = "  path: all
  postBuild: {substitute: {WHERE: apps}}";
    let seen = run(&format!(
        "== all/all.yaml\n{}== all/apps.yaml\n{}== apps/a.yaml\n{}",
        flux("all", spec),
        flux("apps", "  path: ${WHERE}\n  targetNamespace: ${WHERE}"),
        map("a"),
    ));
    assert_eq!(
        seen.roots,
        "FluxKustomization all [all]: flux-system/all flux-system/apps
FluxKustomization apps [apps] < all: apps/a
"
    );
    assert_eq!(seen.faults, [""; 0]);
}

#[test]
fn a_path_of_another_branch_is_not_found_in_a_folder_of_this_one() {
    let tenant = "apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: team, namespace: flux-system}
spec: {url: https://example.com/fleet, ref: {branch: team}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: team, namespace: flux-system}
spec:
  path: ./production
  sourceRef: {kind: GitRepository, name: team}
";
    let seen = run(&format!(
        "{}== clusters/a/tenants.yaml
{}== tenants/production/kustomization.yaml
resources: [team.yaml]
== tenants/production/team.yaml
{tenant}",
        bootstrap("a"),
        flux("tenants", "  path: ./tenants/production"),
    ));
    let expected = "it is built from GitRepository team, which is not this repository";
    let faults = seen.faults.join("\n");
    assert!(faults.contains(expected), "{faults}");
}

#[test]
fn a_path_that_only_another_branch_of_this_repository_has_is_not_checked() {
    let seen = run(&format!(
        "{}== clusters/a/apps.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: apps}}
spec: {{source: {{repoURL: 'https://example.com/fleet', path: apps}}}}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {{name: team, namespace: flux-system}}
spec: {{url: 'https://example.com/fleet', ref: {{branch: team}}}}
---
{}== apps/x.yaml
{}",
        bootstrap("a"),
        flux("team", "  path: ./elsewhere").replace("name: flux-system}", "name: team}"),
        map("x"),
    ));
    let expected = "it is built from the branch `team`, and here is no folder `./elsewhere`";
    let faults = seen.faults.join("\n");
    assert!(faults.contains(expected), "{faults}");
}
