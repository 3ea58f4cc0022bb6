use plimsoll_yaml::Node;

use crate::{Check, Context, Item, Needs, Rule, Severity, Workload};

pub(super) static RULE: Rule = Rule {
    id: "serviceaccount-field-deprecated",
    item: Item::References,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a pod names its ServiceAccount with the deprecated field `serviceAccount`",
    help: "rename the field to `serviceAccountName`",
    standards: &[],
    docs: include_str!("serviceaccount_field_deprecated.md"),
    check: Check::Workload(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>) {
    let Some(old) = workload
        .spec
        .entry("serviceAccount")
        .filter(|entry| !entry.value.is_empty())
    else {
        return;
    };
    let name = old.value.text().unwrap_or_default();
    match workload
        .pod("serviceAccountName")
        .and_then(Node::text)
        .filter(|new| !new.is_empty())
    {
        // The API server writes both fields itself, so exported objects have both.
        Some(new) if new == name => {}
        Some(new) => cx
            .report_in(
                workload,
                old,
                format!("`serviceAccount: {name}` is ignored: `serviceAccountName` says `{new}`"),
            )
            .help("remove `serviceAccount`")
            .file(),
        None => cx
            .report_in(
                workload,
                old,
                format!("`serviceAccount: {name}` uses a deprecated field"),
            )
            .file(),
    }
}
