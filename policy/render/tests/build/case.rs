//! Cases as text.
//!
//! ```text
//! === what it shows
//! # file: app/kustomization.yaml       the first is the one that is built
//! # file: app/data.bin (00ff10)        bytes; (CRLF) and (BOM) are texts with these
//! # printed                            what comes of it
//! # places                             where each part of that comes from, if that is shown
//! # faults                             what is wrong with it
//! ```

use std::fmt::Write as _;

use plimsoll_render::{Built, Fault, FaultKind, Value, emit_all, emit_with};
use plimsoll_yaml::{OriginStep, Sources, Span};

use crate::Memory;

/// One case.
#[derive(Default)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// Path, how it is written, text.
    files: Vec<(String, String, String)>,
    pub(crate) expected: Outcome,
}

/// What comes of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) printed: String,
    pub(crate) places: Option<String>,
    pub(crate) faults: String,
    /// All that is wrong is wrong to kustomize, too.
    pub(crate) broken: bool,
}

/// The cases of a text.
pub(crate) fn read(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut section = String::new();
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("=== ") {
            cases.push(Case {
                name: name.trim_end().to_owned(),
                ..Case::default()
            });
            section.clear();
            continue;
        }
        let case = cases.last_mut().expect("a case begins with ===");
        match line.trim_end() {
            "# printed" | "# places" | "# faults" => {
                line.trim_end().clone_into(&mut section);
                if section == "# places" {
                    case.expected.places = Some(String::new());
                }
                continue;
            }
            _ => {}
        }
        if let Some(file) = line.trim_end().strip_prefix("# file: ") {
            let (path, how) = file.split_once(" (").unwrap_or((file, ""));
            let how = how.trim_end_matches(')').to_owned();
            case.files.push((path.to_owned(), how, String::new()));
            "file".clone_into(&mut section);
            continue;
        }
        let text = match &*section {
            "file" => &mut case.files.last_mut().expect("a file has begun").2,
            "# printed" => &mut case.expected.printed,
            "# places" => case.expected.places.get_or_insert_default(),
            "# faults" => &mut case.expected.faults,
            _ => panic!("{}: a line before the first file", case.name),
        };
        text.push_str(line);
    }
    for case in &mut cases {
        case.expected.broken = case.expected.faults.starts_with("broken")
            || case.expected.faults.starts_with("absent");
    }
    cases
}

impl Case {
    /// The files as they are read.
    pub(crate) fn memory(&self) -> Memory {
        let mut memory = Memory::default();
        for (path, how, text) in &self.files {
            let bytes = match how.as_str() {
                "" => text.clone().into_bytes(),
                "CRLF" => text.replace('\n', "\r\n").into_bytes(),
                "BOM" => format!("\u{feff}{text}").into_bytes(),
                hex => (0..hex.len())
                    .step_by(2)
                    .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("bytes as digits"))
                    .collect(),
            };
            memory.add(path, bytes);
        }
        memory
    }

    /// The folder that is built.
    pub(crate) fn root(&self) -> &str {
        let first = &self.files[0].0;
        first.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Builds it.
    pub(crate) fn run(&self) -> Outcome {
        let places = self.expected.places.is_some();
        self.memory().build(self.root(), |built, sources| {
            outcome(built, sources, places)
        })
    }

    /// The case with an outcome, as it is written.
    pub(crate) fn written(&self, found: &Outcome) -> String {
        let mut text = format!("=== {}\n", self.name);
        for (path, how, content) in &self.files {
            let how = if how.is_empty() {
                String::new()
            } else {
                format!(" ({how})")
            };
            let _ = write!(text, "# file: {path}{how}\n{content}");
        }
        if !found.printed.is_empty() || found.faults.is_empty() {
            let _ = write!(text, "# printed\n{}", found.printed);
        }
        if let Some(places) = &found.places {
            let _ = write!(text, "# places\n{places}");
        }
        if !found.faults.is_empty() {
            let _ = write!(text, "# faults\n{}", found.faults);
        }
        text
    }

    /// How what was found differs from what is expected, from the first line that does.
    pub(crate) fn difference(&self, found: &Outcome) -> String {
        let (wanted, found) = (self.written(&self.expected), self.written(found));
        difference(&wanted, &found)
    }
}

/// Two texts from the first line that differs.
pub(crate) fn difference(wanted: &str, found: &str) -> String {
    let pairs = wanted.lines().zip(found.lines());
    let same = pairs.take_while(|(wanted, found)| wanted == found).count();
    let rest = |text: &str, mark: &str| {
        let lines = text.lines().skip(same.saturating_sub(1)).take(12);
        lines.fold(String::new(), |text, line| text + mark + " " + line + "\n")
    };
    rest(wanted, "-") + &rest(found, "+")
}

fn outcome(built: &Built<'_>, sources: &Sources, places: bool) -> Outcome {
    let mut printed = String::new();
    emit_all(
        &mut printed,
        built.objects.iter().map(|object| &object.value),
    );
    let broken = |fault: &Fault| matches!(fault.kind, FaultKind::Broken | FaultKind::Absent);
    Outcome {
        printed,
        places: places.then(|| all_places(built, sources)),
        faults: built
            .faults
            .iter()
            .map(|fault| said(fault, sources))
            .collect(),
        broken: built.faults.first().is_some_and(broken),
    }
}

fn all_places(built: &Built<'_>, sources: &Sources) -> String {
    let mut text = String::new();
    for (at, object) in built.objects.iter().enumerate() {
        if at > 0 {
            text.push_str("---\n");
        }
        emit_with(&mut text, &object.value, &|value| {
            Some(origin(value, sources))
        });
    }
    text
}

/// The place of a value, and its trail.
fn origin(value: &Value<'_>, sources: &Sources) -> String {
    let mut text = place(value.origin.span, sources);
    let mut link = value.origin.trail.as_ref();
    while let Some(step) = link {
        let word = match step.trace.step {
            OriginStep::Replaced => "in place of",
            OriginStep::Merged => "merged from",
            OriginStep::By => "by",
        };
        let _ = write!(text, ", {word} {}", place(step.trace.span, sources));
        link = step.before.as_ref();
    }
    text
}

fn place(span: Span, sources: &Sources) -> String {
    if span.source.0 as usize >= sources.len() {
        return "nowhere".to_owned();
    }
    format!(
        "{}:{}",
        sources.path(span.source),
        sources.position(span).line
    )
}

/// A fault, as text.
pub(crate) fn said(fault: &Fault, sources: &Sources) -> String {
    let kind = format!("{:?}", fault.kind).to_lowercase();
    let at = fault
        .span
        .map_or("nowhere".to_owned(), |span| place(span, sources));
    let mut text = format!("{kind} {at}: {}\n", fault.message);
    if !fault.help.is_empty() {
        let _ = writeln!(text, "  help: {}", fault.help);
    }
    for (span, label) in &fault.related {
        let _ = writeln!(text, "  {}: {label}", place(*span, sources));
    }
    text
}
