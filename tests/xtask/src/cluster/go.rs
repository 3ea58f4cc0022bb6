//! Go: the machine's own, or PyPI's.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::test::Stop;
use crate::workspace::Workspace;
use crate::{command, python};

/// Where Go's own installation puts it, often without telling the search path.
const USUAL: &str = "/usr/local/go/bin/go";

const REQUIREMENTS: &str = "tests/cluster/requirements.txt";

/// A Go that works. One that is older than `go.mod` asks for fetches the newer one by itself.
pub(crate) fn find(workspace: &Workspace) -> Result<PathBuf, Stop> {
    let own = ["go", USUAL].map(PathBuf::from);
    if let Some(go) = own.into_iter().find(|go| works(go)) {
        return Ok(go);
    }
    let go = python::environment(workspace)?.join("bin/go");
    if !works(&go) {
        println!("installing {REQUIREMENTS}");
        if let Err(reason) = python::install(workspace, REQUIREMENTS) {
            return Err(Stop::Skipped(format!(
                "there is no Go here, and PyPI does not give one: {reason}"
            )));
        }
    }
    Ok(go)
}

fn works(go: &Path) -> bool {
    command::output(Command::new(go).arg("version")).is_ok()
}
