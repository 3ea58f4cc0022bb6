//! What `schema-invalid` says of objects, of Kubernetes' own kinds and of custom ones, and what it leaves to others.

mod built_in;
mod custom;
mod hostile;
mod oracle;

use plimsoll_check::{Config, Date, Deployed, Options, Report, Source, Sources, check};
use plimsoll_yaml::{Limits, SourceId, Tree};

/// The report of the rule alone.
pub(crate) fn report(yaml: &str) -> Report {
    let tree = Tree::parse(SourceId(0), yaml, &Limits::default());
    assert_eq!(tree.errors().iter().count(), 0, "{yaml}");
    let sources = Sources::new(vec![Source::new("objects.yaml".to_owned(), tree)]);
    let options = Options {
        all_rules: false,
        rules: vec!["schema-invalid"],
        items: Vec::new(),
        report_only: None,
        today: Date::new(2026, 11, 1).expect("the day exists"),
    };
    check(&sources, &Deployed::default(), &Config::default(), &options)
}

/// `spec.replicas: …`, a line a finding, in order; the help in brackets where there is one.
pub(crate) fn said(yaml: &str) -> Vec<String> {
    let lines = report(yaml);
    let lines = lines.findings.iter().map(|finding| {
        let help = finding.own_help().map(|help| format!(" [{help}]"));
        let (path, message) = (finding.path(), finding.message());
        format!("{path}: {message}{}", help.unwrap_or_default())
    });
    lines.collect()
}

/// Nothing is said.
#[track_caller]
pub(crate) fn accepted(yaml: &str) {
    assert_eq!(said(yaml), Vec::<String>::new(), "{yaml}");
}
