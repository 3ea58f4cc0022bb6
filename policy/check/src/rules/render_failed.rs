use crate::{Check, Item, Needs, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "render-failed",
    item: Item::Correctness,
    severity: Severity::Error,
    default: true,
    needs: Needs::Repository,
    since: "0.1.0",
    summary: "a kustomization that does not build, so that nothing of it is deployed",
    help: "mend the entry; `plimsoll render FOLDER` shows whether it builds",
    standards: &[],
    docs: include_str!("render_failed.md"),
    check: Check::Rendering,
};
