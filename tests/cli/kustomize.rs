//! Kustomizations are judged as they are rendered, and what is wrong stands where it has to be changed.

use crate::support::{Folder, PRIVILEGED, Run};

const RULE: &str = "container-privileged";

/// A base that nothing is wrong with by the rule, beside `replicas-low` and the like.
const DEPLOYMENT: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: 3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - name: api
          image: example.com/api:1.2.3
          ports: [{containerPort: 8080}]
";

/// `dev` and `prod` over one base, with a prefix each, and what is added to the kustomization of either.
fn overlays(base: &str, dev: &str, prod: &str) -> Folder {
    let overlay = |name: &str, more: &str| {
        format!("resources: [../../base]\nnamePrefix: {name}-\nnamespace: {name}\n{more}")
    };
    Folder::with(&[
        ("base/api.yaml", base),
        ("base/kustomization.yaml", "resources: [api.yaml]\n"),
        ("overlays/dev/kustomization.yaml", &overlay("dev", dev)),
        ("overlays/prod/kustomization.yaml", &overlay("prod", prod)),
    ])
}

/// Makes the container privileged.
const PATCH: &str = "patches:
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: api}
      spec:
        template:
          spec:
            containers:
              - name: api
                securityContext:
                  privileged: true
";

/// File, line and roots of each finding.
fn found(run: &Run) -> Vec<(String, u64, String)> {
    found_by("", run)
}

/// Those of one rule.
fn found_by(rule: &str, run: &Run) -> Vec<(String, u64, String)> {
    let report = run.json();
    let findings = report["findings"].as_array().unwrap();
    let one = |finding: &serde_json::Value| {
        let roots = finding["roots"].as_array().unwrap();
        let roots: Vec<_> = roots.iter().map(|root| root.as_str().unwrap()).collect();
        (
            finding["location"]["file"].as_str().unwrap().to_owned(),
            finding["location"]["line"].as_u64().unwrap(),
            roots.join(" "),
        )
    };
    let of_rule = findings
        .iter()
        .filter(|finding| rule.is_empty() || finding["rule"] == rule);
    of_rule.map(one).collect()
}

/// The exit code, and how many findings are excused.
fn excused(run: &Run) -> (i32, u64) {
    let excused = &run.json()["summary"]["suppressed"];
    (run.code, excused.as_u64().unwrap())
}

fn fingerprints(run: &Run) -> Vec<String> {
    let report = run.json();
    let findings = report["findings"].as_array().unwrap();
    let text = |finding: &serde_json::Value| finding["fingerprint"].as_str().unwrap().to_owned();
    findings.iter().map(text).collect()
}

#[test]
fn a_fault_of_the_base_is_one_finding_with_its_roots() {
    let base = DEPLOYMENT.replace(
        "          image",
        "          securityContext: {privileged: true}\n          image",
    );
    let run = overlays(&base, "", "").check(RULE, &[]);
    let expected = ("base/api.yaml", 13, "overlays/dev overlays/prod");
    assert_eq!(
        found(&run),
        [(expected.0.to_owned(), expected.1, expected.2.to_owned())]
    );
}

#[test]
fn a_fault_of_a_patch_stands_in_it_and_holds_in_its_root_only() {
    let folder = overlays(DEPLOYMENT, "", PATCH);
    let run = folder.check(RULE, &[]);
    let expected = ("overlays/prod/kustomization.yaml", 15, "overlays/prod");
    assert_eq!(
        found(&run),
        [(expected.0.to_owned(), expected.1, expected.2.to_owned())]
    );
    let human = folder.run(&["check", "--rule", RULE]);
    let holds = "holds under overlays only in prod, not in dev";
    assert!(human.stdout.contains(holds), "{}", human.stdout);
}

#[test]
fn an_object_is_pointed_at_by_its_own_name() {
    let folder = overlays(&DEPLOYMENT.replace("replicas: 3", "replicas: 2"), "", "");
    let run = folder.check("pdb-missing", &[]);
    let expected = ("base/api.yaml", 4, "overlays/dev overlays/prod");
    assert_eq!(
        found(&run),
        [(expected.0.to_owned(), expected.1, expected.2.to_owned())],
        "not at each `namePrefix`"
    );
}

#[test]
fn comments_excuse_where_the_fault_comes_from() {
    let allowed = "# plimsoll: allow(container-privileged) a test of it";
    let base = DEPLOYMENT.replace(
        "          image",
        &format!(
            "          {allowed}\n          securityContext: {{privileged: true}}\n          image"
        ),
    );
    let run = overlays(&base, "", "").check(RULE, &[]);
    assert_eq!(excused(&run), (0, 1), "in the base");
    let patch = PATCH.replace("true\n", &format!("true {allowed}\n"));
    let patch_file = patch.replace("patches:\n  - patch: |-\n", "");
    let folder = overlays(DEPLOYMENT, "", "patches: [{path: patch.yaml}]\n");
    folder.write("overlays/prod/patch.yaml", patch_file.as_bytes());
    let run = folder.check(RULE, &[]);
    assert_eq!(excused(&run), (0, 1), "in a patch");
    let overlay = "patches:
  - target: {kind: Deployment}
    patch: '[{op: add, path: /spec/template/spec/containers/0/securityContext, value: {privileged: true}}]' "
        .to_owned()
        + allowed
        + "\n";
    let run = overlays(DEPLOYMENT, &overlay, "").check(RULE, &[]);
    assert_eq!(excused(&run), (0, 1), "in an overlay");
}

#[test]
fn environments_have_levels_of_their_own() {
    let base = DEPLOYMENT.replace("replicas: 3", "replicas: 1")
        + "---\napiVersion: v1\nkind: Service\nmetadata: {name: api}\nspec: {selector: {app: api}, ports: [{port: 80, targetPort: 8080}]}\n";
    for environments in [
        "environments: {dev: {paths: [\"**/overlays/dev/**\"], rules: {replicas-low: off}}}\n",
        "environments: {dev: {roots: [overlays/dev], rules: {replicas-low: off}}}\n",
    ] {
        let folder = overlays(&base, "", "");
        folder.write(".plimsoll.yaml", environments.as_bytes());
        let run = folder.run(&["check", "--format", "json"]);
        let expected = ("base/api.yaml", 6, "overlays/prod");
        assert_eq!(
            found_by("replicas-low", &run),
            [(expected.0.to_owned(), expected.1, expected.2.to_owned())]
        );
    }
    let folder = overlays(&base, "", "");
    let severe = "environments: {live: {roots: [overlays/prod], rules: {replicas-low: error}}}\n";
    folder.write(".plimsoll.yaml", severe.as_bytes());
    let run = folder.run(&["check", "--format", "json"]);
    let report = run.json();
    let mut findings = report["findings"].as_array().unwrap().iter();
    let low = findings
        .find(|finding| finding["rule"] == "replicas-low")
        .unwrap();
    assert_eq!(low["severity"], "error");
    assert_eq!(
        found_by("replicas-low", &run)[0].2,
        "overlays/dev overlays/prod (live)"
    );
}

#[test]
fn fingerprints_stay_when_names_change() {
    let config = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: c\n      image: example.com/c:1.2.3\n      securityContext: {privileged: true}\n      envFrom: [{configMapRef: {name: settings}}]\n";
    let print = |kustomization: &str| {
        let folder = Folder::with(&[("pod.yaml", config), ("kustomization.yaml", kustomization)]);
        fingerprints(&folder.check(RULE, &[]))
    };
    let plain = print("resources: [pod.yaml]\n");
    let hashed = |value: &str| {
        format!(
            "resources: [pod.yaml]\nconfigMapGenerator: [{{name: settings, literals: [a={value}]}}]\n"
        )
    };
    assert_eq!(plain.len(), 1);
    assert_eq!(plain, print("resources: [pod.yaml]\nnamePrefix: dev-\n"));
    assert_eq!(plain, print(&hashed("1")));
    assert_eq!(plain, print(&hashed("2")));
}

#[test]
fn a_hook_judges_its_files_as_they_are_deployed() {
    let base = DEPLOYMENT.replace(
        "          image",
        "          securityContext: {privileged: true}\n          image",
    );
    let folder = overlays(&base, "", PATCH);
    let run = folder.check(RULE, &["--context", ".", "base/api.yaml"]);
    assert_eq!(found(&run).len(), 1, "{run:?}");
    assert_eq!(found(&run)[0].0, "base/api.yaml");
    let run = folder.check(RULE, &["--context", ".", "overlays/dev/kustomization.yaml"]);
    assert_eq!((run.code, found(&run).len()), (0, 0));
}

#[test]
fn a_path_that_is_missing_is_one_finding() {
    let folder = overlays(DEPLOYMENT, "patches: [{path: gone.yaml}]\n", "");
    let run = folder.run(&["check", "--format", "json"]);
    let about: Vec<_> = run
        .rules()
        .into_iter()
        .filter(|rule| matches!(&**rule, "gitops-path-missing" | "render-failed"))
        .collect();
    assert_eq!(about, ["gitops-path-missing"]);
    let own = "overlays/dev/kustomization.yaml".to_owned();
    assert_eq!(run.not_checked(), [(own, "not-rendered".to_owned())]);
}

#[test]
fn what_is_elsewhere_may_hold_what_is_referred_to() {
    let with = |resources: &str| {
        Folder::with(&[
            ("app/kustomization.yaml", resources),
            (
                "app/pod.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {serviceAccountName: app, containers: [{name: c, image: c}]}\n",
            ),
        ])
    };
    let here = with("namespace: app\nresources: [pod.yaml]\n").check("serviceaccount-missing", &[]);
    assert_eq!(here.rules(), ["serviceaccount-missing"]);
    let remote = "namespace: app\nresources: [pod.yaml, \"https://example.com/a/b?ref=v1\"]\n";
    let run = with(remote).check("serviceaccount-missing", &[]);
    assert_eq!(run.rules(), [""; 0]);
    let own = ("app/kustomization.yaml".to_owned(), "remote".to_owned());
    assert_eq!(run.not_checked(), [own]);
}

#[test]
fn patches_and_components_that_nobody_takes_in_are_not_judged() {
    let folder = Folder::with(&[
        ("base/pod.yaml", PRIVILEGED),
        (
            "base/kustomization.yaml",
            "resources: [pod.yaml]\nconfigMapGenerator:\n  - {name: c, files: [app.yaml, other=nested/raw.yaml]}\n",
        ),
        ("base/app.yaml", PRIVILEGED),
        ("base/nested/raw.yaml", "a: {{ b }}\n"),
        ("extra/pod.yaml", &PRIVILEGED.replace("debug", "extra")),
        (
            "extra/kustomization.yaml",
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [pod.yaml]\n",
        ),
    ]);
    let run = folder.check(RULE, &[]);
    assert_eq!(
        found(&run),
        [("base/pod.yaml".to_owned(), 11, "base".to_owned())]
    );
    let own = (
        "extra/kustomization.yaml".to_owned(),
        "unreached".to_owned(),
    );
    assert_eq!(run.not_checked(), [own]);
}

#[test]
fn rules_in_a_generated_config_map_stand_at_their_line() {
    let rules = "groups:\n  - name: api\n    rules:\n      - alert: Down\n        expr: up == 0\n        labels: {severity: critical}\n";
    let folder = Folder::with(&[
        (
            "kustomization.yaml",
            "configMapGenerator:\n  - {name: rules, namespace: m, files: [api.rules.yaml]}\n",
        ),
        ("api.rules.yaml", rules),
    ]);
    let run = folder.check("alert-runbook-url-missing", &[]);
    let found = found(&run);
    assert_eq!(found.len(), 1, "{run:?}");
    assert_eq!((&*found[0].0, found[0].1), ("api.rules.yaml", 4));
}

#[test]
fn values_of_a_chart_in_a_kustomization_are_looked_through() {
    let chart = "helmCharts:
  - name: redis
    valuesInline:
      auth: {password: hunter2}
";
    let folder = Folder::with(&[("deploy/kustomization.yaml", chart)]);
    let run = folder.run(&["check", "--rule", "secret-in-chart-values"]);
    let expected = "the values of a chart hold a secret in clear: `password`";
    assert!(run.stdout.contains(expected), "{}", run.stdout);
    assert!(
        run.stdout.contains("deploy/kustomization.yaml:4:"),
        "{}",
        run.stdout
    );
}
