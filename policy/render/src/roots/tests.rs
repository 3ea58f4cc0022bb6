//! Whole repositories in memory, awkward ones first.

mod argo;
mod fake;
mod flux;

use self::fake::run;

#[test]
fn a_kustomization_is_a_root_if_nothing_refers_to_it() {
    let seen = run("== base/kustomization.yaml
resources: [a.yaml]
== base/a.yaml
kind: ConfigMap
metadata: {name: a}
== part/kustomization.yaml
kind: Component
resources: [only.yaml]
== part/only.yaml
kind: ConfigMap
metadata: {name: only}
== überall/kustomization.yml
resources: [../base]
patches:
- path: patch.yaml
== überall/patch.yaml
kind: ConfigMap
metadata: {name: a}
== plain/b.yaml
kind: ConfigMap
metadata: {name: b}
");
    assert_eq!(seen.roots, "Kustomization überall [überall]: a\n");
    assert_eq!(
        Vec::from_iter(seen.used),
        [
            "base/a.yaml",
            "base/kustomization.yaml",
            "überall/kustomization.yml"
        ]
    );
    let partial = [
        "part/kustomization.yaml",
        "part/only.yaml",
        "überall/patch.yaml",
    ];
    assert_eq!(Vec::from_iter(seen.partial), partial);
}
