//! The repository's files, for rendering.

use std::path::Path;

use plimsoll_render::{FileKind, Files};

/// Files of this machine. Paths are relative to where the program runs.
pub(crate) struct Disk;

impl Files for Disk {
    fn kind(&self, path: &str) -> Option<FileKind> {
        kind(std::fs::metadata(path).ok()?.file_type())
    }

    fn read(&self, path: &str) -> std::io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn list(&self, folder: &str) -> std::io::Result<Vec<(String, FileKind)>> {
        let folder = if folder.is_empty() { "." } else { folder };
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            // Links count as what they lead to.
            let Some(kind) = std::fs::metadata(entry.path())
                .ok()
                .and_then(|data| kind(data.file_type()))
            else {
                continue;
            };
            found.push((entry.file_name().to_string_lossy().into_owned(), kind));
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(found)
    }

    fn real(&self, path: &str) -> Option<String> {
        let real = std::fs::canonicalize(Path::new(path)).ok()?;
        Some(real.to_string_lossy().replace('\\', "/"))
    }

    fn is_link(&self, path: &str) -> bool {
        std::fs::symlink_metadata(path).map_or(true, |data| data.is_symlink())
    }
}

fn kind(kind: std::fs::FileType) -> Option<FileKind> {
    if kind.is_file() {
        Some(FileKind::File)
    } else {
        kind.is_dir().then_some(FileKind::Folder)
    }
}
