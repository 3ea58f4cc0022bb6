//! `wrk` sends as much as is answered.

use std::path::Path;
use std::process::Command;

use crate::{command, fixtures};

pub(super) const CONNECTIONS: u32 = 32;
/// Different events, so that no index is asked for one value only.
const EVENTS: usize = 1000;

/// What `wrk` saw.
#[derive(Debug, PartialEq)]
pub(super) struct Seen {
    /// Requests a second.
    pub(super) rate: f64,
    /// Milliseconds that half of the requests stay below, and 99 of 100.
    pub(super) half: f64,
    pub(super) most: f64,
}

/// Sends events to `path` for so long, `batch` in each request; with 0 each is a request of its own.
pub(super) fn run(
    folder: &Path,
    port: &str,
    path: &str,
    batch: usize,
    seconds: u64,
) -> Result<Seen, String> {
    let script = folder.join("load.lua");
    let bodies: Vec<String> = bodies(batch)
        .iter()
        .map(|body| format!("[==[{body}]==]"))
        .collect();
    let text = SCRIPT.replace("BODIES", &bodies.join(",\n"));
    fixtures::write(&script, &text)?;
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "1", "--connections", &CONNECTIONS.to_string()]);
    wrk.args(["--duration", &seconds.to_string(), "--timeout", "10"]);
    wrk.args(["--latency", "--script"]);
    wrk.arg(&script)
        .arg(format!("http://127.0.0.1:{port}{path}"));
    read(&command::output(&mut wrk)?)
}

/// Whole requests are made before the first is sent: making them must not be what is measured.
const SCRIPT: &str = "
local requests, at = {}, 0
function init()
  for _, body in ipairs({
BODIES
  }) do
    requests[#requests + 1] = wrk.format('POST', nil, nil, body)
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
";

fn bodies(batch: usize) -> Vec<String> {
    let events: Vec<String> = (0..EVENTS).map(event).collect();
    if batch == 0 {
        return events;
    }
    let batches = events.chunks(batch);
    batches
        .map(|events| format!(r#"{{"events":[{}]}}"#, events.join(",")))
        .collect()
}

/// As the seed's, of some hundred accounts and users.
pub(super) fn event(number: usize) -> String {
    const TYPES: [&str; 4] = [
        "email_opened",
        "email_clicked",
        "meeting_booked",
        "call_made",
    ];
    format!(
        r#"{{"accountId":"acc-{}","userId":"user-{}","eventType":"{}","timestamp":"2025-12-22T09:{:02}:00Z","metadata":{{"interactionCount":{},"campaign":"winter"}}}}"#,
        number % 331,
        number % 773,
        TYPES[number % TYPES.len()],
        number % 60,
        number % 20,
    )
}

fn read(said: &str) -> Result<Seen, String> {
    let value = |name: &str| {
        let mut lines = said.lines().map(str::trim);
        lines.find_map(|line| Some(line.strip_prefix(name)?.trim().to_owned()))
    };
    // Refused or broken requests are quick: a figure that counts them would be none.
    for trouble in ["Non-2xx", "Socket errors"] {
        if let Some(trouble) = said.lines().find(|line| line.contains(trouble)) {
            return Err(format!(
                "not every request was accepted: {}",
                trouble.trim()
            ));
        }
    }
    let rate = value("Requests/sec:").and_then(|rate| rate.parse().ok());
    let half = value("50%").and_then(|time| milliseconds(&time));
    let most = value("99%").and_then(|time| milliseconds(&time));
    match (rate, half, most) {
        (Some(rate), Some(half), Some(most)) => Ok(Seen { rate, half, most }),
        _ => Err(format!("wrk does not say what it saw:\n{said}")),
    }
}

/// A time as `wrk` writes it.
pub(crate) fn milliseconds(time: &str) -> Option<f64> {
    for (unit, factor) in [("us", 0.001), ("ms", 1.0), ("s", 1000.0)] {
        if let Some(number) = time.strip_suffix(unit) {
            return number.parse::<f64>().ok().map(|number| number * factor);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "  Latency Distribution
     50%    1.93ms
     75%    2.30ms
     99%  980.00us
  123 requests in 10.00s, 3MB read
Requests/sec:  14321.50
Transfer/sec:      2.1MB
";

    #[test]
    fn figures_are_read() {
        let seen = read(SAID).unwrap();
        assert_eq!((seen.rate, seen.half, seen.most), (14321.5, 1.93, 0.98));
    }

    #[test]
    fn what_was_not_accepted_is_no_figure() {
        let said = format!("{SAID}  Non-2xx or 3xx responses: 7\n");
        assert!(read(&said).unwrap_err().ends_with("responses: 7"));
        assert!(read("").is_err());
    }

    #[test]
    fn batches_hold_all_events() {
        assert_eq!(bodies(0).len(), EVENTS);
        let batches = bodies(100);
        let events = |body: &String| {
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            body["events"].as_array().unwrap().len()
        };
        assert_eq!(batches.iter().map(events).sum::<usize>(), EVENTS);
    }
}
