//! `plimsoll render` over several roots.

use crate::support::{Folder, HARMLESS};

fn overlays() -> Folder {
    let overlay = "resources: [../base]\nnamePrefix: ";
    Folder::with(&[
        ("base/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("base/pod.yaml", HARMLESS),
        ("dev/kustomization.yaml", &format!("{overlay}dev-\n")),
        ("prod/kustomization.yaml", &format!("{overlay}prod-\n")),
    ])
}

#[test]
fn several_roots_are_printed_one_after_the_other() {
    let folder = overlays();
    let one = |root| folder.run(&["render", root]).stdout;
    let both = folder.run(&["render", "dev", "prod"]);
    let expected = format!("# dev\n{}---\n# prod\n{}", one("dev"), one("prod"));
    assert_eq!((both.code, both.stdout), (0, expected));
}

#[test]
fn a_root_that_does_not_build_leaves_the_others() {
    let folder = overlays();
    let run = folder.run(&["render", "none", "prod"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.starts_with("# prod\n"), "{}", run.stdout);
    assert!(
        run.stderr
            .contains("none is no folder, and no root is called so"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_a_flux_object_deploys_is_printed_by_its_name() {
    let kustomization = "apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop, namespace: flux-system}
spec:
  path: ./apps
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild: {substitute: {who: world}}
";
    let config = HARMLESS.replace("key: value", "key: ${who}");
    let folder = Folder::with(&[
        ("cluster/shop.yaml", kustomization),
        ("apps/kustomization.yaml", "resources: [pod.yaml]\n"),
        ("apps/pod.yaml", &config),
    ]);
    let run = folder.run(&["render", "shop", "--origins"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let line = run.stdout.lines().find(|line| line.contains("key:"));
    let line = line.expect("the data is printed");
    assert!(line.contains("key: world # apps/pod.yaml:7"), "{line}");
    assert!(line.ends_with("by cluster/shop.yaml:7"), "{line}");
    let run = folder.run(&["render", "shops"]);
    assert_eq!(run.code, 1);
    assert!(
        run.stderr.contains("the roots here are \"shop\""),
        "{}",
        run.stderr
    );
}
