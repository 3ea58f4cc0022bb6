use crate::pod_security::relaxes_for_user_namespace;
use crate::{Check, Container, Context, Item, Needs, Rule, Severity, Standard, Workload};

pub(super) static RULE: Rule = Rule {
    id: "proc-mount-unmasked",
    item: Item::Security,
    severity: Severity::Warning,
    default: true,
    needs: Needs::Object,
    since: "0.1.0",
    summary: "a container sees the parts of /proc that are hidden from containers",
    help: "remove `procMount`",
    standards: &[Standard::PssBaseline, Standard::PssRestricted],
    docs: include_str!("proc_mount_unmasked.md"),
    check: Check::Container(check),
};

fn check<'s>(cx: &Context<'_, 's>, workload: &Workload<'s>, container: &Container<'s>) {
    let Some(set) = container
        .security("procMount")
        .filter(|node| node.text() != Some("Default"))
    else {
        return;
    };
    let value = set.text().unwrap_or("?");
    let message = if relaxes_for_user_namespace(cx.config, workload) {
        format!(
            "{container} has the proc mount `{value}`, which only the baseline profile allows in a user namespace"
        )
    } else {
        format!("{container} has the proc mount `{value}`")
    };
    cx.report_in(workload, set, message).file();
}
