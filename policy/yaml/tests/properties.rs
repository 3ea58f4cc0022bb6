//! Promises held against texts that no one would write.

mod invariants;

use plimsoll_yaml::decode;
use proptest::prelude::*;

/// Pieces of YAML that, thrown together, come near what parsers find hard.
const PIECES: &[&str] = &[
    "a",
    "b: ",
    "key: value",
    "c:",
    "- ",
    "-",
    "? ",
    ": ",
    "\n",
    "\n",
    "\n  ",
    "\n    ",
    "\n ",
    "\r\n",
    "---",
    "\n---\n",
    "--- ",
    "...\n",
    "[",
    "]",
    "{",
    "}",
    ",",
    ", ",
    "\"",
    "'",
    "\"q\"",
    "'s'",
    "\\",
    "|\n",
    "|-\n",
    ">+\n",
    "|2\n",
    "> # c\n",
    "#",
    " # c",
    "&x ",
    "*x",
    "!!str ",
    "!t ",
    "~",
    "null",
    "yes",
    "0755",
    "1.5",
    "1_0",
    "<<: ",
    "é",
    "\u{feff}",
    "\t",
    " ",
    "  ",
    "%YAML 1.2\n",
    "{{ x }}",
    "@",
    "`",
    "\u{85}",
    "\u{2028}",
    "\u{a0}",
    "😀",
];

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

/// Block YAML as people write it, with some of what makes it hard.
fn manifest() -> impl Strategy<Value = String> {
    let line = (
        0..5_usize,
        prop::sample::select(&["", "- ", "- - ", "-\n", "# c\n", "---\n"][..]),
        prop::sample::select(&["", "a: ", "b: ", "\"c\": ", "d:", "e : "][..]),
        prop::sample::select(
            &[
                "", "x", "1", "'q'", "\"r\"", "|", ">-", "[]", "{x: 1}", "[a, b]", "x # c", "x y",
                "x#y", "http://x", "*.x",
            ][..],
        ),
        prop::sample::select(&["\n", "\n", "\n", "\r\n", "\n\n", " \n"][..]),
    );
    let line = line.prop_map(|(indent, dash, key, value, end)| {
        format!("{}{dash}{key}{value}{end}", "  ".repeat(indent))
    });
    prop::collection::vec(line, 0..12).prop_map(|lines| lines.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(text) = decode(bytes) {
            invariants::check(&text);
        }
    }

    #[test]
    fn any_text_gives_a_sound_tree(text in "\\PC{0,80}") {
        invariants::check(&text);
    }

    #[test]
    fn any_soup_of_yaml_gives_a_sound_tree(text in soup()) {
        invariants::check(&text);
    }

    #[test]
    fn any_manifest_gives_a_sound_tree(text in manifest()) {
        invariants::check(&text);
    }
}
