//! Until kustomizations are rendered, what they refer to is said to be not checked.

use crate::support::{Folder, PRIVILEGED};

#[test]
fn patches_are_not_judged_and_data_is_no_object() {
    let folder = Folder::with(&[
        ("base/pod.yaml", PRIVILEGED),
        (
            "base/kustomization.yaml",
            "resources: [pod.yaml]\nconfigMapGenerator:\n  - {name: c, files: [app.yaml, other=nested/raw.yaml]}\n",
        ),
        ("base/app.yaml", PRIVILEGED),
        ("base/nested/raw.yaml", "a: {{ b }}\n"),
        ("prod/patch.yaml", PRIVILEGED),
        ("prod/old.yaml", PRIVILEGED),
        (
            "prod/json.yaml",
            "- {op: add, path: /metadata/labels, value: {}}\n",
        ),
        (
            "prod/kustomization.yaml",
            "resources: [../base, \"https://example.com/x?ref=v1\"]
patches:
  - path: ./patch.yaml
  - {path: json.yaml, target: {kind: Pod}}
  - patch: |-
      - {op: remove, path: /spec}
patchesStrategicMerge: [old.yaml]
",
        ),
    ]);
    let run = folder.check("container-privileged", &[]);
    assert_eq!(
        run.rules(),
        ["container-privileged"],
        "only the base's Pod is a whole object"
    );
    let expected = [
        ("prod/json.yaml", "kustomize-patch"),
        ("prod/kustomization.yaml", "kustomize-patch"),
        ("prod/kustomization.yaml", "remote"),
        ("prod/old.yaml", "kustomize-patch"),
        ("prod/patch.yaml", "kustomize-patch"),
    ];
    let found = run.not_checked();
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|(file, reason)| (file.as_str(), reason.as_str()))
        .collect();
    assert_eq!(found, expected);
}
