//! `plimsoll-webhook manifests`: everything that the webhook needs in a cluster, as one stream or as a kustomization.

mod options;
mod template;

use std::path::Path;
use std::process::ExitCode;

pub(crate) use options::KUBERNETES;
pub use options::Manifests;

/// The webhook's name in its configuration, by which the API server's metrics and audit entries call it.
pub const WEBHOOK: &str = "validate.plimsoll.dev";

macro_rules! templates {
    ($($name:literal)*) => { &[$(($name, include_str!(concat!("templates/", $name, ".yaml")))),*] };
}

/// In the order in which they are to be applied: nobody is asked before there is somebody who answers.
const TEMPLATES: &[(&str, &str)] = templates! {
    "namespace" "resourcequota" "serviceaccount" "rbac" "configmap" "certificates" "networkpolicies" "service" "deployment"
    "horizontalpodautoscaler" "poddisruptionbudget" "servicemonitor" "alerts" "validatingwebhookconfiguration"
};

impl Manifests {
    /// The files, by name, in the order in which they are to be applied.
    pub fn files(&self) -> Result<Vec<(String, String)>, String> {
        let values = self.values()?;
        let filled = TEMPLATES.iter().filter(|(name, _)| self.has(name));
        let filled = filled.map(|(name, text)| (format!("{name}.yaml"), values.fill(text)));
        Ok(filled.filter(|(_, text)| !text.is_empty()).collect())
    }

    /// The same with the kustomization that lists them.
    pub fn kustomization(&self) -> Result<Vec<(String, String)>, String> {
        let mut files = self.files()?;
        let mut values = self.values()?;
        let mut names: Vec<_> = files.iter().map(|(name, _)| format!("- {name}")).collect();
        names.sort();
        values.blocks.insert("files", names);
        let text = values.fill(include_str!("templates/kustomization.yaml"));
        files.push(("kustomization.yaml".to_owned(), text));
        Ok(files)
    }
}

pub(crate) fn run(manifests: &Manifests) -> ExitCode {
    let done = match &manifests.kustomize {
        Some(folder) => manifests
            .kustomization()
            .and_then(|files| write(folder, &files)),
        None => manifests.files().map(|files| print(&files)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            crate::say::error(&fault);
            ExitCode::from(3)
        }
    }
}

fn print(files: &[(String, String)]) {
    let texts: Vec<_> = files.iter().map(|(_, text)| text.as_str()).collect();
    crate::say::out(&texts.join("---\n"));
}

fn write(folder: &Path, files: &[(String, String)]) -> Result<(), String> {
    let fault = |path: &Path, error| format!("{}: {error}", path.display());
    std::fs::create_dir_all(folder).map_err(|error| fault(folder, error))?;
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|error| fault(&path, error))?;
    }
    Ok(())
}
