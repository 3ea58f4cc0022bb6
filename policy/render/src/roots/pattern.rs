//! Shell patterns.

/// Whether a pattern matches all of a text: `*`, `?`, `[a-z]`, `[^a]`, `\` before what stands for itself. `*` and `?` take
/// `slash` in only where they may.
pub(super) fn matches(pattern: &str, text: &str, slash: bool) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    // Where to go on after the last `*` has taken in one character more.
    let mut again: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(&'*') {
            again = Some((p + 1, t));
            p += 1;
        } else if let Some(next) = one(&pattern, p, text[t], slash) {
            (p, t) = (next, t + 1);
        } else {
            match again {
                Some((after, from)) if slash || text[from] != '/' => {
                    again = Some((after, from + 1));
                    (p, t) = (after, from + 1);
                }
                _ => return false,
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// Matches one character; the place in the pattern after what did.
fn one(pattern: &[char], at: usize, c: char, slash: bool) -> Option<usize> {
    match pattern.get(at)? {
        '?' => (slash || c != '/').then_some(at + 1),
        '\\' => (*pattern.get(at + 1)? == c).then_some(at + 2),
        '[' => {
            let negated = matches!(pattern.get(at + 1), Some('^' | '!'));
            let start = at + 1 + usize::from(negated);
            let end = start + 1 + pattern.get(start + 1..)?.iter().position(|c| *c == ']')?;
            let set = &pattern[start..end];
            let mut found = false;
            let mut i = 0;
            while i < set.len() {
                let range = set.get(i + 1) == Some(&'-') && i + 2 < set.len();
                let last = if range { set[i + 2] } else { set[i] };
                found |= (set[i]..=last).contains(&c);
                i += if range { 3 } else { 1 };
            }
            (found != negated).then_some(end + 1)
        }
        other => (*other == c).then_some(at + 1),
    }
}

/// Takes off what a pattern matches at the front or the back: the shortest, or the longest, but never nothing.
pub(super) fn trim<'t>(text: &'t str, pattern: &str, front: bool, longest: bool) -> &'t str {
    let cuts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let mut found = cuts
        .map(|at| text.split_at(at))
        .filter(|(head, tail)| !(if front { head } else { tail }).is_empty())
        .filter(|(head, tail)| matches(pattern, if front { head } else { tail }, true));
    let first = longest != front;
    let cut = if first {
        found.next()
    } else {
        found.next_back()
    };
    cut.map_or(text, |(head, tail)| if front { tail } else { head })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_texts() {
        for (pattern, text, slash, matched) in [
            ("*", "a/b", true, true),
            ("*", "a/b", false, false),
            ("*/*", "a/b", false, true),
            ("apps/*", "apps/a", false, true),
            ("apps/*", "apps/a/b", false, false),
            ("a?c", "abc", false, true),
            ("[a-c]x", "bx", false, true),
            ("[^a-c]x", "bx", false, false),
            (r"\*", "*", false, true),
            (r"\*", "a", false, false),
            ("*b*d", "abcbd", false, true),
            ("", "", false, true),
            ("ü*", "über", false, true),
        ] {
            assert_eq!(matches(pattern, text, slash), matched, "{pattern} {text}");
        }
    }
}
