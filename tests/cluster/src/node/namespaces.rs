//! Mounts, processes and a network that are gone when their first process is.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::error::Error;
use crate::folder::Folder;
use crate::guard::Guard;

/// Runs as the first process. What programs write to folders of the machine lands in ours.
const SCRIPT: &str = r#"set -e
folder=$1
read -r process rest < /proc/self/stat
mount --make-rshared /
mount -t proc proc /proc
mount -t tmpfs -o mode=755 tmpfs /run
for place in /var/lib /var/log; do
    mkdir -p "$folder$place"
    mount --bind "$folder$place" "$place"
done
ip link set lo up
echo 1 > /proc/sys/net/ipv4/ip_forward
echo "$process" > "$folder/first.new"
mv "$folder/first.new" "$folder/first"
trap '' CHLD # Whose parents are gone are ours, and are reaped by the kernel when nobody listens.
exec sleep infinity"#;

#[derive(Debug)]
pub(crate) struct Namespaces {
    #[expect(dead_code, reason = "everything in here lives as long as it")]
    first: Guard,
    /// The process id of the first process, seen from outside.
    process: String,
}

impl Namespaces {
    /// Whether they can be made: root in a container is often not allowed what root is.
    pub(crate) fn probe() -> Result<(), Error> {
        let mut probe = Command::new("unshare");
        probe.args(["--mount", "--net", "--pid", "--fork", "true"]);
        let output = probe.output();
        let output = output.map_err(|error| Error::of(Path::new("unshare"), &error))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Error::Unavailable(format!(
            "a node needs namespaces: {said}"
        )))
    }

    pub(crate) fn create(folder: &Folder) -> Result<Self, Error> {
        let mut first = Command::new("unshare");
        first.args(["--mount", "--net", "--pid", "--fork", "--kill-child=KILL"]);
        first.args(["sh", "-c", SCRIPT, "sh"]).arg(folder.path());
        let mut first = Guard::start("first", &first, folder.path())?;
        let mark = folder.join("first");
        first.ready(|| mark.exists())?;
        let process = std::fs::read_to_string(&mark);
        let process = process.map_err(|error| Error::of(&mark, &error))?;
        let process = process.trim().to_owned();
        Ok(Self { first, process })
    }

    /// As `ip` takes it.
    pub(crate) fn process(&self) -> &str {
        &self.process
    }

    /// The words that start a program in the network alone.
    pub(crate) fn network(&self) -> Vec<OsString> {
        let network = format!("--net=/proc/{}/ns/net", self.process);
        ["nsenter", &network, "--"].map(OsString::from).to_vec()
    }

    /// Starts `program` with everything that is inside.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.process, "--mount", "--net", "--pid", "--"]);
        command.arg(program);
        command
    }
}
