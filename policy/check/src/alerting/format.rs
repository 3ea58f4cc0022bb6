//! What Prometheus' reader of rule files (`model/rulefmt`) takes and refuses.

use plimsoll_yaml::Node;

/// What Prometheus' own reader refuses about one rule, besides its expression and its durations: the name of the rule, the
/// key at fault, and why.
pub(crate) fn fault(rule: Node<'_>) -> Option<(&str, &'static str, String)> {
    let text = |key| {
        rule.get(key)
            .and_then(Node::text)
            .filter(|text| !text.is_empty())
    };
    let given = |key: &&str| rule.get(key).is_some_and(|value| !value.is_empty());
    match (text("alert"), text("record")) {
        (None, None) => Some((
            "",
            "alert",
            "a rule has neither `alert` nor `record`".into(),
        )),
        (Some(alert), Some(record)) => {
            let message = format!("a rule is both the alert {alert} and the record {record}");
            Some((alert, "record", message))
        }
        (Some(name), None) | (None, Some(name)) if text("expr").is_none() => {
            Some((name, "expr", format!("rule {name} has no expression")))
        }
        (None, Some(name)) => {
            let keys = ["for", "keep_firing_for", "annotations"];
            let key = keys.into_iter().find(given)?;
            Some((
                name,
                key,
                format!("record {name} has `{key}`, which only alerts have"),
            ))
        }
        (Some(_), None) => None,
    }
}

/// Milliseconds of a duration as Prometheus writes it (`model.ParseDuration`): `5m`, `1h30m`, `0`; `None` for all else.
pub(crate) fn duration(text: &str) -> Option<u64> {
    const UNITS: [(&str, u64); 7] = [
        ("y", 365 * 86_400_000),
        ("w", 7 * 86_400_000),
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ];
    if text == "0" {
        return Some(0);
    }
    let (mut rest, mut total, mut units) = (text, 0_u64, UNITS.as_slice());
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: u64 = rest[..digits].parse().ok()?;
        let letters = &rest[digits..];
        let unit = letters.len()
            - letters
                .trim_start_matches(|c: char| c.is_ascii_alphabetic())
                .len();
        let at = units
            .iter()
            .position(|(name, _)| *name == &letters[..unit])?;
        total = total.checked_add(number.checked_mul(units[at].1)?)?;
        units = &units[at + 1..];
        rest = &letters[unit..];
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_are_those_of_prometheus() {
        let cases = [
            ("0", Some(0)),
            ("0s", Some(0)),
            ("5m", Some(300_000)),
            ("1h30m", Some(5_400_000)),
            ("1d", Some(86_400_000)),
            ("1500ms", Some(1_500)),
            ("1s500ms", Some(1_500)),
        ];
        for (text, expected) in cases {
            assert_eq!(duration(text), expected, "{text}");
        }
        for text in [
            "",
            "5",
            "5 m",
            "m",
            "1.5h",
            "30m1h",
            "5min",
            "-5m",
            "5m5m",
            "99999999999999y",
            "ä",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
