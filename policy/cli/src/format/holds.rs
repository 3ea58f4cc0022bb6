//! In which roots a finding holds, in words.

use plimsoll_check::{Finding, Report, RootIndex};

/// How many roots are named; of more it is said how many there are.
const NAMED: usize = 4;

/// `in dev, prod and staging`, `only in prod, not in dev and staging`; nothing for a fault of a file as it stands.
pub(super) fn holds(report: &Report, finding: &Finding) -> Option<String> {
    let (roots, spared) = (finding.roots(), finding.spared());
    match (roots, spared) {
        ([], _) => None,
        (roots, []) => Some(format!("in {}", list(report, roots))),
        (roots, spared) => Some(format!(
            "only in {}, not in {}",
            list(report, roots),
            list(report, spared)
        )),
    }
}

/// The same in brackets, to put behind a message.
pub(super) fn holds_in(report: &Report, finding: &Finding) -> String {
    holds(report, finding).map_or_else(String::new, |holds| format!(" ({holds})"))
}

fn list(report: &Report, roots: &[RootIndex]) -> String {
    let mut names: Vec<&str> = roots
        .iter()
        .map(|root| &*report.roots[root.0 as usize])
        .collect();
    names.sort_unstable();
    let more = names.len().saturating_sub(NAMED);
    if more > 1 {
        return format!("{} and {more} more", names[..NAMED].join(", "));
    }
    match names.as_slice() {
        [init @ .., last] if !init.is_empty() => format!("{} and {last}", init.join(", ")),
        names => names.join(""),
    }
}
