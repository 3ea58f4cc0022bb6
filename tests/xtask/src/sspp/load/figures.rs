//! What was measured, with the settings that it was measured at.

use crate::bench::{Goal, shown, table};

/// One figure.
pub(super) struct Figure {
    pub(super) what: String,
    pub(super) settings: String,
    pub(super) value: f64,
    pub(super) unit: &'static str,
    pub(super) goal: Goal,
    /// How much of a core each process used meanwhile; of a rate, what one of its units cost is shown beside it.
    pub(super) cores: Vec<(&'static str, f64)>,
}

/// All figures, in the order in which they were measured.
#[derive(Default)]
pub(super) struct Figures(Vec<Figure>);

impl Figures {
    /// Adds a figure, and shows it: a run takes minutes.
    pub(super) fn add(&mut self, figure: Figure) {
        println!("{}", figure.row().join(" | "));
        self.0.push(figure);
    }

    pub(super) fn missed(&self) -> usize {
        let missed = |figure: &&Figure| figure.goal.verdict(figure.value) == "missed";
        self.0.iter().filter(missed).count()
    }

    /// As a Markdown table.
    pub(super) fn table(&self) -> String {
        let head = [
            "measured",
            "settings",
            "figure",
            "goal",
            "",
            "cores in use (µs each)",
        ]
        .map(str::to_owned);
        table(std::iter::once(head).chain(self.0.iter().map(Figure::row)))
    }
}

impl Figure {
    fn row(&self) -> [String; 6] {
        let cores = self.cores.iter().filter(|(_, cores)| *cores >= 0.005);
        let cores: Vec<String> = cores.map(|(name, cores)| self.used(name, *cores)).collect();
        [
            self.what.clone(),
            self.settings.clone(),
            shown(self.value, self.unit),
            self.goal.shown(self.unit),
            self.goal.verdict(self.value).to_owned(),
            cores.join(", "),
        ]
    }

    fn used(&self, name: &str, cores: f64) -> String {
        if self.unit == "/s" {
            // This hardly feels what else the machine does, which the rate itself does.
            format!("{name} {cores:.2} ({:.1})", cores * 1e6 / self.value)
        } else {
            format!("{name} {cores:.2}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_stand_beside_the_figure() {
        let mut figures = Figures::default();
        figures.add(Figure {
            what: "a".to_owned(),
            settings: "32 connections".to_owned(),
            value: 9000.0,
            unit: "/s",
            goal: Goal::AtLeast(10_000.0),
            cores: vec![("API", 0.9)],
        });
        assert_eq!(figures.missed(), 1);
        let table = figures.table();
        let line = table.lines().last().unwrap();
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let wanted = ["a", "32 connections", "9000 /s", "≥ 10000 /s", "missed"];
        assert_eq!(cells[1..6], wanted);
        assert_eq!(cells[6], "API 0.90 (100.0)");
    }
}
