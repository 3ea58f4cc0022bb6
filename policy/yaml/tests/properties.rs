//! Promises held against texts that no one would write.

mod invariants;
mod soup;

use plimsoll_yaml::decode;
use proptest::prelude::*;
use soup::{manifest, soup};

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

#[test]
fn keys_that_are_no_scalars_lead_to_the_next_key() {
    for text in [
        "? b: \nb: ",
        "? {b: 1}\n: x\nb: 2",
        "? [b]\n: x\nb: 2",
        "? {b: {b: 1}, c: 2}\n: {b: 3}\nc: 4",
        "\n:\n\"\":\n:",
    ] {
        invariants::check(text);
    }
}
