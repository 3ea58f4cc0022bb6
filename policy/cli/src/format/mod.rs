//! The output formats, one writer each.

mod github;
mod holds;
mod human;
mod json;
mod junit;
mod markdown;
mod sarif;
mod shown;

use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use clap::ValueEnum;
use plimsoll_check::config::ConfigError;
use plimsoll_check::{Report, Severity, Sources};
use plimsoll_render::Fault;
use plimsoll_yaml::Tree;

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people: snippets, the worst first
    Human,
    /// For programs: version 1, see `plimsoll schema report`
    Json,
    /// For code scanning: SARIF 2.1.0
    Sarif,
    /// For GitHub Actions: annotations, and the job summary
    Github,
    /// For test reports: JUnit XML
    Junit,
    /// For comments and wikis
    Markdown,
}

/// What every writer is given.
pub(crate) struct Printed<'a> {
    pub(crate) report: &'a Report,
    pub(crate) sources: &'a Sources,
    /// From which severity on findings fail the run.
    pub(crate) threshold: Option<Severity>,
    pub(crate) started: Instant,
}

/// Writes a report in a format to a file, or to standard output. A reader that has gone away is no fault.
pub(crate) fn write(
    format: Format,
    file: Option<&Path>,
    printed: &Printed<'_>,
) -> Result<(), String> {
    let result = if let Some(path) = file {
        std::fs::File::create(path).and_then(|file| {
            let mut out = io::BufWriter::new(file);
            write_to(format, &mut out, printed, false)?;
            out.flush()
        })
    } else if matches!(format, Format::Json | Format::Sarif) {
        // What escapes control characters itself, and may be long, does not go through a search for them.
        let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
        write_to(format, &mut out, printed, false).and_then(|()| out.flush())
    } else {
        let stdout = anstream::stdout().lock();
        let color = stdout.current_choice() != anstream::ColorChoice::Never;
        let mut out = io::BufWriter::with_capacity(1 << 16, stdout);
        write_to(format, &mut out, printed, color).and_then(|()| out.flush())
    };
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!(
            "{}: {error}",
            file.map_or("standard output".into(), Path::to_string_lossy)
        )),
        _ => Ok(()),
    }
}

fn write_to(
    format: Format,
    out: &mut dyn Write,
    printed: &Printed<'_>,
    color: bool,
) -> io::Result<()> {
    match format {
        Format::Human => human::write(out, printed, color),
        Format::Json => json::write(out, printed),
        Format::Sarif => sarif::write(out, printed),
        Format::Github => github::write(out, printed),
        Format::Junit => junit::write(out, printed),
        Format::Markdown => markdown::write(out, printed),
    }
}

/// Prints what stops a root from being rendered, like findings.
pub(crate) fn faults(sources: &Sources, faults: &[Fault]) {
    let mut out = anstream::stderr();
    let color = out.current_choice() != anstream::ColorChoice::Never;
    let _ = human::faults(&mut out, sources, faults, color);
}

/// Prints what is wrong with a configuration, like findings.
pub(crate) fn config_errors(tree: &Tree, path: &str, errors: &[ConfigError]) {
    let mut out = anstream::stderr();
    let color = out.current_choice() != anstream::ColorChoice::Never;
    let _ = human::config_errors(&mut out, tree, path, errors, color);
}

/// `3 errors, 10 warnings and 2 infos`, of the counts that are not zero; `no findings` where all are.
pub(crate) fn tally(report: &Report) -> String {
    let counts = report.by_severity();
    let words: Vec<String> = counts
        .iter()
        .rev()
        .filter(|(_, count)| **count > 0)
        .map(|(severity, count)| plural(*count, severity.name()))
        .collect();
    match words.as_slice() {
        [] => "no findings".to_owned(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

/// `1 file`, `2 files`.
pub(crate) fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
