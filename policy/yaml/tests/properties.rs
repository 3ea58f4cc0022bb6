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
