//! `--format github`: workflow commands on standard output, and the job summary where GitHub wants it.

use std::io::{self, Write};

use plimsoll_check::Severity;

use super::holds::holds_in;
use super::{Printed, markdown, tally};
use crate::host;

/// The summary of a step may have 1 MiB; what is more is cut.
const SUMMARY_BYTES: usize = (1 << 20) - 4096;

/// Writes annotations, and the summary if `GITHUB_STEP_SUMMARY` names a file.
pub(super) fn write(out: &mut dyn Write, printed: &Printed<'_>) -> io::Result<()> {
    let mut findings: Vec<_> = printed.report.findings.iter().collect();
    // GitHub shows the first few of each step only, so the worst come first.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    for finding in findings {
        let (start, end) = (
            printed.sources.position(finding.primary),
            printed.sources.end_position(finding.primary),
        );
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let file = property(&printed.sources.get(finding.primary.source).path);
        let columns = if start.line == end.line {
            format!(",col={},endColumn={}", start.column, end.column)
        } else {
            String::new()
        };
        let message = data(&format!(
            "{}{}\nhelp: {}",
            finding.message(),
            holds_in(printed.report, finding),
            finding.help()
        ));
        writeln!(
            out,
            "::{command} file={file},line={},endLine={}{columns},title={}::{message}",
            start.line,
            end.line,
            property(finding.rule.id)
        )?;
    }
    for entry in &printed.report.not_checked {
        let line = entry
            .place
            .map_or(1, |span| printed.sources.position(span).line);
        let message = data(&format!("not checked: {}", entry.detail));
        writeln!(
            out,
            "::warning file={},line={line},title={}::{message}",
            property(&entry.file),
            property(entry.reason.name())
        )?;
    }
    writeln!(
        out,
        "plimsoll: {}, {} not checked",
        tally(printed.report),
        printed.report.not_checked.len()
    )?;
    summary(printed)
}

fn summary(printed: &Printed<'_>) -> io::Result<()> {
    let Some(path) = host::variable("GITHUB_STEP_SUMMARY") else {
        return Ok(());
    };
    let mut text = Vec::new();
    markdown::write(&mut text, printed)?;
    if text.len() > SUMMARY_BYTES {
        let end = text[..SUMMARY_BYTES]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        text.truncate(end);
        text.extend_from_slice(b"\nThe rest is cut; the log has it all.\n");
    }
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?
        .write_all(&text)
}

/// Escapes a message as GitHub's toolkit does.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes a property as GitHub's toolkit does.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
