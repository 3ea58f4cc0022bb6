//! `--format human`: snippets while there are few findings, groups by rule when there are many; the worst first.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};
use plimsoll_check::config::ConfigError;
use plimsoll_check::{Finding, NotChecked, Severity, Sources};
use plimsoll_yaml::{Span, Tree};

use super::{Printed, plural, tally};
use crate::host;

/// Up to this many findings are shown in full, each with its snippet.
const IN_FULL: usize = 40;
/// In groups: how many places of one rule are listed after the first.
const PLACES: usize = 5;
/// How many entries of one reason are listed.
const UNCHECKED: usize = 8;

/// Writes the report.
pub(super) fn write(out: &mut dyn Write, printed: &Printed<'_>, color: bool) -> io::Result<()> {
    let report = printed.report;
    let mut findings: Vec<&Finding> = report.findings.iter().map(|finding| &**finding).collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    if findings.len() <= IN_FULL {
        for finding in findings {
            snippet(out, printed.sources, finding, color)?;
        }
    } else {
        groups(out, printed, &findings, color)?;
    }
    not_checked(out, printed, color)?;
    summary(out, printed, color)
}

fn groups(
    out: &mut dyn Write,
    printed: &Printed<'_>,
    findings: &[&Finding],
    color: bool,
) -> io::Result<()> {
    // By the rule's address, which is compared faster than its name.
    let mut by_rule: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        by_rule
            .entry((finding.severity, std::ptr::from_ref(finding.rule)))
            .or_default()
            .push(finding);
    }
    let mut groups: Vec<_> = by_rule.into_values().collect();
    groups.sort_by_key(|group| {
        (
            std::cmp::Reverse(group[0].severity),
            std::cmp::Reverse(group.len()),
            group[0].rule.id,
        )
    });
    for group in groups {
        let first = group[0];
        let style = severity_style(first.severity);
        let title = format!("{}: {}", first.rule.id, plural(group.len(), "finding"));
        writeln!(
            out,
            "{} {}, {}",
            paint(color, style.bold(), "━━"),
            paint(color, style.bold(), &title),
            first.rule.summary
        )?;
        snippet(out, printed.sources, first, color)?;
        for finding in group.iter().skip(1).take(PLACES) {
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
                finding.message
            )?;
        }
        if group.len() > PLACES + 1 {
            writeln!(
                out,
                "  … and {} more: plimsoll check --rule {}",
                group.len() - PLACES - 1,
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
    let mut line = format!(
        "{} in {} and {}, {}, {:.2} s",
        paint(color, style, &tally(report)),
        plural(report.counts.files, "file"),
        plural(report.counts.resources, "object"),
        plural(report.counts.rules, "rule"),
        printed.started.elapsed().as_secs_f64()
    );
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

fn handler(color: bool) -> GraphicalReportHandler {
    let theme = if color {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_width(host::width())
        .with_context_lines(2)
}

fn snippet(
    out: &mut dyn Write,
    sources: &Sources,
    finding: &Finding,
    color: bool,
) -> io::Result<()> {
    let source = sources.get(finding.primary.source);
    let (here, elsewhere): (Vec<_>, Vec<_>) = finding
        .related()
        .iter()
        .partition(|label| label.span.source == finding.primary.source);
    // Many messages name the object themselves.
    let object = finding
        .resource
        .as_deref()
        .filter(|name| !finding.message.contains(&*name.name));
    let object = object.map(|name| format!(" ({name})")).unwrap_or_default();
    let mut labels = vec![label(finding.primary, None)];
    labels.extend(
        here.into_iter()
            .map(|related| label(related.span, Some(related.text.to_string()))),
    );
    let related = elsewhere.into_iter().map(|related| {
        let source = sources.get(related.span.source);
        let text = Text {
            path: &source.path,
            text: source.tree.text(),
        };
        Shown {
            code: None,
            severity: miette::Severity::Advice,
            message: related.text.to_string(),
            help: None,
            labels: vec![label(related.span, None)],
            text,
            related: Vec::new(),
        }
    });
    let shown = Shown {
        code: Some(finding.rule.id),
        severity: match finding.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        },
        message: format!("{}{object}", finding.message),
        help: Some(finding.help().to_owned()),
        labels,
        text: Text {
            path: &source.path,
            text: source.tree.text(),
        },
        related: related.collect(),
    };
    render(out, &shown, color)
}

fn render(out: &mut dyn Write, shown: &Shown<'_>, color: bool) -> io::Result<()> {
    let mut text = String::new();
    handler(color)
        .render_report(&mut text, shown)
        .map_err(io::Error::other)?;
    writeln!(out, "{}", text.trim_end())?;
    writeln!(out)
}

fn label(span: Span, text: Option<String>) -> LabeledSpan {
    let length = (span.end - span.start) as usize;
    LabeledSpan::new(text, span.start as usize, length)
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
        let shown = Shown {
            code: Some("configuration"),
            severity: miette::Severity::Error,
            message: error.message.clone(),
            help: Some(error.help.clone()),
            labels: vec![label(error.span, None)],
            text: Text {
                path,
                text: tree.text(),
            },
            related: Vec::new(),
        };
        render(out, &shown, color)?;
    }
    writeln!(
        out,
        "{} in {path}; nothing was checked",
        plural(errors.len(), "fault")
    )
}

/// A finding as miette draws it.
#[derive(Debug)]
struct Shown<'a> {
    code: Option<&'static str>,
    severity: miette::Severity,
    message: String,
    help: Option<String>,
    labels: Vec<LabeledSpan>,
    text: Text<'a>,
    related: Vec<Shown<'a>>,
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn Display + 'b>> {
        self.code.map(|code| Box::new(code) as Box<dyn Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'b>(&'b self) -> Option<Box<dyn Display + 'b>> {
        self.help
            .as_deref()
            .map(|help| Box::new(help) as Box<dyn Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.text)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'b>(&'b self) -> Option<Box<dyn Iterator<Item = &'b dyn Diagnostic> + 'b>> {
        (!self.related.is_empty()).then(|| {
            Box::new(self.related.iter().map(|shown| shown as &dyn Diagnostic))
                as Box<dyn Iterator<Item = _>>
        })
    }
}

/// A file's text with its path, borrowed.
#[derive(Debug)]
struct Text<'a> {
    path: &'a str,
    text: &'a str,
}

impl SourceCode for Text<'_> {
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let inner = self.text.read_span(span, before, after)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.path.to_owned(),
            inner.data(),
            *inner.span(),
            inner.line(),
            inner.column(),
            inner.line_count(),
        )))
    }
}
