//! Texts to test with: from no YAML at all to nearly a manifest.

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
    "\r",
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
    "\u{81}",
    "\u{7f}",
    "\u{2028}",
    "\u{a0}",
    "😀",
];

pub(crate) fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

/// Block YAML as people write it, with some of what makes it hard.
pub(crate) fn manifest() -> impl Strategy<Value = String> {
    let line = (
        0..5_usize,
        prop::sample::select(&["", "- ", "- - ", "-\n", "# c\n", "---\n"][..]),
        prop::sample::select(&["", "a: ", "b: ", "\"c\": ", "d:", "e : "][..]),
        prop::sample::select(
            &[
                "",
                "x",
                "1",
                "'q'",
                "\"r\"",
                "|",
                ">-",
                "[]",
                "{x: 1}",
                "[a, b]",
                "x # c",
                "x y",
                "\"x\\\n      y \"",
                "'x \n\n      y'",
                "x\n      y",
                "x \n\n   y",
                "x\n    - y",
                "x#y",
                "http://x",
                "*.x",
            ][..],
        ),
        prop::sample::select(&["\n", "\n", "\n", "\r\n", "\n\n", " \n"][..]),
    );
    let line = line.prop_map(|(indent, dash, key, value, end)| {
        format!("{}{dash}{key}{value}{end}", "  ".repeat(indent))
    });
    let mark = prop::sample::select(&["", "", "", "\u{feff}"][..]);
    let lines = prop::collection::vec(line, 0..12);
    (mark, lines).prop_map(|(mark, lines)| mark.to_owned() + &lines.concat())
}
