//! What nobody writes by accident comes to an end, and to a clear one.

use std::fmt::Write as _;

use plimsoll_render::kustomize::{Kustomize, Options};
use plimsoll_render::{Build, Built, FaultKind, FileKind, Files, Repository, Request};
use plimsoll_yaml::Sources;

use crate::Memory;
use crate::case::said;

/// The one fault of a build.
fn fault(memory: &Memory, folder: &str) -> (FaultKind, String) {
    memory.build(folder, |built, sources| {
        assert!(built.objects.is_empty());
        let [fault] = built.faults.as_slice() else {
            panic!("{:?}", built.faults);
        };
        (fault.kind, said(fault, sources))
    })
}

fn objects(memory: &Memory, folder: &str) -> usize {
    memory.build(folder, |built, _| {
        assert_eq!(built.faults, []);
        built.objects.len()
    })
}

fn config_map(name: &str) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n---\n")
}

#[test]
fn a_thousand_bases_inside_each_other_are_too_many() {
    let mut memory = Memory::default();
    for level in 0..1000 {
        let next = level + 1;
        memory.add(
            format!("b{level}/kustomization.yaml"),
            format!("resources: [../b{next}]\n"),
        );
    }
    let (kind, said) = fault(&memory, "b0");
    assert_eq!(kind, FaultKind::Limit);
    assert!(said.contains("more than 64 kustomizations"), "{said}");
}

#[test]
fn bases_that_double_their_objects_are_too_many() {
    let mut memory = Memory::default();
    memory.add("b0/kustomization.yaml", "resources: [a.yaml]\n");
    memory.add("b0/a.yaml", config_map("a"));
    for level in 1..25 {
        let below = level - 1;
        memory.add(
            format!("again{level}/kustomization.yaml"),
            format!("resources: [../b{below}]\nnamePrefix: r\n"),
        );
        memory.add(
            format!("b{level}/kustomization.yaml"),
            format!("resources: [../b{below}, ../again{level}]\nnamePrefix: l\n"),
        );
    }
    let (kind, said) = fault(&memory, "b24");
    assert_eq!(kind, FaultKind::Limit);
    assert!(said.contains("more than 50000"), "{said}");
}

#[test]
fn components_that_double_objects_are_too_many() {
    let mut memory = Memory::default();
    let list = (0..40).fold(String::new(), |list, at| list + &format!("- ../c{at}\n"));
    memory.add("app/kustomization.yaml", format!("components:\n{list}"));
    for at in 0..40 {
        let more: String = (0..2000)
            .map(|n| config_map(&format!("c{at}-{n}")))
            .collect();
        memory.add(format!("c{at}/more.yaml"), more);
        memory.add(
            format!("c{at}/kustomization.yaml"),
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [more.yaml]\n",
        );
    }
    let (kind, said) = fault(&memory, "app");
    assert_eq!(kind, FaultKind::Limit);
    assert!(said.contains("more than 50000"), "{said}");
}

#[test]
fn data_of_many_megabytes_is_taken() {
    let mut memory = Memory::default();
    let lines = (0..50_000).fold(String::new(), |mut text, at| {
        let _ = writeln!(text, "KEY_{at}=some value of fifty characters");
        text
    });
    memory.add("app/big.env", lines.clone());
    memory.add("app/big.txt", lines.repeat(5));
    memory.add("app/big.bin", vec![0xff; 10 << 20]);
    memory.add("base/big.env", lines);
    memory.add(
        "base/kustomization.yaml",
        "configMapGenerator: [{name: a, envs: [big.env]}]\n",
    );
    memory.add(
        "app/kustomization.yaml",
        "resources: [../base]\nconfigMapGenerator:\n- {name: a, behavior: merge, envs: [big.env]}\n\
         - {name: b, files: [big.txt, big.bin]}\nsecretGenerator:\n- {name: c, files: [big.txt]}\n",
    );
    assert_eq!(objects(&memory, "app"), 3);
}

#[test]
fn long_lists_are_patched() {
    let mut memory = Memory::default();
    let items = |value: &str| {
        (0..100_000).fold(String::new(), |mut text, at| {
            let _ = writeln!(text, "      - {{name: E{at}, value: {value}}}");
            text
        })
    };
    let pod = |items: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec:\n  containers:\n  - name: c\n    image: c\n    env:\n{items}"
        )
    };
    memory.add("app/pod.yaml", pod(&items("old")));
    memory.add("app/patch.yaml", pod(&items("new")));
    memory.add(
        "app/kustomization.yaml",
        "resources: [pod.yaml]\npatches:\n- path: patch.yaml\n- target: {kind: Pod}\n  patch: |-\n    - op: remove\n      \
         path: /spec/containers/0/env/99999\nimages: [{name: c, newTag: '1'}]\n",
    );
    memory.build("app", |built, _| {
        assert_eq!(built.faults, []);
        let containers = built.objects[0].value.at(&["spec", "containers"]).unwrap();
        let env = containers.items()[0].get("env").unwrap();
        assert_eq!(env.items().len(), 99_999);
    });
}

#[test]
fn ten_thousand_entries_are_taken_in() {
    let mut memory = Memory::default();
    let mut list =
        String::from("namePrefix: p-\nnamespace: n1\ncommonLabels: {a: b}\nresources:\n");
    for at in 0..10_000 {
        let _ = writeln!(list, "- f{at}.yaml");
        memory.add(format!("app/f{at}.yaml"), config_map(&format!("c{at}")));
    }
    memory.add("app/kustomization.yaml", list);
    assert_eq!(objects(&memory, "app"), 10_000);
}

#[test]
fn objects_are_made_and_patched_one_by_one() {
    let mut memory = Memory::default();
    let mut text = String::from("configMapGenerator:\n");
    for at in 0..1000 {
        let _ = writeln!(text, "- {{name: c{at}, literals: [a=b]}}");
    }
    text.push_str("patches:\n");
    for at in 0..1000 {
        let _ = writeln!(
            text,
            "- patch: '{{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {{\"name\": \"c{at}\"}}}}'"
        );
    }
    memory.add("app/kustomization.yaml", text);
    assert_eq!(objects(&memory, "app"), 1000);
}

#[test]
fn patterns_that_explode_are_refused_or_matched_in_time() {
    let mut memory = Memory::default();
    memory.add("app/a.yaml", config_map(&"a".repeat(200)));
    memory.add("large/a.yaml", config_map("a"));
    memory.add("image/a.yaml", config_map("a"));
    let target = |pattern: &str| {
        format!(
            "resources: [a.yaml]\npatches:\n- target: {{name: '{pattern}'}}\n  patch: '[{{\"op\": \"remove\", \"path\": \
             \"/x\"}}]'\n"
        )
    };
    memory.add("app/kustomization.yaml", target("(a|aa)+(a*)*b"));
    assert_eq!(objects(&memory, "app"), 1);
    memory.add(
        "large/kustomization.yaml",
        target("((a{1000}){1000}){1000}"),
    );
    let (_, said) = fault(&memory, "large");
    assert!(said.contains("large/kustomization.yaml:3"), "{said}");
    memory.add(
        "image/kustomization.yaml",
        "resources: [a.yaml]\nimages:\n- name: '((a{1000}){1000}){1000}'\n  newTag: x\n",
    );
    let (_, said) = fault(&memory, "image");
    assert!(said.contains("image/kustomization.yaml:3"), "{said}");
}

#[test]
fn deep_texts_are_refused() {
    let mut memory = Memory::default();
    let deep = "[".repeat(100_000);
    memory.add("app/kustomization.yaml", "resources: [a.yaml]\n");
    memory.add("app/a.yaml", format!("kind: {deep}"));
    fault(&memory, "app");
    memory.add(
        "patch/kustomization.yaml",
        format!("patches: [{{patch: '{deep}'}}]\n"),
    );
    fault(&memory, "patch");
    memory.add("own/kustomization.yaml", format!("resources: {deep}\n"));
    fault(&memory, "own");
}

#[test]
fn operations_that_copy_what_they_copied_are_refused() {
    let mut memory = Memory::default();
    memory.add("app/a.yaml", config_map("a"));
    let mut text =
        String::from("resources: [a.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: |-\n");
    text.push_str("    - {op: add, path: /data, value: {x: {}}}\n");
    for at in 0..60 {
        let _ = writeln!(text, "    - {{op: copy, from: /data, path: /data/k{at}}}");
    }
    memory.add("app/kustomization.yaml", text);
    let (kind, _) = fault(&memory, "app");
    assert_eq!(kind, FaultKind::Limit);
}

/// Files on a disk, as far as a test needs them.
struct Disk(std::path::PathBuf);

impl Files for Disk {
    fn kind(&self, path: &str) -> Option<FileKind> {
        let metadata = std::fs::metadata(self.0.join(path)).ok()?;
        Some(if metadata.is_dir() {
            FileKind::Folder
        } else {
            FileKind::File
        })
    }

    fn read(&self, path: &str) -> std::io::Result<Vec<u8>> {
        std::fs::read(self.0.join(path))
    }

    fn list(&self, _: &str) -> std::io::Result<Vec<(String, FileKind)>> {
        Err(std::io::ErrorKind::Unsupported.into())
    }

    fn real(&self, path: &str) -> Option<String> {
        let path = std::fs::canonicalize(self.0.join(path)).ok()?;
        Some(path.to_str()?.to_owned())
    }
}

fn build_on_disk(disk: &Disk, look: impl FnOnce(&Built<'_>)) {
    let sources = Sources::new(Vec::new());
    let repository = Repository::new(&sources, disk);
    let kustomize = Kustomize::new(&repository, Options::default());
    look(&Build::build(&kustomize, &Request::kustomization("app")));
}

#[test]
#[cfg(unix)]
fn nothing_is_read_from_outside() {
    let folder = tempfile::tempdir().unwrap();
    let app = folder.path().join("repository/app");
    std::fs::create_dir_all(&app).unwrap();
    std::fs::write(folder.path().join("secret"), "outside").unwrap();
    std::fs::write(app.join("inside.txt"), "inside").unwrap();
    std::os::unix::fs::symlink("../../secret", app.join("out.txt")).unwrap();
    std::os::unix::fs::symlink("..", app.join("up")).unwrap();
    std::os::unix::fs::symlink("../..", app.join("away")).unwrap();
    std::os::unix::fs::symlink("inside.txt", app.join("link.txt")).unwrap();
    std::os::unix::fs::symlink("round", app.join("round")).unwrap();
    let disk = Disk(folder.path().join("repository"));
    let absolute = folder.path().join("secret").display().to_string();
    for path in [
        "../../secret",
        &absolute,
        "out.txt",
        "up/../../secret",
        "away/secret",
        "/dev/zero",
        "round",
    ] {
        let text = format!("secretGenerator:\n- name: s\n  files:\n  - k={path}\n");
        std::fs::write(app.join("kustomization.yaml"), text).unwrap();
        build_on_disk(&disk, |built| {
            assert!(built.objects.is_empty(), "{path}");
            assert_eq!(built.faults.len(), 1, "{path}");
            assert_eq!(built.faults[0].kind, FaultKind::Broken, "{path}");
        });
    }
    for path in [
        "inside.txt",
        "link.txt",
        "../app/inside.txt",
        "up/app/inside.txt",
    ] {
        let text = format!("secretGenerator:\n- name: s\n  files:\n  - k={path}\n");
        std::fs::write(app.join("kustomization.yaml"), text).unwrap();
        build_on_disk(&disk, |built| assert_eq!(built.faults, [], "{path}"));
    }
}
