//! From arguments to what the checker is asked for.

use plimsoll_check::{Options, rules};

use crate::args::CheckArgs;
use crate::host;

/// Reads the parts that need the registry; an unknown rule is wrong usage.
pub(crate) fn options(
    arguments: &CheckArgs,
    report_only: Option<Vec<String>>,
) -> Result<Options, String> {
    let mut named = Vec::new();
    for id in &arguments.rules {
        match rules::find(id) {
            Some(rule) => named.push(rule.id),
            None => return Err(unknown_rule(id)),
        }
    }
    Ok(Options {
        all_rules: arguments.all_rules,
        rules: named,
        items: arguments.items.clone(),
        report_only,
        today: host::today(),
    })
}

/// What to say about an id that no rule has.
pub(crate) fn unknown_rule(id: &str) -> String {
    match rules::nearest(id) {
        Some(near) => format!("there is no rule `{id}`; did you mean `{near}`?"),
        None => format!("there is no rule `{id}`; `plimsoll rules` lists them all"),
    }
}
