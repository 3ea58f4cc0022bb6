//! What a run says.

use std::collections::BTreeMap;

use plimsoll_yaml::Span;

use crate::{Findings, Severity};

/// Why something was not checked. The names are part of the JSON format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A path that was named does not exist.
    Missing,
    /// The file cannot be opened or read.
    Unreadable,
    /// The file has NUL bytes.
    Binary,
    /// The file is not UTF-8.
    NotUtf8,
    /// The file is larger than what is read.
    TooLarge,
    /// A symbolic link that leads back to where it stands, or nowhere.
    SymlinkLoop,
    /// A template (Helm, Jinja …) that is no YAML before it is rendered.
    Template,
    /// A part of a Helm chart.
    Chart,
    /// A root that could not be rendered, so that nothing of it was judged.
    NotRendered,
    /// A component of a kustomization that no root takes in.
    Unreached,
    /// Something that a root takes in and that is not in the repository.
    Remote,
    /// Something that only a program, a key or a cluster could tell.
    Unsupported,
    /// A kind that Plimsoll does not know.
    UnknownKind,
    /// A rule could not decide.
    Undecided,
    /// A rule panicked.
    Internal,
    /// Nothing was found to check.
    Nothing,
}

impl Reason {
    /// All, in the order of their names here.
    pub const ALL: [Self; 16] = [
        Self::Missing,
        Self::Unreadable,
        Self::Binary,
        Self::NotUtf8,
        Self::TooLarge,
        Self::SymlinkLoop,
        Self::Template,
        Self::Chart,
        Self::NotRendered,
        Self::Unreached,
        Self::Remote,
        Self::Unsupported,
        Self::UnknownKind,
        Self::Undecided,
        Self::Internal,
        Self::Nothing,
    ];

    /// The name in the JSON format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::Binary => "binary",
            Self::NotUtf8 => "not-utf-8",
            Self::TooLarge => "too-large",
            Self::SymlinkLoop => "symlink-loop",
            Self::Template => "template",
            Self::Chart => "chart",
            Self::NotRendered => "not-rendered",
            Self::Unreached => "unreached",
            Self::Remote => "remote",
            Self::Unsupported => "unsupported",
            Self::UnknownKind => "unknown-kind",
            Self::Undecided => "undecided",
            Self::Internal => "internal-error",
            Self::Nothing => "nothing-to-check",
        }
    }
}

impl Reason {
    /// What makes things of this kind checkable, said once for all of them.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Missing => "name a path that exists",
            Self::Unreadable => "make it a file that this user may read, or name it under `ignore`",
            Self::Binary | Self::NotUtf8 => "save it as UTF-8 text, or name it under `ignore`",
            Self::TooLarge => "split it, or name it under `ignore`",
            Self::SymlinkLoop => "mend or remove the link",
            Self::Template => "check what the template renders to",
            Self::Chart => "charts are not rendered yet: check what `helm template` prints",
            Self::NotRendered => "mend what the findings say; nothing of these roots was checked",
            Self::Unreached => "take them in, or remove them",
            Self::Remote => {
                "nothing is fetched: keep a copy in the repository, or name one with `--remotes`"
            }
            Self::Unsupported => "nothing is run, asked or decrypted: check what comes of it",
            Self::UnknownKind => {
                "name its pod templates, or none, under `podTemplates` in the configuration"
            }
            Self::Undecided => "see what the rule needs with `plimsoll explain`",
            Self::Internal => "this is a fault of plimsoll: please report it",
            Self::Nothing => "name the folder that holds the manifests",
        }
    }
}

/// Something that was not checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotChecked {
    /// The path, as it is shown.
    pub file: String,
    /// Why.
    pub reason: Reason,
    /// Why, in words, and what would make it checkable.
    pub detail: String,
    /// Where in the file, if it is not the whole file.
    pub place: Option<Span>,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files read.
    pub files: usize,
    /// Of these, files that hold no Kubernetes object.
    pub other_files: usize,
    /// Objects judged.
    pub resources: usize,
    /// Of these, objects of kinds without a schema here: only what all kinds have in common was held against one.
    pub without_schema: usize,
    /// Rendered roots judged.
    pub roots: usize,
    /// Rules that ran.
    pub rules: usize,
}

/// The result of a run, sorted.
#[derive(Debug, Default)]
pub struct Report {
    /// What is wrong, by file, place, rule and path.
    pub findings: Findings,
    /// What is wrong and excused.
    pub suppressed: Findings,
    /// What was not checked, by file and reason.
    pub not_checked: Vec<NotChecked>,
    /// How much was looked at.
    pub counts: Counts,
    /// The rendered roots, by their index: what findings name them by.
    pub roots: Vec<String>,
}

impl Report {
    /// How many findings there are of each severity.
    pub fn by_severity(&self) -> BTreeMap<Severity, usize> {
        let mut counts: BTreeMap<_, _> = Severity::ALL
            .into_iter()
            .map(|severity| (severity, 0))
            .collect();
        for finding in &self.findings {
            *counts.entry(finding.severity).or_default() += 1;
        }
        counts
    }

    /// The exit code: 70 if a rule panicked, 1 if a finding is at or above the threshold, 2 if something was not checked,
    /// else 0. No threshold means that findings never count.
    pub fn exit_code(&self, threshold: Option<Severity>) -> u8 {
        let fails = threshold.is_some_and(|threshold| {
            self.findings
                .iter()
                .any(|finding| finding.severity >= threshold)
        });
        if self
            .not_checked
            .iter()
            .any(|entry| entry.reason == Reason::Internal)
        {
            70
        } else if fails {
            1
        } else {
            2 * u8::from(!self.not_checked.is_empty())
        }
    }

    /// Adds what the caller could not read, and so could not hand in.
    pub fn add_not_checked(&mut self, entries: impl IntoIterator<Item = NotChecked>) {
        self.not_checked.extend(entries);
        self.not_checked.sort_unstable();
        self.not_checked.dedup();
    }
}
