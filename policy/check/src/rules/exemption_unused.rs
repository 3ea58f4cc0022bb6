use crate::{Check, Item, Needs, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "exemption-unused",
    item: Item::Correctness,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "an exemption excuses nothing",
    help: "remove the comment, or move it to the line above the one that it means",
    standards: &[],
    docs: include_str!("exemption_unused.md"),
    check: Check::Exemptions,
};
