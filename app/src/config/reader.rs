//! Reads variables and collects what is wrong with them, so that one start shows every mistake.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::variable::{Unset, Variable};

/// The environment, as a function from names to values.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A variable that keeps the process from starting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConfigError {
    pub(crate) variable: &'static str,
    pub(crate) message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.variable, self.message)
    }
}

pub(super) struct Reader<'a> {
    pub(super) environment: Environment<'a>,
    pub(super) errors: Vec<ConfigError>,
}

impl Reader<'_> {
    /// The value of `variable`, or what stands for it; an empty value is as good as none.
    pub(super) fn optional(&mut self, variable: &Variable) -> Option<String> {
        let value = (self.environment)(variable.name);
        let value = value.filter(|value| !value.trim().is_empty());
        match (value, variable.unset) {
            (Some(value), _) => Some(value.trim().to_owned()),
            (None, Unset::Default(default)) => Some(default.to_owned()),
            (None, Unset::Off) => None,
            (None, Unset::Refused) => {
                self.refuse(variable, format!("is not set; it is {}", variable.about));
                None
            }
        }
    }

    pub(super) fn text(&mut self, variable: &Variable) -> String {
        self.optional(variable).unwrap_or_default()
    }

    pub(super) fn url(&mut self, variable: &Variable, schemes: &[&str]) -> Option<String> {
        let value = self.optional(variable)?;
        let scheme = value.split_once("://").map(|(scheme, _)| scheme);
        if scheme.is_some_and(|scheme| schemes.contains(&scheme)) {
            return Some(value);
        }
        // The value itself may hold a password.
        let schemes = schemes.join(":// or ");
        self.refuse(variable, format!("must start with {schemes}://"));
        None
    }

    /// A number of at least `least`.
    pub(super) fn number<N>(&mut self, variable: &Variable, least: N) -> N
    where
        N: FromStr + PartialOrd + fmt::Display + Copy,
    {
        let value = self.text(variable);
        match value.parse() {
            Ok(number) if number >= least => number,
            _ => {
                let message = format!("is {value:?} and must be a number from {least}");
                self.refuse(variable, message);
                least
            }
        }
    }

    pub(super) fn seconds(&mut self, variable: &Variable, least: u64) -> Duration {
        Duration::from_secs(self.number(variable, least))
    }

    /// One of a few words, each with its meaning.
    pub(super) fn choice<T: Copy>(&mut self, variable: &Variable, choices: &[(&str, T)]) -> T {
        let value = self.text(variable);
        if let Some((_, meaning)) = choices.iter().find(|(word, _)| *word == value) {
            return *meaning;
        }
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        let message = format!("is {value:?} and must be one of {}", words.join(", "));
        self.refuse(variable, message);
        choices[0].1
    }

    fn refuse(&mut self, variable: &Variable, message: String) {
        let variable = variable.name;
        self.errors.push(ConfigError { variable, message });
    }
}
