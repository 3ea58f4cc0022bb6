//! Finding short texts in texts of any length. Rules look into every value of a repository, most of which are a few words:
//! what the standard library does before it begins to search takes longer than the search.

/// Where `text` has `wanted` first. `rarest` is the place in `wanted` of the byte that is least likely to be met: it is looked
/// for, and the others are compared where it stands.
pub(crate) fn find(text: &str, wanted: &str, rarest: usize) -> Option<usize> {
    let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
    let byte = *wanted.get(rarest)?;
    let mut from = rarest;
    while let Some(at) = memchr::memchr(byte, text.get(from..)?) {
        let start = from + at - rarest;
        if text[start..].starts_with(wanted) {
            return Some(start);
        }
        from += at + 1;
    }
    None
}

/// What stands before `wanted` and behind it, as `split_once` gives it.
pub(crate) fn split_once<'t>(
    text: &'t str,
    wanted: &str,
    rarest: usize,
) -> Option<(&'t str, &'t str)> {
    let at = find(text, wanted, rarest)?;
    Some((&text[..at], &text[at + wanted.len()..]))
}

/// A text up to the first byte that ends it; all of it if none does.
pub(crate) fn until(text: &str, ends: impl Fn(u8) -> bool) -> &str {
    debug_assert!(!(0x80..=0xff).any(&ends), "a character of one byte ends it");
    match text.bytes().position(ends) {
        Some(at) => &text[..at],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_is_found_whichever_byte_is_looked_for() {
        let texts = [
            "",
            "a",
            "aab",
            "aaab",
            "http://a",
            ":/ ://",
            "x.sv.svc",
            "éé://ü",
            "aaaa",
        ];
        for text in texts {
            for wanted in ["a", "aab", "://", ".svc", "é:"] {
                for rarest in (0..wanted.len()).filter(|at| wanted.is_char_boundary(*at)) {
                    assert_eq!(
                        find(text, wanted, rarest),
                        text.find(wanted),
                        "{text} {wanted}"
                    );
                    let parts = split_once(text, wanted, rarest);
                    assert_eq!(parts, text.split_once(wanted), "{text} {wanted}");
                }
            }
        }
        assert_eq!(find("a", "", 0), None);
    }

    #[test]
    fn a_text_ends_before_what_ends_it() {
        assert_eq!(until("a/b/c", |byte| byte == b'/'), "a");
        assert_eq!(until("é", |byte| byte == b'/'), "é");
    }
}
