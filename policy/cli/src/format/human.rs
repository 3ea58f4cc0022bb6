//! `--format human`: snippets while there are few findings, groups by rule when there are many; the worst first.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use plimsoll_check::config::ConfigError;
use plimsoll_check::{Finding, Findings, NotChecked, Severity, Sources};
use plimsoll_render::{Fault, FaultKind};
use plimsoll_yaml::Tree;

use super::holds::holds;
use super::shown::{self, Problem};
use super::{Printed, plural, tally};

/// Up to this many findings are shown in full, each with its snippet.
const IN_FULL: usize = 40;
/// In groups: how many places of one rule are listed after the first.
const PLACES: usize = 5;
/// How many entries of one reason are listed.
const UNCHECKED: usize = 8;

/// Writes the report.
pub(super) fn write(out: &mut dyn Write, printed: &Printed<'_>, color: bool) -> io::Result<()> {
    let findings = &printed.report.findings;
    if findings.len() <= IN_FULL {
        let mut findings: Vec<&Finding> = findings.iter().map(|finding| &**finding).collect();
        findings.sort_by_key(|finding| Reverse(finding.severity));
        for finding in findings {
            snippet(out, printed, finding, color)?;
        }
    } else {
        groups(out, printed, color)?;
    }
    not_checked(out, printed, color)?;
    summary(out, printed, color)
}

/// The findings of one rule and severity: the first of them, and how many there are.
struct Group<'a> {
    first: Vec<&'a Finding>,
    count: usize,
}

/// By severity, then by size.
fn grouped(findings: &Findings) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    // By the rule's address, which is looked up faster than its name.
    let mut places: HashMap<(Severity, usize), usize> = HashMap::new();
    for finding in findings {
        let rule = std::ptr::from_ref(finding.rule).addr();
        let place = places.entry((finding.severity, rule)).or_insert_with(|| {
            groups.push(Group {
                first: Vec::with_capacity(PLACES + 1),
                count: 0,
            });
            groups.len() - 1
        });
        let group = &mut groups[*place];
        group.count += 1;
        if group.first.len() <= PLACES {
            group.first.push(finding);
        }
    }
    groups.sort_by_key(|group| {
        let first = group.first[0];
        (Reverse(first.severity), Reverse(group.count), first.rule.id)
    });
    groups
}

fn groups(out: &mut dyn Write, printed: &Printed<'_>, color: bool) -> io::Result<()> {
    for group in grouped(&printed.report.findings) {
        let first = group.first[0];
        let style = severity_style(first.severity);
        let title = format!("{}: {}", first.rule.id, plural(group.count, "finding"));
        writeln!(
            out,
            "{} {}, {}",
            paint(color, style.bold(), "━━"),
            paint(color, style.bold(), &title),
            first.rule.summary
        )?;
        snippet(out, printed, first, color)?;
        for finding in group.first.iter().skip(1) {
            let at = printed.sources.position(finding.primary);
            let place = format!(
                "{}:{}:{}",
                printed.sources.get(finding.primary.source).path,
                at.line,
                at.column
            );
            writeln!(
                out,
                "  also {} {}",
                paint(color, Style::new().bold(), &place),
                finding.message()
            )?;
        }
        if group.count > PLACES + 1 {
            writeln!(
                out,
                "  … and {} more: plimsoll check --rule {}",
                group.count - PLACES - 1,
                first.rule.id
            )?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn not_checked(out: &mut dyn Write, printed: &Printed<'_>, color: bool) -> io::Result<()> {
    let mut entries: Vec<&NotChecked> = printed.report.not_checked.iter().collect();
    entries.sort_by_key(|entry| entry.reason);
    for group in entries.chunk_by(|a, b| a.reason == b.reason) {
        let mark = paint(color, AnsiColor::Magenta.on_default().bold(), "not checked");
        let reason = group[0].reason;
        writeln!(out, "{mark} ({}): {}", group.len(), reason.advice())?;
        for entry in group.iter().take(UNCHECKED) {
            let line = entry.place.map_or_else(String::new, |span| {
                format!(":{}", printed.sources.position(span).line)
            });
            writeln!(out, "  {}{line}: {}", entry.file, entry.detail)?;
        }
        if group.len() > UNCHECKED {
            writeln!(
                out,
                "  … and {} more; `--format json` lists them all",
                group.len() - UNCHECKED
            )?;
        }
    }
    if entries.is_empty() {
        Ok(())
    } else {
        writeln!(out)
    }
}

fn summary(out: &mut dyn Write, printed: &Printed<'_>, color: bool) -> io::Result<()> {
    let report = printed.report;
    let worst = report.findings.iter().map(|finding| finding.severity).max();
    let style = worst
        .map_or(AnsiColor::Green.on_default(), severity_style)
        .bold();
    let roots = match report.counts.roots {
        0 => String::new(),
        roots => format!(" of {}", plural(roots, "root")),
    };
    let mut line = format!(
        "{} in {} and {}{roots}, {}, {:.2} s",
        paint(color, style, &tally(report)),
        plural(report.counts.files, "file"),
        plural(report.counts.resources, "object"),
        plural(report.counts.rules, "rule"),
        printed.started.elapsed().as_secs_f64()
    );
    if report.counts.without_schema > 0 {
        line += &format!("; {} without a schema", report.counts.without_schema);
    }
    if !report.suppressed.is_empty() {
        line += &format!("; {} excused", report.suppressed.len());
    }
    if !report.not_checked.is_empty() {
        line += &format!(
            "; {} not checked",
            plural(report.not_checked.len(), "thing")
        );
    }
    writeln!(out, "{line}")
}

fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Error => AnsiColor::Red.on_default(),
        Severity::Warning => AnsiColor::Yellow.on_default(),
        Severity::Info => AnsiColor::Cyan.on_default(),
    }
}

fn paint(color: bool, style: Style, text: &str) -> String {
    if color {
        format!("{style}{text}{style:#}")
    } else {
        text.to_owned()
    }
}

fn snippet(
    out: &mut dyn Write,
    printed: &Printed<'_>,
    finding: &Finding,
    color: bool,
) -> io::Result<()> {
    let help = match holds(printed.report, finding) {
        Some(holds) => format!("{}\nholds {holds}", finding.help()),
        None => finding.help().into_owned(),
    };
    // Many messages name the object themselves.
    let object = finding
        .resource
        .as_deref()
        .filter(|name| !finding.message().contains(&*name.name));
    let object = object.map(|name| format!(" ({name})")).unwrap_or_default();
    let related = finding
        .related()
        .iter()
        .map(|label| (label.span, label.text.to_string()));
    let problem = Problem {
        code: finding.rule.id,
        severity: match finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        },
        message: format!("{}{object}", finding.message()),
        help: &help,
        place: Some(finding.primary),
        related: related.collect(),
    };
    problem.draw(out, printed.sources, color)
}

/// Prints what stops a root from being rendered.
pub(super) fn faults(
    out: &mut dyn Write,
    sources: &Sources,
    faults: &[Fault],
    color: bool,
) -> io::Result<()> {
    for fault in faults {
        let (code, severity) = match fault.kind {
            FaultKind::Broken | FaultKind::Absent | FaultKind::Limit => {
                ("render-failed", miette::Severity::Error)
            }
            FaultKind::Remote | FaultKind::Unsupported => {
                ("not rendered", miette::Severity::Warning)
            }
        };
        let problem = Problem {
            code,
            severity,
            message: fault.message.clone(),
            help: &fault.help,
            place: fault.span,
            related: fault.related.clone(),
        };
        problem.draw(out, sources, color)?;
    }
    Ok(())
}

/// Prints what is wrong with a configuration.
pub(super) fn config_errors(
    out: &mut dyn Write,
    tree: &Tree,
    path: &str,
    errors: &[ConfigError],
    color: bool,
) -> io::Result<()> {
    for error in errors {
        shown::configuration(out, tree, path, error, color)?;
    }
    writeln!(
        out,
        "{} in {path}; nothing was checked",
        plural(errors.len(), "fault")
    )
}
