//! `--format json`, version 1: a frozen form of its own. Its schema is `docs/schemas/report-v1.json`.

mod findings;

use std::io::{self, Write};

use plimsoll_check::{NotChecked, Severity};
use plimsoll_yaml::Span;
use rayon::prelude::*;
use serde::Serialize;

use super::Printed;

#[derive(Serialize)]
struct Report<'a> {
    version: u8,
    tool: Tool,
    summary: Summary,
    /// Written by [`write_findings`], into the place of these brackets.
    findings: [(); 0],
    not_checked: Vec<NotCheckedEntry<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    other_files: usize,
    resources: usize,
    without_schema: usize,
    roots: usize,
    rules: usize,
    findings: BySeverity,
    suppressed: usize,
    not_checked: usize,
}

#[derive(Serialize)]
struct BySeverity {
    error: usize,
    warning: usize,
    info: usize,
}

#[derive(Serialize)]
struct Location<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
struct NotCheckedEntry<'a> {
    file: &'a str,
    reason: &'static str,
    detail: &'a str,
    location: Option<Location<'a>>,
}

/// Writes the report.
pub(super) fn write(out: &mut dyn Write, printed: &Printed<'_>) -> io::Result<()> {
    let report = printed.report;
    let counts = report.by_severity();
    let count = |severity| counts.get(&severity).copied().unwrap_or_default();
    let whole = Report {
        version: 1,
        tool: Tool {
            name: "plimsoll",
            version: env!("CARGO_PKG_VERSION"),
        },
        summary: Summary {
            files: report.counts.files,
            other_files: report.counts.other_files,
            resources: report.counts.resources,
            without_schema: report.counts.without_schema,
            roots: report.counts.roots,
            rules: report.counts.rules,
            findings: BySeverity {
                error: count(Severity::Error),
                warning: count(Severity::Warning),
                info: count(Severity::Info),
            },
            suppressed: report.suppressed.len(),
            not_checked: report.not_checked.len(),
        },
        findings: [],
        not_checked: report
            .not_checked
            .iter()
            .map(|entry| not_checked(printed, entry))
            .collect(),
    };
    let text = serde_json::to_string_pretty(&whole)?;
    let (before, after) = text
        .split_once(NO_FINDINGS)
        .unwrap_or_else(|| unreachable!("findings are the only empty list of this name"));
    out.write_all(before.as_bytes())?;
    write_findings(out, printed)?;
    out.write_all(after.as_bytes())?;
    out.write_all(b"\n")
}

const NO_FINDINGS: &str = r#""findings": []"#;
/// Findings that one thread writes at a time.
const CHUNK: usize = 128;
/// Chunks of each thread that are in memory at a time, so that the whole output never is.
const CHUNKS: usize = 8;

/// The findings, on all cores where there are many, one on each line: a large repository has a hundred thousand, and
/// indentation would be half of what is written.
fn write_findings(out: &mut dyn Write, printed: &Printed<'_>) -> io::Result<()> {
    let lists = [&printed.report.findings, &printed.report.suppressed];
    let many = lists.iter().any(|list| list.len() > CHUNK);
    // Where there are few, no threads are started to ask how many there are.
    let chunks = if many {
        CHUNKS * rayon::current_num_threads()
    } else {
        1
    };
    if lists.iter().all(|list| list.is_empty()) {
        return out.write_all(NO_FINDINGS.as_bytes());
    }
    out.write_all(br#""findings": ["#)?;
    let of_rules = findings::OfRules::new();
    let mut separator = "\n";
    let mut texts = vec![Vec::new(); chunks];
    for some in lists.iter().flat_map(|list| list.chunks(CHUNK * chunks)) {
        if some.len() <= CHUNK {
            findings::write(&mut texts[0], printed, &of_rules, some);
        } else {
            let chunks = some.par_chunks(CHUNK).zip(&mut texts);
            chunks.for_each(|(some, text)| findings::write(text, printed, &of_rules, some));
        }
        for text in &texts[..some.len().div_ceil(CHUNK)] {
            out.write_all(separator.as_bytes())?;
            out.write_all(text)?;
            separator = ",\n";
        }
    }
    out.write_all(b"\n  ]")
}

fn location<'a>(printed: &'a Printed<'_>, span: Span) -> Location<'a> {
    let (start, end) = printed.sources.positions(span);
    Location {
        file: &printed.sources.get(span.source).path,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

fn not_checked<'a>(printed: &'a Printed<'_>, entry: &'a NotChecked) -> NotCheckedEntry<'a> {
    NotCheckedEntry {
        file: &entry.file,
        reason: entry.reason.name(),
        detail: &entry.detail,
        location: entry.place.map(|span| location(printed, span)),
    }
}
