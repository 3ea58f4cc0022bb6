//! `--format junit`: a test suite for each file, a failed case for each finding.

use std::io::{self, Write};

use plimsoll_check::Finding;

use super::Printed;
use super::holds::holds_in;

/// Writes the report. A file without findings is one case that passed, so that test counts mean something.
pub(super) fn write(out: &mut dyn Write, printed: &Printed<'_>) -> io::Result<()> {
    let report = printed.report;
    let skipped = report.not_checked.len();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let failures = report.findings.len();
    writeln!(
        out,
        "<testsuites name=\"plimsoll\" tests=\"{}\" failures=\"{failures}\" skipped=\"{skipped}\">",
        (failures + skipped).max(1)
    )?;
    if failures + skipped == 0 {
        writeln!(
            out,
            "  <testsuite name=\"plimsoll\" tests=\"1\" failures=\"0\" skipped=\"0\">"
        )?;
        writeln!(
            out,
            "    <testcase classname=\"plimsoll\" name=\"no findings\"/>\n  </testsuite>"
        )?;
    }
    for findings in report
        .findings
        .chunk_by(|a, b| a.primary.source == b.primary.source)
    {
        suite(out, printed, findings)?;
    }
    if skipped > 0 {
        writeln!(
            out,
            "  <testsuite name=\"not checked\" tests=\"{skipped}\" failures=\"0\" skipped=\"{skipped}\">"
        )?;
        for entry in &report.not_checked {
            let (file, reason, detail) = (
                escape(&entry.file),
                entry.reason.name(),
                escape(&entry.detail),
            );
            writeln!(
                out,
                "    <testcase classname=\"{file}\" name=\"{reason}\"><skipped message=\"{detail}\"/></testcase>"
            )?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn suite(out: &mut dyn Write, printed: &Printed<'_>, findings: &[Box<Finding>]) -> io::Result<()> {
    let Some(first) = findings.first() else {
        return Ok(());
    };
    let path = &printed.sources.get(first.primary.source).path;
    let file = escape(path);
    let count = findings.len();
    writeln!(
        out,
        "  <testsuite name=\"{file}\" tests=\"{count}\" failures=\"{count}\" skipped=\"0\">"
    )?;
    for finding in findings {
        let at = printed.sources.position(finding.primary);
        let object = finding
            .resource
            .as_deref()
            .map_or_else(String::new, ToString::to_string);
        let name = escape(&format!("{} {object} {}", finding.rule.id, finding.path()));
        let holds = holds_in(printed.report, finding);
        let message = escape(&format!("{}{holds}", finding.message()));
        writeln!(
            out,
            "    <testcase classname=\"{file}\" name=\"{}\" file=\"{file}\" line=\"{}\">",
            name.trim(),
            at.line
        )?;
        writeln!(
            out,
            "      <failure type=\"{}\" message=\"{message}\">{file}:{}:{}: {message}\nhelp: {}</failure>\n    </testcase>",
            finding.severity,
            at.line,
            at.column,
            escape(&finding.help())
        )?;
    }
    writeln!(out, "  </testsuite>")
}

/// Escapes text for XML 1.0; characters that it cannot hold become `?`.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push(' '),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('?'),
            c => escaped.push(c),
        }
    }
    escaped
}
