//! Which files a run reads: those that git would see.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};
use plimsoll_check::config::Pattern;
use plimsoll_check::{NotChecked, Reason};

/// Regular files to read, by the path that is shown, and what could not be walked. Beside it stands the path to open, where
/// that is another one.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    pub(crate) files: BTreeMap<String, Option<PathBuf>>,
    pub(crate) not_checked: Vec<NotChecked>,
}

/// Walks paths. A file that is named is read whatever it is called; in folders, YAML and JSON files are.
pub(crate) fn walk(paths: &[PathBuf], ignore: &[Pattern]) -> Walked {
    let mut walked = Walked::default();
    for path in paths {
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => walked.folder(path, ignore),
            Ok(metadata) if metadata.is_file() => walked.add(path),
            // Not opened: opening a pipe waits for somebody to write.
            Ok(_) => walked.not_checked.push(NotChecked {
                file: shown(path),
                reason: Reason::Unreadable,
                detail: "no regular file".to_owned(),
                place: None,
            }),
            Err(error) => walked.fail(path, error.raw_os_error(), &error.to_string()),
        }
    }
    walked
}

/// A path in the one way to write it: without `.`, empty parts and parts that are gone back from. A file that is met by two
/// names would be two files, and a kustomization would look for its neighbours under others than they have.
pub(crate) fn plain(path: &Path) -> PathBuf {
    let parts = path.components().filter(|part| *part != Component::CurDir);
    let plain: PathBuf = parts.collect();
    let mut parts = plain.components();
    if !parts.any(|part| part == Component::ParentDir) {
        return or_here(plain);
    }
    // `..` behind a link leads elsewhere than it reads, so the system is asked where it leads, and whether that is here.
    let here = Path::new(".").canonicalize();
    let (Ok(real), Ok(here)) = (plain.canonicalize(), here) else {
        return plain;
    };
    if let Ok(inner) = real.strip_prefix(&here) {
        return or_here(inner.to_owned());
    }
    if here.starts_with(&real) {
        // What lies where the program runs would have a name from above and one from here.
        return real;
    }
    let mut rest = plain.components();
    let goes_up = rest
        .by_ref()
        .take_while(|part| *part == Component::ParentDir);
    let only_up_first = goes_up.count() > 0 && rest.all(|part| part != Component::ParentDir);
    if only_up_first { plain } else { real }
}

fn or_here(path: PathBuf) -> PathBuf {
    if path.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        path
    }
}

/// A path as reports show it: with `/`, and without a leading `./`.
pub(crate) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let text = text.strip_prefix("./").unwrap_or(&text);
    if text.is_empty() {
        ".".to_owned()
    } else {
        text.to_owned()
    }
}

/// The error number of a symbolic link that leads back to itself (`ELOOP` on Linux, then on macOS).
const LOOPS: [i32; 2] = [40, 62];

impl Walked {
    fn add(&mut self, path: &Path) {
        // A large repository has a hundred thousand: nearly all are opened by what is shown.
        let opens_so = path.to_str().is_some_and(|path| !path.contains('\\'));
        let other = (!opens_so).then(|| path.to_owned());
        self.files.insert(shown(path), other);
    }

    fn fail(&mut self, path: &Path, code: Option<i32>, text: &str) {
        let (reason, detail) = if code.is_some_and(|code| LOOPS.contains(&code)) {
            (
                Reason::SymlinkLoop,
                "a symbolic link that leads back to itself".to_owned(),
            )
        } else if path.is_symlink() {
            (
                Reason::SymlinkLoop,
                format!("a symbolic link that leads nowhere: {text}"),
            )
        } else if !path.exists() {
            (Reason::Missing, "no such file or folder".to_owned())
        } else {
            (Reason::Unreadable, text.to_owned())
        };
        self.not_checked.push(NotChecked {
            file: shown(path),
            reason,
            detail,
            place: None,
        });
    }

    fn folder(&mut self, root: &Path, ignore: &[Pattern]) {
        let ignored = ignore.to_vec();
        let walk = WalkBuilder::new(root)
            .hidden(false)
            .require_git(false)
            .follow_links(false)
            .filter_entry(move |entry| entry.file_name() != ".git" && !is_ignored(entry, &ignored))
            .build();
        for entry in walk {
            match entry {
                Ok(entry) => self.entry(root, &entry),
                Err(error) => {
                    let path = error_path(&error).unwrap_or_else(|| root.to_owned());
                    self.fail(
                        &path,
                        error.io_error().and_then(std::io::Error::raw_os_error),
                        &error.to_string(),
                    );
                }
            }
        }
    }

    fn entry(&mut self, root: &Path, entry: &DirEntry) {
        let Some(kind) = entry.file_type() else {
            return;
        };
        if kind.is_symlink() {
            self.link(root, entry.path());
        } else if kind.is_file() && is_manifest(entry.path()) {
            self.add(entry.path());
        }
    }

    /// A link into the tree leads to what is walked anyway; one to a file elsewhere is read; the others are said.
    fn link(&mut self, root: &Path, path: &Path) {
        let target = match path.canonicalize() {
            Ok(target) => target,
            Err(error) => return self.fail(path, error.raw_os_error(), &error.to_string()),
        };
        let here = path
            .parent()
            .and_then(|parent| parent.canonicalize().ok())
            .unwrap_or_default();
        let inside = root
            .canonicalize()
            .is_ok_and(|root| target.starts_with(root));
        if target.is_dir() && here.starts_with(&target) {
            let detail = "a symbolic link to a folder that it stands in".to_owned();
            self.not_checked.push(NotChecked {
                file: shown(path),
                reason: Reason::SymlinkLoop,
                detail,
                place: None,
            });
        } else if target.is_dir() && !inside {
            let detail =
                "a symbolic link to a folder outside of what is checked; name that folder, too"
                    .to_owned();
            self.not_checked.push(NotChecked {
                file: shown(path),
                reason: Reason::Unreadable,
                detail,
                place: None,
            });
        } else if target.is_file() && !inside && is_manifest(path) {
            self.add(path);
        }
    }
}

fn is_ignored(entry: &DirEntry, ignored: &[Pattern]) -> bool {
    !ignored.is_empty() && {
        let path = shown(entry.path());
        ignored.iter().any(|pattern| pattern.matches(&path))
    }
}

fn is_manifest(path: &Path) -> bool {
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    ["yaml", "yml", "json"]
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
        || path.file_name().is_some_and(|name| name == "Kustomization")
}

fn error_path(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            error_path(err)
        }
        ignore::Error::Loop { child, .. } => Some(child.clone()),
        ignore::Error::Partial(errors) => errors.iter().find_map(error_path),
        _ => None,
    }
}
