//! Images without a registry and without a container engine.

use std::path::Path;
use std::process::Command;

use crate::error::Error;

/// What holds a Pod's network.
pub(crate) const PAUSE: &str = "localhost/pause:1";

/// What tests run, and ask.
pub(crate) const SERVER: &str = "localhost/server:1";

/// Builds the Containerfile in `context` and writes the image as the `oci-archive` that [`super::Node::import_image`]
/// takes. `name` is a whole name, such as `localhost/web:1`.
pub fn build(context: &Path, name: &str, archive: &Path) -> Result<(), Error> {
    let storage = Storage::create()?;
    let target = format!("oci-archive:{}:{name}", archive.display());
    let folder = context.to_string_lossy();
    storage.buildah(&["bud", "--isolation", "chroot", "--tag", name, &folder])?;
    storage.buildah(&["push", name, &target]).map(drop)
}

/// Has a registry without TLS take the image of an `oci-archive`.
pub(super) fn push(archive: &Path, name: &str) -> Result<(), Error> {
    let storage = Storage::create()?;
    let source = format!("oci-archive:{}", archive.display());
    let id = storage.buildah(&["pull", "--quiet", &source])?;
    let target = format!("docker://{name}");
    storage
        .buildah(&["push", "--tls-verify=false", id.trim(), &target])
        .map(drop)
}

/// Where buildah keeps what it works on; gone with this value.
struct Storage {
    folder: tempfile::TempDir,
}

impl Storage {
    fn create() -> Result<Self, Error> {
        let folder = tempfile::tempdir();
        let folder = folder.map_err(|error| Error::of(&std::env::temp_dir(), &error))?;
        Ok(Self { folder })
    }

    /// Gives back what it printed.
    fn buildah(&self, words: &[&str]) -> Result<String, Error> {
        let mut buildah = Command::new("buildah");
        // A file system inside another one is not allowed everywhere; this driver copies.
        buildah.args(["--storage-driver", "vfs", "--root"]);
        buildah
            .arg(self.folder.path().join("root"))
            .arg("--runroot");
        buildah.arg(self.folder.path().join("run")).args(words);
        output(&mut buildah)
    }
}

/// Compiles `images/KIND/main.c` and builds an image of nothing else.
pub(crate) fn build_static(kind: &str, name: &str, archive: &Path) -> Result<(), Error> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("images")
        .join(kind);
    let context = tempfile::tempdir();
    let context = context.map_err(|error| Error::of(&std::env::temp_dir(), &error))?;
    let mut cc = Command::new("cc");
    cc.args(["-static", "-O2", "-Wall", "-Wextra", "-Werror", "-o"]);
    cc.arg(context.path().join("program"))
        .arg(source.join("main.c"));
    run(&mut cc)?;
    let file = source.join("Containerfile");
    std::fs::copy(&file, context.path().join("Containerfile"))
        .map_err(|error| Error::of(&file, &error))?;
    build(context.path(), name, archive)
}

/// Runs it to its end; an error has all it said.
pub(crate) fn run(command: &mut Command) -> Result<(), Error> {
    output(command).map(drop)
}

/// What it printed.
fn output(command: &mut Command) -> Result<String, Error> {
    let output = command.output();
    let output = output.map_err(|error| Error::of(Path::new(command.get_program()), &error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said);
    Err(Error::Failed(format!(
        "{command:?} ended with {}:\n{said}",
        output.status
    )))
}
