//! Files to sources.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use plimsoll_check::{NotChecked, Reason, Source};
use plimsoll_yaml::{DecodeError, Limits, SourceId, Tree, decode};
use rayon::prelude::*;

use crate::progress::Progress;

/// What was read, in order of the paths, and what could not be.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    pub(crate) files: Vec<(String, String)>,
    pub(crate) not_checked: Vec<NotChecked>,
    /// Files read that can hold no object.
    pub(crate) other_files: usize,
}

/// Below this, starting threads costs more than they save.
const WORTH_THREADS: usize = 16;

/// Reads files, in parallel where that is worth it.
pub(crate) fn read(files: BTreeMap<String, Option<PathBuf>>, limits: &Limits) -> Texts {
    let progress = Progress::new(files.len());
    let one = |buffer: &mut Vec<u8>, (shown, path): (String, Option<PathBuf>)| {
        let path = path.as_deref().unwrap_or(Path::new(&shown));
        let text = read_file(path, limits, buffer);
        progress.step();
        (shown, text)
    };
    let files: Vec<_> = files.into_iter().collect();
    let results: Vec<_> = if files.len() < WORTH_THREADS {
        let mut buffer = Vec::new();
        let files = files.into_iter();
        files.map(|file| one(&mut buffer, file)).collect()
    } else {
        files.into_par_iter().map_init(Vec::new, one).collect()
    };
    let mut texts = Texts::default();
    texts.files.reserve_exact(results.len());
    for (file, result) in results {
        match result {
            Ok(text) if may_hold_objects(&file, &text) => texts.files.push((file, text)),
            Ok(_) => texts.other_files += 1,
            Err((reason, detail)) => texts.not_checked.push(NotChecked {
                file,
                reason,
                detail,
                place: None,
            }),
        }
    }
    texts
}

/// Reads standard input.
pub(crate) fn read_stdin(limits: &Limits) -> Result<String, NotChecked> {
    let mut bytes = Vec::new();
    let result = std::io::stdin()
        .lock()
        .take(limits.bytes as u64 + 1)
        .read_to_end(&mut bytes);
    let text = match result {
        Ok(_) if bytes.len() > limits.bytes => Err(too_large(bytes.len() as u64, limits)),
        Ok(_) => decode(bytes).map_err(|error| undecodable(&error)),
        Err(error) => Err((Reason::Unreadable, error.to_string())),
    };
    text.map_err(|(reason, detail)| NotChecked {
        file: STDIN.to_owned(),
        reason,
        detail,
        place: None,
    })
}

/// What standard input is called.
pub(crate) const STDIN: &str = "<stdin>";

fn read_file(
    path: &Path,
    limits: &Limits,
    buffer: &mut Vec<u8>,
) -> Result<String, (Reason, String)> {
    let unreadable = |error: std::io::Error| (Reason::Unreadable, error.to_string());
    let file = std::fs::File::open(path).map_err(unreadable)?;
    buffer.clear();
    let most = limits.bytes as u64;
    // Nobody asks how long it is: most files are read in one go, and to ask takes as long as that.
    let mut some = (&file).take(most + 1);
    some.read_to_end(buffer).map_err(unreadable)?;
    if buffer.len() as u64 > most {
        let bytes = file.metadata().map_err(unreadable)?.len();
        return Err(too_large(bytes, limits));
    }
    // A copy to its size, which stays; the buffer serves the next file.
    decode(buffer.clone()).map_err(|error| undecodable(&error))
}

fn too_large(bytes: u64, limits: &Limits) -> (Reason, String) {
    (
        Reason::TooLarge,
        format!(
            "{} MiB; files of more than {} MiB are not read",
            bytes >> 20,
            limits.bytes >> 20
        ),
    )
}

fn undecodable(error: &DecodeError) -> (Reason, String) {
    let reason = match error {
        DecodeError::Binary(_) => Reason::Binary,
        DecodeError::Utf16 | DecodeError::NotUtf8(_) => Reason::NotUtf8,
    };
    (reason, error.to_string())
}

/// JSON is much else than manifests (packages, dashboards, compiler settings with comments), so a JSON file is only
/// parsed if it names an API version.
fn may_hold_objects(file: &str, text: &str) -> bool {
    !Path::new(file)
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
        || text.contains("\"apiVersion\"")
}

/// Parses texts, each with its index as the id of its source.
pub(crate) fn parse(texts: Vec<(String, String)>, limits: &Limits) -> Vec<Source> {
    let one = |(index, (path, text)): (usize, (String, String))| {
        Source::new(path, Tree::parse(SourceId(index as u32), text, limits))
    };
    if texts.len() < WORTH_THREADS {
        texts.into_iter().enumerate().map(one).collect()
    } else {
        texts.into_par_iter().enumerate().map(one).collect()
    }
}
