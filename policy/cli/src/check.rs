//! `plimsoll check`: walk, read, parse, classify, check, print.

use std::path::{Path, PathBuf};
use std::time::Instant;

use plimsoll_check::{Config, NotChecked, Reason, Report, Source, Sources, Use, check};
use plimsoll_yaml::{Limits, SourceId, Tree};

use crate::args::{CheckArgs, USAGE};
use crate::config_file::{self, Failure, Loaded};
use crate::format::{self, Printed};
use crate::{classify, deploy, read, settings, walk};

/// Runs the command; returns the exit code.
pub(crate) fn run(arguments: &CheckArgs) -> u8 {
    let started = Instant::now();
    anstream::ColorChoice::from(arguments.color).write_global();
    // A panic in a rule becomes an entry of the report; its text on the terminal would only be in the way.
    std::panic::set_hook(Box::new(|_| {}));
    let named = arguments.paths.iter().map(|path| walk::plain(path));
    let mut paths: Vec<PathBuf> = named.collect();
    if paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    let paths = &*paths;
    let context = arguments.context.as_deref().map(walk::plain);
    let from = context.as_deref().unwrap_or(&paths[0]);
    let loaded = match config_file::load(arguments.config.as_deref(), from) {
        Ok(loaded) => loaded,
        Err(failure) => return refuse(&failure),
    };
    let report_only = context
        .as_ref()
        .map(|_| paths.iter().map(|path| walk::shown(path)).collect());
    let options = match settings::options(arguments, report_only) {
        Ok(options) => options,
        Err(message) => return wrong(&message),
    };
    let gathered = gather(context, paths, &loaded);
    let sources = Sources::new(gathered.sources);
    let rendered = deploy::render(&sources, arguments.remotes.as_deref());
    let mut not_checked = gathered.not_checked;
    not_checked.extend(rendered.not_checked);
    classify::classify(&sources, &mut not_checked);
    let mut report = check(&sources, &rendered.deployed, &gathered.config, &options);
    let only = options.report_only.as_deref();
    let wanted = |entry: &NotChecked| only.is_none_or(|only| only.contains(&entry.file));
    report.add_not_checked(not_checked.into_iter().filter(wanted));
    report.counts.files += gathered.other_files;
    report.counts.other_files += gathered.other_files;
    if report.counts.resources == 0
        && report.not_checked.is_empty()
        && report.findings.is_empty()
        && only.is_none()
    {
        report.add_not_checked([nothing(paths)]);
    }
    let code = print(arguments, &report, &sources, started);
    // The process ends here. To give back what it read, node by node, would only keep the caller waiting.
    std::mem::forget((sources, rendered.deployed, report));
    code
}

/// What a run is made of.
struct Gathered {
    sources: Vec<Source>,
    config: Config,
    not_checked: Vec<NotChecked>,
    other_files: usize,
}

fn gather(context: Option<PathBuf>, paths: &[PathBuf], loaded: &Loaded) -> Gathered {
    let limits = Limits::default();
    let stdin = Path::new("-");
    let roots: Vec<PathBuf> = match context {
        Some(context) => vec![context],
        None => paths
            .iter()
            .filter(|path| *path != stdin)
            .cloned()
            .collect(),
    };
    let mut walked = walk::walk(&roots, &loaded.config.ignore);
    walked.files.retain(|shown, _| {
        !config_file::NAMES
            .iter()
            .any(|name| shown.rsplit('/').next() == Some(*name))
    });
    let mut not_checked = walked.not_checked;
    let mut texts = read::read(walked.files, &limits);
    not_checked.append(&mut texts.not_checked);
    if paths.iter().any(|path| path == stdin) {
        match read::read_stdin(&limits) {
            Ok(text) => texts.files.insert(0, (read::STDIN.to_owned(), text)),
            Err(entry) => not_checked.push(entry),
        }
    }
    let templates = classify::charts(&mut texts.files, &mut not_checked);
    let mut sources = read::parse(texts.files, &limits);
    let config = with_places(loaded, &mut sources);
    Gathered {
        sources,
        config,
        not_checked,
        other_files: texts.other_files + templates,
    }
}

/// Puts the configuration among the sources and reads it there, so that its places can be shown.
fn with_places(loaded: &Loaded, sources: &mut Vec<Source>) -> Config {
    let Some((path, text)) = &loaded.file else {
        return loaded.config.clone();
    };
    let tree = Tree::parse(
        SourceId(sources.len() as u32),
        text.as_str(),
        &Limits::default(),
    );
    let config = Config::read(&tree).unwrap_or_else(|_| loaded.config.clone());
    let source = Source::new(path.as_str(), tree);
    source.set_used(Use::Configuration);
    sources.push(source);
    config
}

fn nothing(paths: &[PathBuf]) -> NotChecked {
    let shown: Vec<_> = paths.iter().map(|path| walk::shown(path)).collect();
    NotChecked {
        file: shown.join(" "),
        reason: Reason::Nothing,
        detail: "no Kubernetes object in any YAML or JSON file here".to_owned(),
        place: None,
    }
}

fn print(arguments: &CheckArgs, report: &Report, sources: &Sources, started: Instant) -> u8 {
    let printed = Printed {
        report,
        sources,
        threshold: arguments.fail_on.threshold(),
        started,
    };
    for (format, file) in &arguments.outputs {
        if let Err(error) = format::write(*format, file.as_deref(), &printed) {
            return wrong(&error);
        }
    }
    report.exit_code(arguments.fail_on.threshold())
}

fn refuse(failure: &Failure) -> u8 {
    match failure {
        Failure::Unreadable(message) => wrong(message),
        Failure::Wrong { tree, path, errors } => {
            format::config_errors(tree, path, errors);
            USAGE
        }
    }
}

/// Prints what is wrong with the usage.
pub(crate) fn wrong(message: &str) -> u8 {
    use std::io::Write;
    let _ = writeln!(anstream::stderr(), "error: {message}");
    USAGE
}
