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
        run.stderr.contains("none has no kustomization"),
        "{}",
        run.stderr
    );
}
