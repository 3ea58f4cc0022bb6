//! Images and containers without a daemon: buildah and podman, with their storage below the build folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::command;

/// Where images and containers are kept. Containers that are left when this is dropped are removed.
pub(crate) struct Storage {
    folder: PathBuf,
}

impl Storage {
    /// Opens the storage in `folder`, and removes what an earlier run that was cut short has left.
    pub(crate) fn open(folder: PathBuf) -> Result<Self, String> {
        let storage = Self { folder };
        storage.remove_all()?;
        command::output(storage.podman("image").args(["prune", "--force"]))?;
        Ok(storage)
    }

    /// Builds `file`, of whose stage `build` the folder takes the place, and returns the image's id.
    pub(crate) fn build(&self, file: &Path, stage: &Path, context: &Path) -> Result<Image, String> {
        let mut build = self.command("buildah", "bud");
        // Other formats have no health checks; a time in it would make each build another image.
        build.args(["--format", "docker", "--timestamp", "0"]);
        build.args(["--isolation", "chroot", "--quiet"]);
        build.arg(format!("--build-context=build={}", stage.display()));
        build.arg("--file").arg(file).arg(context);
        let id = command::output(&mut build)?.trim().to_owned();
        Ok(Image { id })
    }

    /// Starts a container in the background.
    pub(crate) fn start(
        &self,
        name: &str,
        image: &Image,
        options: &[String],
        arguments: &[String],
    ) -> Result<Container<'_>, String> {
        let mut run = self.podman("run");
        run.args(["--detach", "--name", name, "--network", "host"]);
        // podman would raise the limits, which a container in a container may not.
        run.args([
            "--ulimit",
            "nofile=1024:1024",
            "--ulimit",
            "nproc=1024:1024",
        ]);
        // Else it writes the user's name into the image's root.
        run.args(["--passwd=false", "--security-opt", "no-new-privileges"]);
        run.args(options).arg(&image.id).args(arguments);
        let id = command::output(&mut run)?.trim().to_owned();
        Ok(Container { storage: self, id })
    }

    /// Writes an image as an `oci-archive`.
    pub(crate) fn save(&self, image: &Image, archive: &Path) -> Result<(), String> {
        // It would be added to one that is there.
        let _ = std::fs::remove_file(archive);
        let target = format!("oci-archive:{}:image", archive.display());
        command::output(self.command("buildah", "push").args([&image.id, &target])).map(drop)
    }

    /// Lists an image's files as `tar` does: mode, owner, size, path.
    pub(crate) fn list(&self, image: &Image) -> Result<String, String> {
        let id = command::output(self.podman("create").arg(&image.id))?;
        let archive = self.folder.join("root.tar");
        let mut export = self.podman("export");
        export.arg("--output").arg(&archive).arg(id.trim());
        command::output(&mut export)?;
        command::output(self.podman("rm").arg(id.trim()))?;
        let mut list = Command::new("tar");
        list.args(["--numeric-owner", "-tvf"]).arg(&archive);
        command::output(&mut list)
    }

    /// What is known of an image or a container.
    fn inspect(&self, id: &str, kind: &str) -> Result<Value, String> {
        let text = command::output(self.podman("inspect").args(["--type", kind, id]))?;
        let mut known: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        Ok(known[0].take())
    }

    fn podman(&self, word: &str) -> Command {
        let mut podman = self.command("podman", word);
        // Health is asked for here; there need be no systemd to do it.
        podman.env("DISABLE_HC_SYSTEMD", "true");
        podman
    }

    fn command(&self, program: &str, word: &str) -> Command {
        let mut command = Command::new(program);
        command.arg("--root").arg(self.folder.join("storage"));
        command.arg("--runroot").arg(self.folder.join("run"));
        command.args(["--storage-driver", "vfs"]);
        if program == "podman" {
            // The default, crun, refuses the older layout of control groups.
            command.args(["--runtime", "runc", "--cgroup-manager", "cgroupfs"]);
        }
        command.arg(word);
        command
    }

    fn remove_all(&self) -> Result<(), String> {
        let mut remove = self.podman("rm");
        command::output(remove.args(["--all", "--force", "--time", "0"])).map(drop)
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        if let Err(error) = self.remove_all() {
            println!("containers are left: {error}");
        }
    }
}

/// An image that was built.
pub(crate) struct Image {
    id: String,
}

impl Image {
    pub(crate) fn inspect(&self, storage: &Storage) -> Result<Value, String> {
        storage.inspect(&self.id, "image")
    }
}

/// A container that was started.
pub(crate) struct Container<'s> {
    storage: &'s Storage,
    id: String,
}

impl Container<'_> {
    /// Waits until it has ended, and returns its exit code.
    pub(crate) fn wait(&self) -> Result<String, String> {
        let code = command::output(self.storage.podman("wait").arg(&self.id))?;
        Ok(code.trim().to_owned())
    }

    /// Sends SIGTERM, and SIGKILL when it has not ended `seconds` later; returns its exit code.
    pub(crate) fn stop(&self, seconds: i64) -> Result<String, String> {
        let mut stop = self.storage.podman("stop");
        command::output(stop.args(["--time", &seconds.to_string(), &self.id]))?;
        let known = self.storage.inspect(&self.id, "container")?;
        Ok(known["State"]["ExitCode"].to_string())
    }

    /// Runs a command in it, and says whether that went well.
    pub(crate) fn exec(&self, words: &[&str]) -> Result<bool, String> {
        let mut exec = self.storage.podman("exec");
        let output = command::capture(exec.arg(&self.id).args(words))?;
        Ok(output.status.success())
    }

    /// Runs the image's health check in it.
    pub(crate) fn is_healthy(&self) -> Result<bool, String> {
        let mut check = self.storage.podman("healthcheck");
        let output = command::capture(check.args(["run", &self.id]))?;
        Ok(output.status.success())
    }

    pub(crate) fn logs(&self) -> Result<String, String> {
        let output = command::capture(self.storage.podman("logs").arg(&self.id))?;
        Ok(command::said(&output))
    }

    /// What differs from the image, a line each.
    pub(crate) fn changes(&self) -> Result<String, String> {
        command::output(self.storage.podman("diff").arg(&self.id))
    }

    /// What the kernel says of its process.
    pub(crate) fn status(&self) -> Result<String, String> {
        let known = self.storage.inspect(&self.id, "container")?;
        let path = format!("/proc/{}/status", known["State"]["Pid"]);
        std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))
    }
}
