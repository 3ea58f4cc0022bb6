//! What is wrong, as miette draws it: a snippet with labels, and places in other files below.

use std::fmt::Display;
use std::io::{self, Write};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};
use plimsoll_check::Sources;
use plimsoll_check::config::ConfigError;
use plimsoll_yaml::{Span, Tree};

use crate::host;

/// Something wrong, with its places in sources.
pub(super) struct Problem<'a> {
    pub(super) code: &'static str,
    pub(super) severity: miette::Severity,
    pub(super) message: String,
    pub(super) help: &'a str,
    /// Where, if it is anywhere.
    pub(super) place: Option<Span>,
    pub(super) related: Vec<(Span, String)>,
}

impl Problem<'_> {
    /// Draws it.
    pub(super) fn draw(
        self,
        out: &mut dyn Write,
        sources: &Sources,
        color: bool,
    ) -> io::Result<()> {
        let text = |span: Span| {
            let source = sources.get(span.source);
            Text {
                path: &source.path,
                text: source.tree.text(),
            }
        };
        let (here, elsewhere): (Vec<_>, Vec<_>) = self.related.into_iter().partition(|related| {
            self.place
                .is_some_and(|place| related.0.source == place.source)
        });
        let own = self.place.into_iter().map(|place| label(place, None));
        let labels = own.chain(here.into_iter().map(|(span, what)| label(span, Some(what))));
        let related = elsewhere.into_iter().map(|(span, what)| Shown {
            code: None,
            severity: miette::Severity::Advice,
            message: what,
            help: None,
            labels: vec![label(span, None)],
            text: Some(text(span)),
            related: Vec::new(),
        });
        let shown = Shown {
            code: Some(self.code),
            severity: self.severity,
            message: self.message,
            help: Some(self.help.to_owned()).filter(|help| !help.is_empty()),
            labels: labels.collect(),
            text: self.place.map(text),
            related: related.collect(),
        };
        render(out, &shown, color)
    }
}

/// Draws what is wrong with a configuration.
pub(super) fn configuration(
    out: &mut dyn Write,
    tree: &Tree,
    path: &str,
    error: &ConfigError,
    color: bool,
) -> io::Result<()> {
    let shown = Shown {
        code: Some("configuration"),
        severity: miette::Severity::Error,
        message: error.message.clone(),
        help: Some(error.help.clone()),
        labels: vec![label(error.span, None)],
        text: Some(Text {
            path,
            text: tree.text(),
        }),
        related: Vec::new(),
    };
    render(out, &shown, color)
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

/// A finding as miette draws it.
#[derive(Debug)]
struct Shown<'a> {
    code: Option<&'static str>,
    severity: miette::Severity,
    message: String,
    help: Option<String>,
    labels: Vec<LabeledSpan>,
    text: Option<Text<'a>>,
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
        let text = self.text.as_ref()?;
        Some(text)
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
