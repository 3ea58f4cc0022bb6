//! Cron expressions, held against what `robfig/cron` does.

use plimsoll_check::Cron;

fn hours(text: &str) -> Option<u64> {
    Cron::parse(text).unwrap().longest_interval_hours()
}

fn error(text: &str) -> String {
    Cron::parse(text).unwrap_err().to_string()
}

#[test]
fn intervals_are_the_longest_between_two_runs() {
    let cases = [
        ("* * * * *", 1),
        ("*/15 * * * *", 1),
        ("0 3 * * *", 24),
        ("0 1,3 * * *", 22),
        ("30 2 * * mon-FRI", 72),
        ("0 0 * * 0", 168),
        ("0 0 1 * *", 31 * 24),
        ("0 0 31 * *", 61 * 24),
        ("0 0 29 2 *", (3 * 365 + 366) * 24),
        // A date and a weekday: either is enough.
        ("0 0 1 * 1", 168),
        ("0 0 */2 * *", 48),
        ("@daily", 24),
        ("@yearly", 366 * 24),
        ("@every 90m", 2),
        ("TZ=Europe/Berlin 0 3 * * *", 24),
    ];
    for (text, expected) in cases {
        assert_eq!(hours(text), Some(expected), "{text}");
    }
}

#[test]
fn what_never_comes_has_no_interval() {
    assert_eq!(hours("0 0 30 2 *"), None);
    assert_eq!(hours(", * * * *"), None);
}

#[test]
fn what_the_library_takes_is_taken() {
    for text in [
        "5/10 * * * *",
        "? ? ? ? ?",
        "0 0 1-5,10-20/2 JAN-mar *",
        "+5 * * * *",
        "  0\t3 * * * ",
        "*-5 * * * *",
        "@every 1.5h",
    ] {
        assert!(Cron::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn what_the_library_refuses_is_refused_by_field() {
    let cases = [
        (
            "0 3 * *",
            "it has 4 fields, and five are needed: minute, hour, day, month, weekday",
        ),
        (
            "0 0 3 * * *",
            "it has 6 fields, and five are needed: minute, hour, day, month, weekday",
        ),
        ("60 * * * *", "minute: 60 is not between 0 and 59"),
        ("0 24 * * *", "hour: 24 is not between 0 and 23"),
        ("0 0 0 * *", "day of the month: 0 is not between 1 and 31"),
        ("0 0 * 13 *", "month: 13 is not between 1 and 12"),
        ("0 0 * * 7", "day of the week: 7 is not between 0 and 6"),
        (
            "0 0 * * fri-mon",
            "day of the week: `fri-mon` ends before it begins",
        ),
        ("*/0 * * * *", "minute: `*/0` has a step of zero"),
        ("*/5/2 * * * *", "minute: `*/5/2` has two steps"),
        ("1-2-3 * * * *", "minute: `1-2-3` has two hyphens"),
        ("-5 * * * *", "minute: `` is no value of it"),
        ("0 noon * * *", "hour: `noon` is no value of it"),
        ("@dailly", "`@dailly` is no known descriptor"),
        ("@every day", "`day` is no duration such as 1h30m"),
        ("TZ=UTC", "nothing follows the time zone"),
    ];
    for (text, expected) in cases {
        assert_eq!(error(text), expected, "{text}");
    }
}

#[test]
fn seconds_come_first_where_they_are_asked_for() {
    assert_eq!(
        Cron::parse_with_seconds("0 0 3 * * *")
            .unwrap()
            .longest_interval_hours(),
        Some(24)
    );
    assert_eq!(
        Cron::parse_with_seconds("99 0 3 * * *").unwrap_err().field,
        "second"
    );
    assert!(Cron::parse_with_seconds("0 3 * * *").is_err());
}
