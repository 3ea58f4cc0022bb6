//! Any bytes: an answer that the API server takes, or a refusal.

#![no_main]

mod judging;

libfuzzer_sys::fuzz_target!(|body: &[u8]| judging::check(body));
