//! Texts that others wrote, made safe to print: names, images and messages reach terminals, logs and audit files.

/// A text of at most so many characters, without what a terminal would obey and without what would turn its line around.
pub(crate) fn cleaned(text: &str, most: usize) -> String {
    let mut clean = String::with_capacity(text.len().min(4 * most));
    for (count, character) in text.chars().enumerate() {
        if count == most {
            // The last that fits makes room for the sign that there was more.
            clean.pop();
            clean.push('…');
            break;
        }
        clean.push(if is_printable(character) {
            character
        } else {
            '\u{fffd}'
        });
    }
    clean
}

/// Whether a text can be printed as it is.
pub(crate) fn is_clean(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..0x7f).contains(&byte)) || text.chars().all(is_printable)
}

fn is_printable(character: char) -> bool {
    let turns = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !character.is_control() && !turns && !matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_replaced_and_the_rest_is_cut() {
        assert_eq!(
            cleaned("web\u{1b}[2J\r\n", 20),
            "web\u{fffd}[2J\u{fffd}\u{fffd}"
        );
        assert_eq!(cleaned("\u{202e}gpj.exe", 20), "\u{fffd}gpj.exe");
        assert_eq!(cleaned("żółw", 4), "żółw");
        assert_eq!(cleaned("żółwie", 4), "żół…");
        assert!(is_clean("ghcr.io/a/b:1") && is_clean("żółw") && !is_clean("a\tb"));
    }
}
