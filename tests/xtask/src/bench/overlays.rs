//! Trees of kustomizations: applications with overlays for three stages, and overlays inside each other.
//!
//! ```text
//! apps/NAME/base                                ◀── overlays/{dev,staging,prod}   the roots
//!   a Deployment, what stands around it,              a prefix, namespace, labels, images, replicas, patches, a
//!   a generated ConfigMap                             component, more data for the generated ConfigMap
//! chain-D/level-00 ◀── level-01 ◀── … ◀── level-D     one root, each level a prefix, a label and a patch
//! ```

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use super::application::Application;
use super::{around, workloads};
use crate::fixtures;
use crate::workspace::Workspace;

/// Raised when the texts change.
const VERSION: u32 = 2;
const SEED: u64 = 20_260_202;
const STAGES: [&str; 3] = ["dev", "staging", "prod"];

/// What an application consists of, beside its workload.
const AROUND: &[&str] = &[
    "Service",
    "ServiceAccount",
    "Role",
    "RoleBinding",
    "NetworkPolicy",
];

/// Kustomizations on disk.
#[derive(Clone, Debug)]
pub(crate) struct Overlays {
    pub(crate) folder: PathBuf,
    /// Relative to the folder.
    pub(crate) roots: Vec<String>,
}

type File = (String, String);

impl Overlays {
    /// At least so many roots, three an application.
    pub(crate) fn make(workspace: &Workspace, roots: usize) -> Result<Self, String> {
        let applications = roots.div_ceil(STAGES.len());
        let names: Vec<String> = (0..applications)
            .flat_map(|number| {
                let name = Application::new(SEED, number).name;
                STAGES.map(|stage| format!("apps/{name}/overlays/{stage}"))
            })
            .take(roots)
            .collect();
        let files = (0..applications).flat_map(application);
        let files = files.chain([(
            "components/monitored/kustomization.yaml".to_owned(),
            MONITORED.to_owned(),
        )]);
        Self::write(workspace, &format!("overlays-{roots}"), names, files)
    }

    /// One root with so many overlays inside each other.
    pub(crate) fn chain(workspace: &Workspace, depth: usize) -> Result<Self, String> {
        let root = vec![format!("level-{depth:02}")];
        Self::write(
            workspace,
            &format!("chain-{depth}"),
            root,
            chain(depth).into_iter(),
        )
    }

    /// A folder with what its roots come to as plain files, one a root.
    pub(crate) fn plain(
        &self,
        workspace: &Workspace,
        rendered: &[String],
    ) -> Result<PathBuf, String> {
        let name = self
            .folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let folder = workspace.target.join(format!("bench/{name}-plain"));
        fixtures::empty(&folder)?;
        for (number, text) in rendered.iter().enumerate() {
            fixtures::write(&folder.join(format!("{number:05}.yaml")), text)?;
        }
        Ok(folder)
    }

    /// Writes the files unless they are there.
    fn write(
        workspace: &Workspace,
        name: &str,
        roots: Vec<String>,
        files: impl Iterator<Item = File>,
    ) -> Result<Self, String> {
        let folder = workspace
            .target
            .join(format!("bench/{name}-{SEED}-v{VERSION}"));
        let stamp = folder.with_extension("made");
        if !stamp.is_file() {
            println!("making {name}");
            fixtures::empty(&folder)?;
            for (path, text) in files {
                fixtures::write(&folder.join(path), &text)?;
            }
            fs::write(&stamp, "").map_err(|error| format!("{}: {error}", stamp.display()))?;
        }
        Ok(Self { folder, roots })
    }
}

/// All files of the application of a number.
fn application(number: usize) -> Vec<File> {
    let app = Application::new(SEED, number);
    let at = |path: &str| format!("apps/{}/{path}", app.name);
    let mut base = vec![("Deployment", workloads::text(&app, "Deployment"))];
    base.extend(AROUND.iter().map(|kind| (*kind, around::text(&app, kind))));
    let mut resources = String::from("resources:\n");
    let mut files = Vec::new();
    for (kind, text) in base {
        let file = format!("{}.yaml", kind.to_lowercase());
        let _ = writeln!(resources, "- {file}");
        files.push((at(&format!("base/{file}")), text));
    }
    let name = &app.name;
    let generator = format!(
        "configMapGenerator:\n- name: {name}\n  literals:\n  - log-level=info\n  - workers=\"4\"\n"
    );
    files.push((at("base/kustomization.yaml"), resources + &generator));
    for (stage, replicas) in STAGES.iter().zip(1..) {
        files.push((
            at(&format!("overlays/{stage}/kustomization.yaml")),
            overlay(&app, stage, replicas),
        ));
        files.push((
            at(&format!("overlays/{stage}/resources.yaml")),
            patch(&app, replicas),
        ));
    }
    files
}

fn overlay(app: &Application, stage: &str, replicas: usize) -> String {
    let Application {
        name,
        team,
        version,
        namespace,
        ..
    } = app;
    format!(
        "\
resources:
- ../../base
components:
- ../../../../components/monitored
namespace: {namespace}-{stage}
namePrefix: {stage}-
labels:
- pairs:
    stage: {stage}
configMapGenerator:
- name: {name}
  behavior: merge
  literals:
  - log-level=debug
  - stage={stage}
images:
- name: registry.example.com/{team}/{name}
  newTag: {version}-{stage}
replicas:
- name: {name}
  count: {replicas}
patches:
- path: resources.yaml
- target:
    kind: Service
  patch: |-
    - op: add
      path: /metadata/annotations
      value: {{stage: {stage}}}
"
    )
}

fn patch(app: &Application, size: usize) -> String {
    let Application {
        name, namespace, ..
    } = app;
    format!(
        "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: {namespace}
spec:
  template:
    spec:
      containers:
      - name: {name}
        resources:
          limits:
            memory: {}Mi
",
        256 * size
    )
}

const MONITORED: &str = "\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
- target:
    kind: Deployment
  patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: any
      annotations:
        monitored: \"true\"
";

fn chain(depth: usize) -> Vec<File> {
    let apps: Vec<Application> = (0..10)
        .map(|number| Application::new(SEED, number))
        .collect();
    let mut files = Vec::new();
    let mut resources = String::from("resources:\n");
    for app in &apps {
        for kind in std::iter::once(&"Deployment").chain(AROUND) {
            let file = format!("{}-{}.yaml", app.name, kind.to_lowercase());
            let _ = writeln!(resources, "- {file}");
            let text = if *kind == "Deployment" {
                workloads::text(app, kind)
            } else {
                around::text(app, kind)
            };
            files.push((format!("level-00/{file}"), text));
        }
    }
    files.push(("level-00/kustomization.yaml".to_owned(), resources));
    for level in 1..=depth {
        let text = format!(
            "\
resources:
- ../level-{:02}
namePrefix: l{level}-
labels:
- pairs:
    level-{level}: \"yes\"
patches:
- target:
    kind: Deployment
  patch: |-
    - op: add
      path: /spec/revisionHistoryLimit
      value: {level}
",
            level - 1
        );
        files.push((format!("level-{level:02}/kustomization.yaml"), text));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_yaml() {
        for (path, text) in application(1).into_iter().chain(chain(2)) {
            let limits = plimsoll_yaml::Limits::default();
            let tree = plimsoll_yaml::Tree::parse(plimsoll_yaml::SourceId(0), text, &limits);
            assert!(tree.errors().is_empty(), "{path}: {}", tree.text());
        }
    }

    #[test]
    fn a_chain_has_a_folder_for_each_level() {
        let levels = chain(16)
            .iter()
            .filter(|(path, _)| path.ends_with("kustomization.yaml"))
            .count();
        assert_eq!(levels, 17);
    }
}
