//! What was measured, beside what was to be reached: on the terminal, as JSON, and in the documentation.

use std::fmt::Write;

use serde_json::{Value, json};

use super::cost::Sample;

/// What a figure has to be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    AtMost(f64),
    AtLeast(f64),
    /// Shown for itself.
    None,
}

/// One measured number.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) id: &'static str,
    pub(crate) what: String,
    pub(crate) unit: &'static str,
    pub(crate) sample: Sample,
    pub(crate) goal: Goal,
}

/// What a peer costs, as multiples of what Plimsoll costs.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) version: String,
    /// Processor time and peak memory over a tree.
    pub(crate) tree: [f64; 2],
    /// Time from start to end on one file; nothing for what is no checker.
    pub(crate) one: Option<f64>,
}

/// All of a run.
#[derive(Debug, Default)]
pub(crate) struct Results {
    pub(crate) figures: Vec<Figure>,
    pub(crate) peers: Vec<Peer>,
    /// How many objects the peers' tree has.
    pub(crate) peer_objects: usize,
    /// What was not measured, and why.
    pub(crate) skipped: Vec<String>,
}

impl Goal {
    pub(crate) fn shown(self, unit: &str) -> String {
        match self {
            Self::AtMost(goal) => format!("≤ {}", shown(goal, unit)),
            Self::AtLeast(goal) => format!("≥ {}", shown(goal, unit)),
            Self::None => String::new(),
        }
    }

    pub(crate) fn verdict(self, value: f64) -> &'static str {
        match self {
            Self::AtMost(goal) if value > goal => "missed",
            Self::AtLeast(goal) if value < goal => "missed",
            Self::None => "",
            _ => "reached",
        }
    }
}

impl Figure {
    fn row(&self) -> [String; 5] {
        let Sample { median, spread } = self.sample;
        [
            self.what.clone(),
            shown(median, self.unit),
            if spread > 0.0 {
                format!("{:.0} %", spread * 100.0)
            } else {
                String::new()
            },
            self.goal.shown(self.unit),
            self.goal.verdict(median).to_owned(),
        ]
    }
}

impl Results {
    /// Adds a measured number.
    pub(crate) fn add(
        &mut self,
        id: &'static str,
        what: impl Into<String>,
        unit: &'static str,
        sample: Sample,
        goal: Goal,
    ) {
        self.figures.push(Figure {
            id,
            what: what.into(),
            unit,
            sample,
            goal,
        });
    }

    /// Adds a number that is the same on every run.
    pub(crate) fn count(
        &mut self,
        id: &'static str,
        what: impl Into<String>,
        unit: &'static str,
        value: f64,
        goal: Goal,
    ) {
        self.add(
            id,
            what,
            unit,
            Sample {
                median: value,
                spread: 0.0,
            },
            goal,
        );
    }

    /// How many goals were missed.
    pub(crate) fn missed(&self) -> usize {
        let missed = |figure: &&Figure| figure.goal.verdict(figure.sample.median) == "missed";
        self.figures.iter().filter(missed).count()
    }

    /// The measured numbers, those about rendering or the others, as a Markdown table.
    pub(crate) fn figures_table(&self, rendering: bool) -> String {
        let head = ["measured", "median", "spread", "goal", ""].map(str::to_owned);
        let figures = self
            .figures
            .iter()
            .filter(|figure| figure.id.starts_with("render-") == rendering);
        table(std::iter::once(head).chain(figures.map(Figure::row)))
    }

    /// The peers, as a Markdown table.
    pub(crate) fn peers_table(&self) -> String {
        let tree = format!("CPU, {} objects", self.peer_objects);
        let head = ["", &tree, "peak memory", "one file, wall"].map(str::to_owned);
        let own = ["plimsoll check --all-rules", "1", "1", "1"].map(str::to_owned);
        let peers = self.peers.iter().map(|peer| {
            let [cpu, memory] = peer.tree.map(|ratio| shown(ratio, "×"));
            let one = peer.one.map_or_else(String::new, |ratio| shown(ratio, "×"));
            [
                format!("{} {}", peer.name, peer.version).trim().to_owned(),
                cpu,
                memory,
                one,
            ]
        });
        table([head, own].into_iter().chain(peers))
    }

    /// Everything, for programs.
    pub(crate) fn json(&self) -> Value {
        let figure = |figure: &Figure| {
            let (goal, kind) = match figure.goal {
                Goal::AtMost(goal) => (json!(goal), "at most"),
                Goal::AtLeast(goal) => (json!(goal), "at least"),
                Goal::None => (Value::Null, "none"),
            };
            json!({
                "id": figure.id, "what": figure.what, "unit": figure.unit, "median": figure.sample.median,
                "spread": figure.sample.spread, "goal": goal, "goal_is": kind,
                "verdict": figure.goal.verdict(figure.sample.median),
            })
        };
        let peer = |peer: &Peer| {
            json!({
                "name": peer.name, "version": peer.version, "cpu_ratio": peer.tree[0],
                "memory_ratio": peer.tree[1], "one_file_wall_ratio": peer.one,
            })
        };
        json!({
            "version": 1,
            "figures": self.figures.iter().map(figure).collect::<Vec<_>>(),
            "peer_objects": self.peer_objects,
            "peers": self.peers.iter().map(peer).collect::<Vec<_>>(),
            "skipped": self.skipped,
        })
    }
}

/// A number with its unit, with as many digits as mean something.
pub(crate) fn shown(value: f64, unit: &str) -> String {
    let digits = match value.abs() {
        value if value >= 100.0 => 0,
        value if value >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    match unit {
        "" => text.to_owned(),
        "×" => format!("{text}×"),
        unit => format!("{text} {unit}"),
    }
}

/// Rows as Markdown, the columns aligned so that it also reads well on a terminal.
pub(crate) fn table<const N: usize>(rows: impl Iterator<Item = [String; N]>) -> String {
    let rows: Vec<_> = rows.collect();
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
            .max(3)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        for (cell, width) in row.iter().zip(widths) {
            let _ = write!(text, "| {cell:width$} ");
        }
        text.push_str("|\n");
        if index == 0 {
            for width in widths {
                let _ = write!(text, "|{:-<1$}", "", width + 2);
            }
            text.push_str("|\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_that_is_missed_is_said() {
        let mut results = Results::default();
        results.count("a", "first", "MiB", 13.0, Goal::AtMost(12.0));
        results.count("b", "second", "×", 1.9, Goal::AtLeast(1.7));
        assert_eq!(results.missed(), 1);
        assert_eq!(
            results.figures_table(false),
            "\
| measured | median | spread | goal     |         |
|----------|--------|--------|----------|---------|
| first    | 13 MiB |        | ≤ 12 MiB | missed  |
| second   | 1.9×   |        | ≥ 1.7×   | reached |
"
        );
    }

    #[test]
    fn numbers_have_the_digits_that_mean_something() {
        assert_eq!(shown(1234.5, ""), "1234");
        assert_eq!(shown(12.345, "ms"), "12.3 ms");
        assert_eq!(shown(2.5, "×"), "2.5×");
        assert_eq!(shown(0.0123, "s"), "0.01 s");
    }
}
