//! The trees that are measured: made, not copied, and the same on every machine.
//!
//! One object a file and fifty files a folder, in the mix of a repository of services. Each hundred objects are a
//! namespace with its applications; an object's application is decided by its place among those of its kind, so a
//! Service finds its Deployment and a binding its role. About four applications in ten are as one finds them.

use std::fs;
use std::path::{Path, PathBuf};

use super::application::{Application, PER_NAMESPACE};
use super::{around, workloads};
use crate::fixtures;
use crate::workspace::Workspace;

/// Raised when the texts change, so that trees made before are not taken for new ones.
const VERSION: u32 = 1;
const SEED: u64 = 20_260_101;
const FILES_A_FOLDER: usize = 50;

/// Kinds that run pods, and how many of a hundred objects are of each.
const WORKLOADS: &[(&str, usize)] = &[
    ("Deployment", 24),
    ("StatefulSet", 4),
    ("DaemonSet", 2),
    ("CronJob", 3),
    ("Job", 2),
    ("Pod", 1),
];

/// The other kinds.
const AROUND: &[(&str, usize)] = &[
    ("Service", 20),
    ("ConfigMap", 10),
    ("Secret", 2),
    ("ServiceAccount", 8),
    ("Role", 3),
    ("RoleBinding", 3),
    ("ClusterRole", 2),
    ("ClusterRoleBinding", 2),
    ("NetworkPolicy", 4),
    ("HorizontalPodAutoscaler", 3),
    ("PodDisruptionBudget", 2),
    ("Ingress", 3),
    ("PersistentVolumeClaim", 1),
    ("Namespace", 1),
];

/// A tree on disk.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(crate) folder: PathBuf,
    pub(crate) objects: usize,
    pub(crate) bytes: u64,
}

impl Tree {
    /// A tree of so many objects, made unless it is there.
    pub(crate) fn make(workspace: &Workspace, objects: usize) -> Result<Self, String> {
        let folder = workspace
            .target
            .join(format!("bench/tree-{SEED}-v{VERSION}-{objects}"));
        // Beside the tree, so that it is no file of it; written last, so that half a tree is not taken for a whole one.
        let stamp = folder.with_extension("bytes");
        if let Ok(bytes) = fs::read_to_string(&stamp) {
            let bytes = bytes
                .trim()
                .parse()
                .map_err(|error| format!("{}: {error}", stamp.display()))?;
            return Ok(Self {
                folder,
                objects,
                bytes,
            });
        }
        println!("making a tree of {objects} objects");
        fixtures::empty(&folder)?;
        let mut bytes = 0;
        for number in 0..objects {
            let (kind, text) = object(SEED, number);
            let file = format!(
                "{:05}/{number:06}-{}.yaml",
                number / FILES_A_FOLDER,
                kind.to_lowercase()
            );
            fixtures::write(&folder.join(file), &text)?;
            bytes += text.len() as u64;
        }
        fixtures::write(&stamp, &bytes.to_string())?;
        Ok(Self {
            folder,
            objects,
            bytes,
        })
    }
}

/// One Deployment of about 3 KB, for the time from start to end of a process.
pub(crate) fn one_file(workspace: &Workspace) -> Result<PathBuf, String> {
    let file = workspace.target.join("bench/one/web.yaml");
    fixtures::write(&file, fixtures::GOOD)?;
    Ok(file)
}

/// All files of a folder, for programs that want them named.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            files.extend(self::files(&path)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The kind and the text of an object, by its number in the tree of a seed.
fn object(seed: u64, number: usize) -> (&'static str, String) {
    let (namespace, place) = (number / 100, number % 100);
    // Kinds are mixed as in a repository; 37 has no factor in common with 100, so every place is met once.
    let mut place = place * 37 % 100;
    let application = |index| Application::new(seed, namespace * PER_NAMESPACE + index);
    let mut index = 0;
    for (kind, count) in WORKLOADS {
        if place < *count {
            return (kind, workloads::text(&application(index + place), kind));
        }
        place -= count;
        index += count;
    }
    for (kind, count) in AROUND {
        if place < *count {
            return (kind, around::text(&application(place), kind));
        }
        place -= count;
    }
    unreachable!("the shares of all kinds are a hundred")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_of_the_kinds_are_a_hundred() {
        let shares = |kinds: &[(&str, usize)]| kinds.iter().map(|(_, share)| share).sum::<usize>();
        assert_eq!(shares(WORKLOADS) + shares(AROUND), 100);
        assert_eq!(shares(WORKLOADS), PER_NAMESPACE);
    }

    #[test]
    fn a_seed_decides_every_text() {
        assert_eq!(object(1, 42), object(1, 42));
        assert_ne!(object(1, 42), object(2, 42));
    }

    #[test]
    fn objects_are_as_large_as_those_of_real_repositories() {
        let bytes: usize = (0..1000).map(|number| object(SEED, number).1.len()).sum();
        assert!(
            (800..1100).contains(&(bytes / 1000)),
            "{} bytes an object",
            bytes / 1000
        );
    }

    #[test]
    fn every_text_is_one_object() {
        for number in 0..1000 {
            let (kind, text) = object(SEED, number);
            let limits = plimsoll_yaml::Limits::default();
            let tree = plimsoll_yaml::Tree::parse(plimsoll_yaml::SourceId(0), text, &limits);
            assert!(tree.errors().is_empty(), "{}", tree.text());
            let roots: Vec<_> = tree
                .documents()
                .filter_map(|document| document.root)
                .collect();
            assert_eq!(roots.len(), 1);
            assert_eq!(
                roots[0].at(&["kind"]).and_then(plimsoll_yaml::Node::text),
                Some(kind)
            );
        }
    }

    #[test]
    fn references_resolve() {
        let texts: Vec<String> = (0..100).map(|number| object(SEED, number).1).collect();
        let named = |text: &String, kind: &str, name: &str| {
            text.contains(&format!("kind: {kind}\n")) && text.contains(&format!("  name: {name}\n"))
        };
        let bindings = texts
            .iter()
            .filter(|text| text.contains("kind: RoleBinding\n"));
        for binding in bindings {
            let name = binding
                .rsplit("  name: ")
                .nth(1)
                .and_then(|rest| rest.lines().next())
                .unwrap();
            assert!(
                texts.iter().any(|text| named(text, "Role", name)),
                "{binding}"
            );
        }
    }
}
