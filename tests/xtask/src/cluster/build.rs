//! Kubernetes' programs, built once for each change of their sources or flags.
//!
//! ```text
//! go.mod, go.sum, flags ──▶ target/cluster/HASH/bin ◀── target/cluster/current
//! ```

use std::fs;
use std::hash::Hasher;
use std::path::{Path, PathBuf};

use siphasher::sip::SipHasher13;

use super::{failed, go};
use crate::command;
use crate::test::Stop;
use crate::workspace::Workspace;

/// Where `go.mod` names Kubernetes' version.
const MODULE: &str = "tests/cluster";

const TOOLS: &[&str] = &[
    "kube-apiserver",
    "kubectl",
    "kube-controller-manager",
    "kubelet",
    "kube-scheduler",
    "kube-proxy",
];

/// Without the version the server says v0.0.0, and clients complain.
const LINKER_FLAGS: &str = "-s -w \
    -X k8s.io/component-base/version.gitVersion=v1.36.2 \
    -X k8s.io/component-base/version.gitMajor=1 \
    -X k8s.io/component-base/version.gitMinor=36";

/// Builds what is not there yet: a quarter of an hour of a processor, once.
pub(crate) fn build(workspace: &Workspace) -> Result<(), Stop> {
    let folder = folder(workspace)?;
    for tool in TOOLS {
        build_one(workspace, &folder, tool)?;
    }
    point_to(workspace, &folder)?;
    Ok(())
}

fn build_one(workspace: &Workspace, folder: &Path, tool: &str) -> Result<(), Stop> {
    let program = folder.join(tool);
    if program.is_file() {
        return Ok(());
    }
    println!("building {tool}");
    fs::create_dir_all(folder).map_err(failed(folder))?;
    // A build that is cut short must not be taken for a program.
    let partial = folder.join(format!("{tool}.partial"));
    let mut go = workspace.command(go::find(workspace)?);
    go.current_dir(workspace.root.join(MODULE));
    go.args(["build", "-trimpath", "-ldflags", LINKER_FLAGS, "-o"]);
    go.arg(&partial);
    go.arg(format!("k8s.io/kubernetes/cmd/{tool}"));
    // Their own releases are built so: no library of this machine is in them.
    go.env("CGO_ENABLED", "0");
    command::output(&mut go)?;
    Ok(fs::rename(&partial, &program).map_err(failed(&program))?)
}

/// Where the programs of this `go.mod` are.
pub(crate) fn folder(workspace: &Workspace) -> Result<PathBuf, String> {
    let mut hasher = SipHasher13::new();
    for file in ["go.mod", "go.sum"] {
        let path = workspace.root.join(MODULE).join(file);
        hasher.write(&fs::read(&path).map_err(failed(&path))?);
    }
    hasher.write(LINKER_FLAGS.as_bytes());
    let hash = format!("{:016x}", hasher.finish());
    Ok(cache(workspace).join(hash).join("bin"))
}

fn cache(workspace: &Workspace) -> PathBuf {
    workspace.target.join("cluster")
}

/// Tests that are run by hand find the programs by this link.
fn point_to(workspace: &Workspace, folder: &Path) -> Result<(), String> {
    let cache = cache(workspace);
    // Relative, so that a build folder that is moved keeps its programs.
    let folder = folder.strip_prefix(&cache).unwrap_or(folder);
    let [new, link] = ["current.new", "current"].map(|name| cache.join(name));
    // A run that was cut short has left it.
    let _ = fs::remove_file(&new);
    std::os::unix::fs::symlink(folder, &new).map_err(failed(&new))?;
    fs::rename(&new, &link).map_err(failed(&link))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace() -> Workspace {
        Workspace::find().unwrap()
    }

    #[test]
    fn every_tool_is_one_of_the_module_and_the_other_way_round() {
        let module = fs::read_to_string(workspace().root.join(MODULE).join("go.mod")).unwrap();
        let (_, block) = module.split_once("\ntool (\n").unwrap();
        let mut listed: Vec<&str> = block
            .lines()
            .filter_map(|line| line.trim().strip_prefix("k8s.io/kubernetes/cmd/"))
            .collect();
        let mut built = TOOLS.to_vec();
        listed.sort_unstable();
        built.sort_unstable();
        assert_eq!(listed, built);
    }

    #[test]
    fn the_version_in_the_flags_is_the_modules() {
        let module = fs::read_to_string(workspace().root.join(MODULE).join("go.mod")).unwrap();
        let line = module
            .lines()
            .find_map(|line| line.trim().strip_prefix("k8s.io/kubernetes "));
        let version = line.unwrap().split(' ').next().unwrap();
        assert!(LINKER_FLAGS.contains(&format!("gitVersion={version} ")));
        let minor = version.split('.').nth(1).unwrap();
        assert!(LINKER_FLAGS.ends_with(&format!("gitMinor={minor}")));
    }
}
