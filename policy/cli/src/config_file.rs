//! Finding and reading `.plimsoll.yaml`.

use std::path::{Path, PathBuf};

use plimsoll_check::Config;
use plimsoll_check::config::ConfigError;
use plimsoll_yaml::{Limits, SourceId, Tree, decode};

use crate::walk::shown;

/// The names that a configuration is looked for by.
pub(crate) const NAMES: [&str; 2] = [".plimsoll.yaml", ".plimsoll.yml"];

/// A configuration with its text, or the default with none.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) config: Config,
    /// The path as it is shown, and the text.
    pub(crate) file: Option<(String, String)>,
}

/// Why a configuration cannot be followed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The file cannot be read.
    Unreadable(String),
    /// It says something wrong: the tree it was read to, the path, and each fault.
    Wrong {
        tree: Box<Tree>,
        path: String,
        errors: Vec<ConfigError>,
    },
}

/// Loads the file that is named, or the nearest one upward from a path.
pub(crate) fn load(named: Option<&Path>, from: &Path) -> Result<Loaded, Failure> {
    let Some(path) = named.map(Path::to_owned).or_else(|| find(from)) else {
        return Ok(Loaded::default());
    };
    let shown = shown(&path);
    let unreadable = |error: String| Failure::Unreadable(format!("{shown}: {error}"));
    let bytes = std::fs::read(&path).map_err(|error| unreadable(error.to_string()))?;
    let text = decode(bytes).map_err(|error| unreadable(error.to_string()))?;
    let tree = Tree::parse(SourceId(0), text.as_str(), &Limits::default());
    match Config::read(&tree) {
        Ok(config) => Ok(Loaded {
            config,
            file: Some((shown, text)),
        }),
        Err(errors) => Err(Failure::Wrong {
            tree: Box::new(tree),
            path: shown,
            errors,
        }),
    }
}

/// The nearest configuration, from a folder, or a file's folder, upward.
fn find(from: &Path) -> Option<PathBuf> {
    let folder = if from.is_dir() {
        from
    } else {
        from.parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."))
    };
    let here = NAMES
        .iter()
        .map(|name| folder.join(name))
        .find(|path| path.is_file());
    here.or_else(|| {
        let absolute = folder.canonicalize().ok()?;
        let above = absolute.ancestors().skip(1);
        above
            .flat_map(|folder| NAMES.iter().map(move |name| folder.join(name)))
            .find(|path| path.is_file())
    })
}
