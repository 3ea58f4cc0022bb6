use crate::{Check, Item, Needs, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "exemption-invalid",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a comment looks like an exemption and is none",
    help: "write `# plimsoll: allow(rule-id) the reason`",
    standards: &[],
    docs: include_str!("exemption_invalid.md"),
    check: Check::Exemptions,
};
