//! What the schema of its API does not take of an object stands where it was written, whatever rendered it.

use crate::support::{Folder, Run};

const RULE: &str = "schema-invalid";

const DEPLOYMENT: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - name: api
          image: example.com/api:1.2.3
          imagePullPolcy: Always
";

const PATCH: &str = "patches:
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: api}
      spec:
        replicas: many
        template:
          spec:
            containers:
              - name: api
                livenesProbe: {}
";

const DEFINITION: &str = "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ponds.example.com}
spec:
  group: example.com
  names: {kind: Pond, plural: ponds}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {depth: {type: integer}}}
";

/// File, line, column and message of each finding.
fn found(run: &Run) -> Vec<String> {
    let report = run.json();
    let findings = report["findings"].as_array().unwrap();
    let one = |finding: &serde_json::Value| {
        let at = &finding["location"];
        let (file, message) = (
            at["file"].as_str().unwrap(),
            finding["message"].as_str().unwrap(),
        );
        format!("{file}:{}:{} {message}", at["line"], at["column"])
    };
    findings.iter().map(one).collect()
}

#[test]
fn through_an_overlay_the_key_is_found_in_its_own_file() {
    let folder = Folder::with(&[
        ("base/api.yaml", DEPLOYMENT),
        ("base/kustomization.yaml", "resources: [api.yaml]\n"),
        (
            "prod/kustomization.yaml",
            &format!("resources: [../base]\n{PATCH}"),
        ),
    ]);
    let run = folder.check(RULE, &[]);
    assert_eq!(
        found(&run),
        [
            "base/api.yaml:13:11 an item of `containers` has no field `imagePullPolcy`",
            "prod/kustomization.yaml:8:19 `replicas` is a string (`many`), not a whole number",
            "prod/kustomization.yaml:13:17 an item of `containers` has no field `livenesProbe`",
        ]
    );
    assert_eq!(run.code, 1);
}

#[test]
fn a_definition_of_one_root_holds_for_the_objects_of_another() {
    let folder = Folder::with(&[
        ("crds/pond.yaml", DEFINITION),
        ("crds/kustomization.yaml", "resources: [pond.yaml]\n"),
        (
            "ponds/small.yaml",
            "apiVersion: example.com/v1\nkind: Pond\nmetadata: {name: small}\nspec: {depth: deep}\n",
        ),
        (
            "ponds/kustomization.yaml",
            "resources: [small.yaml]\nnamePrefix: my-\n",
        ),
    ]);
    let run = folder.check(RULE, &[]);
    assert_eq!(
        found(&run),
        ["ponds/small.yaml:4:15 `depth` is a string (`deep`), not a whole number"]
    );
    assert_eq!(run.json()["summary"]["without_schema"], 0);
}

#[test]
fn a_patch_alone_is_not_judged() {
    let folder = Folder::with(&[
        (
            "base/api.yaml",
            &DEPLOYMENT.replace("imagePullPolcy", "imagePullPolicy"),
        ),
        ("base/kustomization.yaml", "resources: [api.yaml]\n"),
        (
            "prod/kustomization.yaml",
            "resources: [../base]\npatches: [{path: patch.yaml}]\n",
        ),
        (
            "prod/patch.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\nspec: {template: {spec: {containers: [{name: api, $patch: replace}]}}}\n",
        ),
        ("values.yaml", "spec: {replicas: many}\n"),
    ]);
    assert_eq!(found(&folder.check(RULE, &[])), Vec::<String>::new());
}

#[test]
fn objects_without_a_schema_are_counted_and_fail_nothing() {
    let folder = Folder::with(&[(
        "app.yaml",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {anything: goes}\n",
    )]);
    let run = folder.check(RULE, &[]);
    assert_eq!(run.json()["summary"]["without_schema"], 1);
    let shown = folder.run(&["check", "--rule", RULE]);
    assert!(shown.stdout.contains("; 1 without a schema"), "{shown:?}");
}
