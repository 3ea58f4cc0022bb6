//! What holds of every answer.

use std::sync::LazyLock;

use plimsoll_check::Date;
use plimsoll_webhook::admission::{Failure, Request, Surroundings, answer, judge};
use plimsoll_webhook::policy::{Policy, Settings};
use serde_json::Value;

static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    let settings = Settings {
        all_rules: true,
        ..Settings::default()
    };
    Policy::read("", "", &settings).expect("the empty configuration is right")
});

pub fn check(body: &[u8]) {
    let Ok(request) = Request::read(body) else { return };
    let today = Date::new(2026, 11, 1).expect("the day exists");
    let verdict = match judge(&POLICY, &request, &Surroundings::default(), today) {
        Ok(verdict) => verdict,
        Err(Failure::Panicked) => panic!("the evaluation panicked"),
        Err(_) => return,
    };
    assert_eq!(verdict.panics, 0, "a rule panicked: {:?}", verdict.undecided);
    let text = answer(&request, &verdict, &POLICY);
    let review: Value = serde_json::from_slice(&text).expect("the answer is JSON");
    let response = &review["response"];
    assert_eq!(response["uid"], *request.uid);
    assert_eq!(response["allowed"], response.get("status").is_none());
    let warnings = response["warnings"].as_array().map_or(&[][..], Vec::as_slice);
    let said = warnings.iter().filter_map(Value::as_str);
    assert!(said.map(|warning| warning.chars().count()).sum::<usize>() <= 4096);
    for control in ["\\u001b", "\\u0000", "\u{202e}"] {
        let own = String::from_utf8_lossy(&text);
        // The uid is the API server's own.
        assert!(!own.contains(control) || request.uid.contains(|c: char| c.is_control() || c == '\u{202e}'));
    }
}
