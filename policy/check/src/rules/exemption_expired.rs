use crate::{Check, Item, Needs, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "exemption-expired",
    item: Item::Correctness,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "an exemption is past its last day",
    help: "renew it with a new date and a reason that still holds, or remove it and mend the fault",
    standards: &[],
    docs: include_str!("exemption_expired.md"),
    check: Check::Exemptions,
};
