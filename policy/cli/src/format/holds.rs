//! In which roots a finding holds, in words.

use plimsoll_check::{Finding, Report, RootIndex};

/// How many roots are named; of more it is said how many there are.
const NAMED: usize = 4;

/// `under deploy/overlays in dev and prod`, `only in prod, not in dev`; nothing for a fault of a file as it stands.
pub(super) fn holds(report: &Report, finding: &Finding) -> Option<String> {
    let names = |roots: &[RootIndex]| -> Vec<&str> {
        let names = roots.iter().map(|root| &*report.roots[root.0 as usize]);
        let mut names: Vec<&str> = names.collect();
        names.sort_unstable();
        names
    };
    let (roots, spared) = (names(finding.roots()), names(finding.spared()));
    if roots.is_empty() {
        return None;
    }
    let mut all = [&*roots, &*spared].concat();
    all.sort_unstable();
    let folder = common_folder(&all);
    let list = |names: &[&str]| list(names, folder.len());
    let under = folder
        .strip_suffix('/')
        .map_or_else(String::new, |folder| format!("under {folder} "));
    Some(if spared.is_empty() {
        format!("{under}in {}", list(&roots))
    } else {
        format!("{under}only in {}, not in {}", list(&roots), list(&spared))
    })
}

/// The same in brackets, to put behind a message.
pub(super) fn holds_in(report: &Report, finding: &Finding) -> String {
    holds(report, finding).map_or_else(String::new, |holds| format!(" ({holds})"))
}

/// Names, without what they begin with.
fn list(names: &[&str], from: usize) -> String {
    let short: Vec<&str> = names.iter().map(|name| &name[from..]).collect();
    let more = short.len().saturating_sub(NAMED);
    if more > 1 {
        return format!("{} and {more} more", short[..NAMED].join(", "));
    }
    match short.as_slice() {
        [init @ .., last] if !init.is_empty() => format!("{} and {last}", init.join(", ")),
        short => short.join(""),
    }
}

/// The folder that several paths begin with, with the `/` behind it; nothing for names that are no paths.
fn common_folder<'a>(names: &[&'a str]) -> &'a str {
    let [first, .., last] = names else { return "" };
    // In order, so what the first and the last begin with, all do.
    let same = first.bytes().zip(last.bytes()).take_while(|(a, b)| a == b);
    let folder = &first.as_bytes()[..same.count()];
    let is_path = names.iter().all(|name| !name.contains(['<', '→', ' ']));
    let end = folder.iter().rposition(|&byte| byte == b'/');
    match end.filter(|_| is_path) {
        Some(end) => &first[..=end],
        None => "",
    }
}

#[cfg(test)]
mod tests {
    use super::common_folder;

    #[test]
    fn what_paths_have_in_common_is_a_folder() {
        for (names, folder) in [
            (
                &["deploy/overlays/dev", "deploy/overlays/prod"][..],
                "deploy/overlays/",
            ),
            (&["deploy/dev", "deploy/dev-2"], "deploy/"),
            (&["a", "b"], ""),
            (&["deploy/dev"], ""),
            (&["deploy/overlays/dev", "platform"], ""),
            (&["deploy/dev", "deploy/prod (staging)"], ""),
            (&["é/a", "é/b"], "é/"),
        ] {
            assert_eq!(common_folder(names), folder, "{names:?}");
        }
    }
}
