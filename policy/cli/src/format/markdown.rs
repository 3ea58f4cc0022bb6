//! `--format markdown`: a summary for job pages and comments.

use std::collections::BTreeMap;
use std::io::{self, Write};

use plimsoll_check::{Finding, Severity};

use super::holds::holds_in;
use super::{Printed, plural, tally};

/// How many findings of one rule are listed.
const LISTED: usize = 20;

/// Writes the report.
pub(super) fn write(out: &mut dyn Write, printed: &Printed<'_>) -> io::Result<()> {
    let report = printed.report;
    writeln!(out, "## Plimsoll: {}\n", tally(report))?;
    writeln!(
        out,
        "{} and {}, {} rules; {} excused; {} not checked.\n",
        plural(report.counts.files, "file"),
        plural(report.counts.resources, "object"),
        report.counts.rules,
        report.suppressed.len(),
        report.not_checked.len()
    )?;
    let mut groups: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        groups.entry(finding.rule.id).or_default().push(finding);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|findings| std::cmp::Reverse((findings[0].severity, findings.len())));
    for findings in groups {
        group(out, printed, &findings)?;
    }
    if !report.not_checked.is_empty() {
        writeln!(out, "### Not checked\n")?;
        for entry in report.not_checked.iter().take(LISTED) {
            writeln!(out, "- `{}`: {}", entry.file, escape(&entry.detail))?;
        }
        rest(out, report.not_checked.len())?;
    }
    Ok(())
}

fn group(out: &mut dyn Write, printed: &Printed<'_>, findings: &[&Finding]) -> io::Result<()> {
    let first = findings[0];
    let mark = match first.severity {
        Severity::Error => "🔴",
        Severity::Warning => "🟠",
        Severity::Info => "🔵",
    };
    writeln!(
        out,
        "### {mark} {} ({})\n\n{}. {}.\n",
        first.rule.id,
        findings.len(),
        sentence(first.rule.summary),
        sentence(first.rule.help)
    )?;
    for finding in findings.iter().take(LISTED) {
        let at = printed.sources.position(finding.primary);
        let file = &printed.sources.get(finding.primary.source).path;
        writeln!(
            out,
            "- `{file}:{}:{}` {}{}",
            at.line,
            at.column,
            escape(&finding.message()),
            escape(&holds_in(printed.report, finding))
        )?;
    }
    rest(out, findings.len())
}

fn rest(out: &mut dyn Write, count: usize) -> io::Result<()> {
    if count > LISTED {
        writeln!(out, "- … and {} more", count - LISTED)?;
    }
    writeln!(out)
}

fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// Text of a manifest stays text: no tags, no mentions, no tables.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('@', "@\u{200b}")
        .replace('|', "\\|")
        .replace('\n', " ")
}
