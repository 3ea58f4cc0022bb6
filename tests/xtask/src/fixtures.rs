//! The manifests that the hook and the action are tried on: one that passes, one that does not,
//! and what stands around them in the cluster.

use std::fs;
use std::path::Path;

/// The rule that the bad manifest breaks and the good one does not.
pub(crate) const BROKEN_RULE: &str = "container-privileged";

pub(crate) const GOOD: &str = include_str!("../fixtures/web.yaml");
pub(crate) const AROUND: &str = include_str!("../fixtures/around.yaml");

/// The good Deployment with one line of it changed.
pub(crate) fn bad() -> String {
    GOOD.replace("allowPrivilegeEscalation: false", "privileged: true")
}

/// Writes `text`, making the folders that the path needs.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)
}

/// Makes `folder` anew, with nothing in it.
pub(crate) fn empty(folder: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.try_exists().map_err(failed)? {
        fs::remove_dir_all(folder).map_err(failed)?;
    }
    fs::create_dir_all(folder).map_err(failed)
}

/// Fails unless `text` has each of `parts`, with the whole text in the error.
pub(crate) fn expect_all(what: &str, text: &str, parts: &[&str]) -> Result<(), String> {
    match parts.iter().find(|part| !text.contains(**part)) {
        None => Ok(()),
        Some(missing) => Err(format!("{what} has no `{missing}`:\n{text}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bad_manifest_differs_in_one_line() {
        let bad = bad();
        let differing = GOOD
            .lines()
            .zip(bad.lines())
            .filter(|(good, bad)| good != bad);
        assert_eq!(differing.count(), 1);
    }

    #[test]
    fn what_is_missing_is_named_with_the_text() {
        assert_eq!(expect_all("it", "a b", &["a", "b"]), Ok(()));
        assert_eq!(
            expect_all("it", "a b", &["a", "c"]).unwrap_err(),
            "it has no `c`:\na b"
        );
    }
}
