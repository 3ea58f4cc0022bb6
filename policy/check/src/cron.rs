//! Cron expressions as Kubernetes reads them: the grammar of `github.com/robfig/cron/v3`, `ParseStandard`.
//!
//! Five fields (minute, hour, day of the month, month, day of the week), each a list of `*`, `n`, `n-m`, with an optional
//! `/step`; names of months and days; `@daily` and its like; `@every 1h30m`. Sunday is 0, and never 7.

use std::fmt;

/// A schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cron {
    /// At fixed times.
    Times(Times),
    /// `@every`: this many seconds after the last.
    Every(u64),
}

/// Fixed times: the bits of each field that match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Either day field is a star, so that both must match; else one of them is enough.
    both_days: bool,
}

/// Why an expression is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronError {
    /// `hour`, `day of the week`; empty where the whole is at fault.
    pub field: &'static str,
    /// What is wrong, as the end of a sentence.
    pub message: String,
}

impl fmt::Display for CronError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.message)
    }
}

/// A field: its name, bounds, and the names its values may have, from the lowest.
struct Field {
    name: &'static str,
    low: u32,
    high: u32,
    names: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field {
        name: "minute",
        low: 0,
        high: 59,
        names: &[],
    },
    Field {
        name: "hour",
        low: 0,
        high: 23,
        names: &[],
    },
    Field {
        name: "day of the month",
        low: 1,
        high: 31,
        names: &[],
    },
    Field {
        name: "month",
        low: 1,
        high: 12,
        names: &[
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ],
    },
    Field {
        name: "day of the week",
        low: 0,
        high: 6,
        names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    },
];

impl Cron {
    /// Reads an expression of five fields, or a descriptor. A `TZ=` prefix is taken off, as the library does; whether it is
    /// allowed is for the caller to say.
    pub fn parse(text: &str) -> Result<Self, CronError> {
        let zoned = text.starts_with("TZ=") || text.starts_with("CRON_TZ=");
        let text = match text.split_once(' ') {
            Some((_, rest)) if zoned => rest.trim(),
            None if zoned => return Err(whole("nothing follows the time zone".into())),
            _ => text,
        };
        if text.starts_with('@') {
            return descriptor(text);
        }
        let parts: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = parts.as_slice() else {
            return Err(whole(format!(
                "it has {} fields, and five are needed: minute, hour, day, month, weekday",
                parts.len()
            )));
        };
        let [minute, hour, day, month, weekday] = &FIELDS;
        let (days, any_day) = day.read(days)?;
        let (weekdays, any_weekday) = weekday.read(weekdays)?;
        Ok(Self::Times(Times {
            minutes: minute.read(minutes)?.0,
            hours: hour.read(hours)?.0,
            days,
            months: month.read(months)?.0,
            weekdays,
            both_days: any_day || any_weekday,
        }))
    }

    /// Reads an expression whose first field is the second, as the `ScheduledBackup` of `CloudNativePG` has it; the
    /// seconds must be right and do not count.
    pub fn parse_with_seconds(text: &str) -> Result<Self, CronError> {
        if text.starts_with('@') {
            return descriptor(text);
        }
        let Some((seconds, rest)) = text.trim().split_once(char::is_whitespace) else {
            return Err(whole("it has one field, and six are needed".into()));
        };
        let second = Field {
            name: "second",
            ..FIELDS[0]
        };
        second.read(seconds)?;
        Self::parse(rest)
    }

    /// The longest time between two runs, in hours, rounded up; `None` for a schedule that never comes, such as the 30th
    /// of February. Changes to and from summer time do not count.
    pub fn longest_interval_hours(&self) -> Option<u64> {
        match self {
            Self::Every(seconds) => Some(seconds.div_ceil(3600)),
            Self::Times(times) => times.longest_interval().map(|minutes| minutes.div_ceil(60)),
        }
    }
}

impl Times {
    /// In minutes, over the 28 years after which weekdays and leap years repeat.
    fn longest_interval(&self) -> Option<u64> {
        const DAY: u64 = 24 * 60;
        let of_day: Vec<u64> = (0..DAY)
            .filter(|minute| has(self.hours, minute / 60) && has(self.minutes, minute % 60))
            .collect();
        let (first, last) = (*of_day.first()?, *of_day.last()?);
        let within = of_day.windows(2).map(|pair| pair[1] - pair[0]);
        if self.is_daily() {
            return within.chain([DAY - last + first]).max();
        }
        let days: Vec<u64> = (0..)
            .zip(calendar())
            .filter_map(|(day, date)| self.matches(date).then_some(day))
            .collect();
        let first_day = *days.first()?;
        let years = calendar().count() as u64;
        let next = days.iter().copied().skip(1).chain([first_day + years]);
        let between = days
            .iter()
            .zip(next)
            .map(|(day, next)| (next - day) * DAY - last + first);
        within.chain(between).max()
    }

    /// Runs on every day, as nearly all schedules do, so that no calendar is needed.
    fn is_daily(&self) -> bool {
        let all = |field, mut numbers: std::ops::RangeInclusive<u64>| {
            numbers.all(|number| has(field, number))
        };
        all(self.days, 1..=31) && all(self.weekdays, 0..=6) && all(self.months, 1..=12)
    }

    fn matches(&self, date: Date) -> bool {
        let day = has(self.days, date.day);
        let weekday = has(self.weekdays, date.weekday);
        let days = if self.both_days {
            day && weekday
        } else {
            day || weekday
        };
        days && has(self.months, date.month)
    }
}

#[derive(Clone, Copy)]
struct Date {
    month: u64,
    day: u64,
    weekday: u64,
}

/// Every day of the 28 years from 2001, whose first day was a Monday.
fn calendar() -> impl Iterator<Item = Date> {
    let dates = (2001..2029_u64).flat_map(|year| {
        (1..=12_u64).flat_map(move |month| (1..=days_of(year, month)).map(move |day| (month, day)))
    });
    dates.zip(1..).map(|((month, day), count)| Date {
        month,
        day,
        weekday: count % 7,
    })
}

fn days_of(year: u64, month: u64) -> u64 {
    match month {
        2 if year.is_multiple_of(4) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn has(bits: u64, value: u64) -> bool {
    bits >> value & 1 == 1
}

fn whole(message: String) -> CronError {
    CronError { field: "", message }
}

impl Field {
    fn error(&self, message: String) -> CronError {
        CronError {
            field: self.name,
            message,
        }
    }

    /// The values of a list, and whether a star is among them.
    fn read(&self, list: &str) -> Result<(u64, bool), CronError> {
        let parts = list.split(',').filter(|part| !part.is_empty());
        let mut all = (0, false);
        for part in parts {
            let (bits, star) = self.range(part)?;
            all = (all.0 | bits, all.1 || star);
        }
        Ok(all)
    }

    fn range(&self, part: &str) -> Result<(u64, bool), CronError> {
        let (range, step) = match part.split_once('/') {
            Some((_, step)) if step.contains('/') => {
                return Err(self.error(format!("`{part}` has two steps")));
            }
            Some((range, step)) => (range, Some(step)),
            None => (part, None),
        };
        let mut ends = range.split('-');
        let first = ends.next().unwrap_or_default();
        let last = ends.next();
        let star = matches!(first, "*" | "?");
        if !star && ends.next().is_some() {
            return Err(self.error(format!("`{part}` has two hyphens")));
        }
        let (low, mut high) = match last {
            _ if star => (self.low, self.high),
            Some(last) => (self.value(first)?, self.value(last)?),
            None => (self.value(first)?, self.value(first)?),
        };
        let by = step.map_or(Ok(1), |step| {
            number(step).ok_or_else(|| self.error(format!("`{step}` is no step")))
        })?;
        // `5/10` is every ten from five on.
        if step.is_some() && last.is_none() {
            high = self.high;
        }
        self.bounds(part, low, high)?;
        if by == 0 {
            return Err(self.error(format!("`{part}` has a step of zero")));
        }
        let bits = (low..=high)
            .step_by(by as usize)
            .fold(0, |bits, value| bits | 1 << value);
        Ok((bits, star && by == 1))
    }

    fn bounds(&self, part: &str, low: u32, high: u32) -> Result<(), CronError> {
        let outside = [low, high]
            .into_iter()
            .find(|value| !(self.low..=self.high).contains(value));
        if let Some(value) = outside {
            return Err(self.error(format!(
                "{value} is not between {} and {}",
                self.low, self.high
            )));
        }
        if low > high {
            return Err(self.error(format!("`{part}` ends before it begins")));
        }
        Ok(())
    }

    fn value(&self, text: &str) -> Result<u32, CronError> {
        let named = self
            .names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(text));
        let value = match named {
            Some(at) => Some(self.low + at as u32),
            None => number(text),
        };
        value.ok_or_else(|| self.error(format!("`{text}` is no value of it")))
    }
}

/// A number, with the sign that Go's `Atoi` takes.
fn number(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

fn descriptor(text: &str) -> Result<Cron, CronError> {
    if let Some(duration) = text.strip_prefix("@every ") {
        // Less than a second becomes one.
        let seconds = seconds(duration)
            .ok_or_else(|| whole(format!("`{duration}` is no duration such as 1h30m")))?;
        return Ok(Cron::Every(seconds.max(1)));
    }
    let fields = match text {
        "@yearly" | "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" | "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        _ => return Err(whole(format!("`{text}` is no known descriptor"))),
    };
    Cron::parse(fields)
}

/// Whole seconds of a Go duration: `1h30m`, `1.5h`, `90s`.
fn seconds(text: &str) -> Option<u64> {
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    let mut total = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() && rest != "0" {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (value, after) = rest.split_at(digits);
        let units = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(units);
        let scale = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" | "μs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        total += value.parse::<f64>().ok()? * scale;
        rest = after;
    }
    #[expect(clippy::cast_sign_loss, reason = "no sign is read")]
    let whole = total as u64;
    Some(whole)
}
