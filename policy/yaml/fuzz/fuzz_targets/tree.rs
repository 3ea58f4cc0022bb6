//! Any bytes: a sound tree, or a refusal.

#![no_main]

#[path = "../../tests/invariants/mod.rs"]
mod invariants;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = plimsoll_yaml::decode(bytes.to_vec()) {
        invariants::check(&text);
    }
});
