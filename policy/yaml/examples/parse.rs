//! What reading a folder of manifests costs, for `cargo xtask bench`: `parse read|events|granit|tree FOLDER`.
//!
//! `read` only reads the files; `events` walks the bare events of the library; `granit` makes trees of these events;
//! `tree` makes trees as the checker does. Each does what the one before it does, so differences are the steps' costs.
#![expect(
    clippy::print_stdout,
    reason = "a terminal is what this program is for"
)]

use std::io;
use std::path::Path;

use granit_parser::Parser;
use plimsoll_yaml::{Limits, SourceId, Tree};

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [mode, folder] = arguments.as_slice() else {
        return Err("usage: parse read|events|granit|tree FOLDER".to_owned());
    };
    let read = reader(mode).ok_or_else(|| format!("no mode {mode}"))?;
    let (mut bytes, mut things) = (0, 0);
    visit(Path::new(folder), &mut |text| {
        bytes += text.len();
        things += read(text);
    })
    .map_err(|error| format!("{folder}: {error}"))?;
    println!("{bytes} bytes, {things} {mode}");
    Ok(())
}

fn reader(mode: &str) -> Option<fn(String) -> usize> {
    Some(match mode {
        "read" => |_| 0,
        "events" => |text| Parser::new_from_str(&text).count(),
        "granit" => |text| nodes(&Tree::parse_events(SourceId(0), text, &Limits::default())),
        "tree" => |text| nodes(&Tree::parse(SourceId(0), text, &Limits::default())),
        _ => return None,
    })
}

fn nodes(tree: &Tree) -> usize {
    tree.documents()
        .filter_map(|document| document.root)
        .count()
}

fn visit(folder: &Path, each: &mut impl FnMut(String)) -> io::Result<()> {
    for entry in folder.read_dir()? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            visit(&entry.path(), each)?;
        } else {
            each(std::fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}
