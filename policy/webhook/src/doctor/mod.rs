//! `plimsoll-webhook doctor`: looks at an installation, a line for each thing that can be wrong, and says what to do.
//!
//! ```text
//! cluster ──▶ Facts ──▶ checks, each a function of them ──▶ lines ──▶ exit code
//!             facts.rs  checks.rs, certificate.rs, others.rs
//! ```

mod canary;
mod certificate;
mod checks;
mod facts;
mod others;

use std::process::ExitCode;

use clap::Args;

use crate::cli::Installed;
use crate::{clock, cluster, say};
use facts::Facts;
pub(crate) use others::selects;

/// Look at an installation, and say what is wrong with it
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) installed: Installed,
    /// Where the canary is tried, with nothing stored; a namespace that is judged
    #[arg(long, value_name = "NAMESPACE", default_value = "default")]
    pub(crate) canary_namespace: String,
}

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Health {
    Well,
    /// It could not be seen.
    Unknown,
    /// It will do harm one day.
    Warn,
    /// It does harm.
    Ill,
}

/// What came of one check.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) health: Health,
    pub(crate) text: String,
    /// What to do.
    pub(crate) advice: String,
}

impl Line {
    fn new(health: Health, text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            health,
            text: text.into(),
            advice: advice.into(),
        }
    }

    fn well(text: impl Into<String>) -> Self {
        Self::new(Health::Well, text, "")
    }

    fn warn(text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(Health::Warn, text, advice)
    }

    fn ill(text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(Health::Ill, text, advice)
    }

    fn unknown(text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(Health::Unknown, text, advice)
    }
}

pub(crate) fn run(doctor: &Doctor) -> ExitCode {
    match cluster::block_on(look(doctor)) {
        Ok(lines) => {
            say::out(&written(&lines));
            ExitCode::from(code(&lines))
        }
        Err(fault) => {
            say::error(&fault);
            ExitCode::from(3)
        }
    }
}

async fn look(doctor: &Doctor) -> Result<Vec<Line>, String> {
    let client = cluster::connect().await?;
    let names = doctor.installed.names("doctor");
    let facts = Facts::gather(&client, &names, &doctor.canary_namespace).await?;
    Ok(diagnose(&facts, clock::seconds()))
}

/// All lines, at a time in seconds since 1970.
fn diagnose(facts: &Facts, now: i64) -> Vec<Line> {
    let mut lines = checks::installed(facts);
    if facts.configuration.is_some() {
        lines.extend(checks::configuration(facts));
        lines.extend(certificate::all(facts, now));
        lines.extend(checks::coverage(facts));
    }
    lines.extend(checks::pods(facts));
    lines.extend(canary::line(facts));
    lines.extend(others::all(facts));
    lines
}

/// 1 wins over 2, as with `plimsoll check`.
fn code(lines: &[Line]) -> u8 {
    match lines.iter().map(|line| line.health).max() {
        Some(Health::Ill | Health::Warn) => 1,
        Some(Health::Unknown) => 2,
        _ => 0,
    }
}

fn written(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        let mark = match line.health {
            Health::Well => "ok     ",
            Health::Unknown => "unknown",
            Health::Warn => "warning",
            Health::Ill => "error  ",
        };
        text += &format!("{mark}  {}\n", line.text);
        if !line.advice.is_empty() {
            text += &format!("         → {}\n", line.advice);
        }
    }
    let count = |health| lines.iter().filter(|line| line.health == health).count();
    text + &format!(
        "{} ok, {} warnings, {} errors, {} unknown\n",
        count(Health::Well),
        count(Health::Warn),
        count(Health::Ill),
        count(Health::Unknown)
    )
}
