//! Any text: both readers make the same tree.

#![no_main]

use plimsoll_yaml::{Limits, SourceId, Tree};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let limits = Limits::default();
    let fast = Tree::parse(SourceId(0), text, &limits);
    let full = Tree::parse_events(SourceId(0), text, &limits);
    assert_eq!(fast.difference(&full), None);
});
