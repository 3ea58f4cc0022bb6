//! A log, read as it grows: each message once, with how often it came.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::Value;

pub(super) struct Log {
    path: PathBuf,
    /// How many lines have been shown.
    seen: usize,
}

impl Log {
    pub(super) fn at(path: PathBuf) -> Self {
        Self { path, seen: 0 }
    }

    /// What was written since this was last asked.
    pub(super) fn news(&mut self) -> Result<String, String> {
        let text = std::fs::read_to_string(&self.path);
        let text = text.map_err(|error| format!("{}: {error}", self.path.display()))?;
        let name = self.path.file_stem().unwrap_or_default().display();
        let lines: Vec<&str> = text.lines().collect();
        let new = &lines[self.seen..];
        self.seen = lines.len();
        let mut told = format!("{name} log:{}", if new.is_empty() { " silent" } else { "" });
        for (line, count) in each_once(new) {
            let _ = write!(told, "\n  {line}");
            if count > 1 {
                let _ = write!(told, "\n  … and {} more like it", count - 1);
            }
        }
        Ok(told)
    }
}

/// The first line of each level, message and error, and how many say the same.
fn each_once<'l>(lines: &[&'l str]) -> Vec<(&'l str, usize)> {
    let mut kinds: Vec<(String, &str, usize)> = Vec::new();
    for line in lines {
        let value: Value = serde_json::from_str(line).unwrap_or_default();
        let kind = format!("{} {} {}", value["level"], value["message"], value["error"]);
        match kinds.iter_mut().find(|(known, _, _)| *known == kind) {
            Some((_, _, count)) => *count += 1,
            None => kinds.push((kind, line, 1)),
        }
    }
    kinds
        .into_iter()
        .map(|(_, line, count)| (line, count))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_the_same_is_shown_once() {
        let lines = [
            r#"{"level":"warn","message":"away","error":"refused","jobs":1}"#,
            r#"{"level":"warn","message":"away","error":"refused","jobs":2}"#,
            r#"{"level":"info","message":"back"}"#,
        ];
        assert_eq!(each_once(&lines), [(lines[0], 2), (lines[2], 1)]);
    }
}
