//! The budgets of the source tree that no lint holds.

use std::fs;
use std::path::Path;

use crate::test::Stop;
use crate::workspace::Workspace;

const LINES_OF_A_FILE: usize = 400;
/// `main.rs` only wires what the other modules do.
const LINES_OF_MAIN: usize = 30;

pub(crate) fn check(workspace: &Workspace) -> Result<(), Stop> {
    let mut over = Vec::new();
    for file in workspace.files()? {
        if file.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(workspace.root.join(&file))
            .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
        over.extend(complaint(&file, text.lines().count()));
    }
    if over.is_empty() {
        Ok(())
    } else {
        Err(Stop::Failed(format!(
            "split these files:\n{}",
            over.join("\n")
        )))
    }
}

fn complaint(file: &Path, lines: usize) -> Option<String> {
    let is_main = file.ends_with("src/main.rs");
    let budget = if is_main {
        LINES_OF_MAIN
    } else {
        LINES_OF_A_FILE
    };
    (lines > budget).then(|| format!("{}: {lines} lines, {budget} at most", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_may_fill_its_budget_and_no_more() {
        assert_eq!(complaint(Path::new("a/src/b.rs"), 400), None);
        assert_eq!(
            complaint(Path::new("a/src/b.rs"), 401).unwrap(),
            "a/src/b.rs: 401 lines, 400 at most"
        );
        assert_eq!(complaint(Path::new("a/src/main.rs"), 30), None);
        assert!(complaint(Path::new("a/src/main.rs"), 31).is_some());
    }
}
