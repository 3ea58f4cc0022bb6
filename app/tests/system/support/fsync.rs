//! What of Redis' log has reached the disk. The kernel keeps what a killed process has written, so
//! killing Redis shows nothing of what a power failure costs; the last fsync that returned does.

use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

/// A library that is loaded into Redis, and its notes.
pub(crate) struct Recorder {
    folder: TempDir,
    /// How long each fsync takes at least.
    pub(crate) milliseconds: u32,
}

/// An fsync that has returned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Synced {
    /// When it began, in milliseconds since 1970.
    pub(crate) at: u64,
    /// How many bytes the log had then.
    pub(crate) length: u64,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().expect("there is room");
        let source = folder.path().join("fsync.c");
        std::fs::write(&source, include_str!("fsync.c")).expect("there is room");
        let mut compile = Command::new("cc");
        compile.args(["-shared", "-fPIC", "-O1", "-o"]);
        compile.arg(folder.path().join("fsync.so"));
        compile.arg(source).arg("-ldl");
        assert!(compile.status().expect("there is a C compiler").success());
        Self {
            folder,
            milliseconds: 0,
        }
    }

    fn notes(&self) -> PathBuf {
        self.folder.path().join("notes")
    }

    /// Has `server` loaded with the library.
    pub(super) fn watch(&self, server: &mut Command) {
        server.env("LD_PRELOAD", self.folder.path().join("fsync.so"));
        server.env("FSYNC_NOTES", self.notes());
        server.env("FSYNC_MILLISECONDS", self.milliseconds.to_string());
    }

    /// Those that have returned, the last one last.
    pub(crate) fn synced(&self) -> Vec<Synced> {
        let notes = std::fs::read_to_string(self.notes()).unwrap_or_default();
        let numbers = notes.lines().map(|line| {
            let (at, length) = line.split_once(' ').expect("two numbers");
            Synced {
                at: at.parse().expect("it is a number"),
                length: length.parse().expect("it is a number"),
            }
        });
        numbers.collect()
    }
}
